//! What nobody who compiles the students' crates can be faster than.

use super::Bench;
use crate::edit::Part;
use crate::figures::{Beside, Row, Unit};
use crate::grader::Call;
use crate::measure::{Processor, in_turn, run};
use anyhow::{Result, ensure};

impl Bench<'_> {
    pub(super) fn floor(&self) -> Result<Vec<Row>> {
        let calls = self.calls_of_rustc()?;
        let mut rustc = || {
            let before = Processor::used()?;
            for call in &calls {
                // Variables stand in front of the program, as `NAME=value`.
                let mut rustc = self.place.command("env", &self.place.rival());
                let run = run(rustc.args(call))?;
                ensure!(run.status.success(), run.account());
            }
            Ok(Processor::used()?.since(before).user)
        };
        let mut ours = || {
            self.renew(self.course)?;
            let before = Processor::used()?;
            let run = run(&mut self.grader.command(self.place, Call::Afresh))?;
            let used = Processor::used()?.since(before);
            self.grader.all_passed(&run, self.course.katas.len())?;
            Ok(used.user + used.system)
        };
        let [ours, floor] = in_turn(self.amount.rounds, [&mut ours, &mut rustc])?;
        Ok(vec![Row {
            job: "processor time of the whole course, no kata built".to_owned(),
            ours,
            unit: Unit::Seconds,
            beside: Beside::Rival("the floor: rustc, students' crates alone".to_owned(), floor),
            at_most: None,
        }])
    }

    /// How cargo calls rustc for each student's crate, without what it keeps for the next time.
    fn calls_of_rustc(&self) -> Result<Vec<Vec<String>>> {
        let katas = self.all_katas();
        for kata in &katas {
            self.rival.edit(kata, Part::Body, self.edits)?;
        }
        let mut build = self.rival.cargo();
        build.args(["build", "--offline", "--verbose"]);
        for kata in &katas {
            build.args(["--package", &kata.package()]);
        }
        let run = run(&mut build)?;
        ensure!(run.status.success(), run.account());
        let names: Vec<String> = katas.iter().map(|kata| kata.id.replace('-', "_")).collect();
        let calls: Vec<Vec<String>> = run
            .printed
            .lines()
            .filter_map(|line| line.trim().strip_prefix("Running `")?.strip_suffix('`'))
            .filter(|call| names.iter().any(|name| is_of(call, name)))
            .map(without_incremental)
            .collect::<Result<_>>()?;
        ensure!(
            calls.len() == katas.len(),
            "cargo called rustc {} times",
            calls.len()
        );
        Ok(calls)
    }
}

fn is_of(call: &str, name: &str) -> bool {
    call.contains(&format!("--crate-name {name} "))
}

fn without_incremental(call: &str) -> Result<Vec<String>> {
    let mut kept = Vec::new();
    for word in shell_words::split(call)? {
        if word.starts_with("incremental=") {
            // The `-C` before it.
            kept.pop();
        } else {
            kept.push(word);
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_told_by_the_whole_name_of_its_crate() {
        let call = "rustc --crate-name pool2 --edition=2024 lib.rs";
        assert!(is_of(call, "pool2"));
        assert!(!is_of(call, "pool"));
    }

    #[test]
    fn a_floor_keeps_nothing_for_the_next_time() {
        let call = "A='b c' rustc -C debuginfo=0 -C incremental=/x --cap 'y z'";
        assert_eq!(
            without_incremental(call).unwrap(),
            ["A=b c", "rustc", "-C", "debuginfo=0", "--cap", "y z"]
        );
    }
}
