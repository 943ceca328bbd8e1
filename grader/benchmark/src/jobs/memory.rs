//! Jobs about the grader's memory.

use super::Bench;
use crate::figures::{Beside, Row, Spread, Unit};
use crate::grader::{Call, Verdicts};
use crate::measure::{in_turn, run_weighed};
use crate::tree;
use anyhow::{Context, Result, ensure};
use std::path::Path;

/// Most memory of the grader itself, in MiB.
pub(super) const AT_MOST: f64 = 64.0;
/// What is called "does not grow".
const GROWTH: f64 = 1.1;

/// What the flooding kata's solution does when it is asked to write.
const WRITES: &str = "fs::write(path, text)";
/// What it does instead.
const FLOODS: &str = "loop {\n        let _ = (&path, text);\n        println!(\"{}\", \"flood \".repeat(10_000));\n    }";
/// The kata that floods.
const FLOODING: &str = "file-modes";

impl Bench<'_> {
    pub(super) fn memory(&self) -> Result<Vec<Row>> {
        let all = self.course.katas.len();
        let mut afresh = || {
            self.renew(self.course)?;
            let (run, peak) = run_weighed(&mut self.grader.command(self.place, Call::Afresh))?;
            self.grader.all_passed(&run, all)?;
            Ok(peak)
        };
        let folder = self.flood()?;
        let mut flooded = || {
            let call = Call::Folder(&folder);
            let (run, peak) = run_weighed(&mut self.grader.command(self.place, call))?;
            let verdicts = self.grader.verdicts()?;
            let right = Verdicts {
                passed: 0,
                ..verdicts
            };
            ensure!(verdicts == right && verdicts.others > 0, run.account());
            Ok(peak)
        };
        let [afresh, flooded] = in_turn(self.amount.rounds, [&mut afresh, &mut flooded])?;
        Ok(vec![
            absolute("memory of the grader, whole course, no kata built", afresh),
            absolute(
                "memory of the grader, a submission floods its output",
                flooded,
            ),
        ])
    }

    /// A folder that holds one kata, which prints without end.
    fn flood(&self) -> Result<std::path::PathBuf> {
        let kata = self.course.katas.iter().find(|kata| kata.id == FLOODING);
        let kata = kata.with_context(|| format!("there is no kata {FLOODING}"))?;
        let solution = self.course.solution(kata);
        let text = std::str::from_utf8(&solution[Path::new("src/lib.rs")])?;
        ensure!(
            text.contains(WRITES),
            "{FLOODING} no longer says {WRITES:?}"
        );
        let folder = self.place.class("flood");
        let file = Path::new(&kata.place).join("src/lib.rs");
        let text = text.replace(WRITES, FLOODS).into_bytes();
        tree::lay(&folder, &tree::Files::from([(file, text)]))?;
        Ok(folder)
    }
}

/// A row that says how much memory was in use at most.
pub(super) fn absolute(job: &str, peak: Spread) -> Row {
    Row {
        job: job.to_owned(),
        ours: peak,
        unit: Unit::Mebibytes,
        beside: Beside::Nothing,
        at_most: Some(AT_MOST),
    }
}

/// A row that says by how much memory grows.
///
/// # Errors
/// When nothing was measured.
pub(super) fn beside(job: &str, peak: Vec<f64>, less: (&str, Vec<f64>)) -> Result<Row> {
    let spreads = Spread::of(peak).zip(Spread::of(less.1));
    let (ours, theirs) = spreads.context("nothing was measured")?;
    Ok(Row {
        job: job.to_owned(),
        ours,
        unit: Unit::Mebibytes,
        beside: Beside::Rival(less.0.to_owned(), theirs),
        at_most: Some(GROWTH),
    })
}
