//! The other program that students of Rust wait for.

use super::Bench;
use crate::figures::{Beside, Row, Spread, Unit, scale};
use crate::grader::Call;
use crate::measure::{in_turn, run};
use crate::tools::{RUSTLINGS, sources_of_rustlings};
use crate::tree::{self, Files};
use anyhow::{Result, ensure};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

/// A folder of exercises, all of them solved.
struct Rustlings {
    folder: PathBuf,
    exercises: Files,
}

impl Bench<'_> {
    pub(super) fn rustlings(&self) -> Result<Vec<Row>> {
        let rustlings = self.solved_rustlings()?;
        let (katas, exercises) = (self.course.katas.len(), rustlings.exercises.len());
        let graded = |call: Call<'_>| {
            let run = run(&mut self.grader.command(self.place, call))?;
            Ok(self.grader.all_passed(&run, katas)? * scale(1, katas))
        };
        let checked = || {
            let mut check = self.place.command("rustlings", &rustlings.folder);
            let run = run(check.arg("check-all"))?;
            ensure!(run.status.success(), run.account());
            Ok(run.seconds * scale(1, exercises))
        };
        let mut ours = || {
            self.renew(self.course)?;
            graded(Call::Afresh)
        };
        let mut theirs = || {
            self.change(&rustlings)?;
            checked()
        };
        let cold = in_turn(self.amount.rounds, [&mut ours, &mut theirs])?;
        let again = in_turn(
            self.amount.rounds,
            [&mut || graded(Call::Course), &mut || checked()],
        )?;
        let row = |job: &str, [ours, theirs]: [Spread; 2]| Row {
            job: job.to_owned(),
            ours,
            unit: Unit::Seconds,
            beside: Beside::Rival("rustlings check-all, per exercise".to_owned(), theirs),
            at_most: Some(1.0),
        };
        Ok(vec![
            row("per kata, all changed", cold),
            row("per kata, nothing changed", again),
        ])
    }

    /// In a workspace of its own: rustlings enters itself into the one that it lies in.
    fn solved_rustlings(&self) -> Result<Rustlings> {
        let root = self.place.root.join(format!("rustlings-{RUSTLINGS}"));
        let folder = root.join("rustlings");
        if !folder.is_dir() {
            tree::write(&root.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\n")?;
            let mut init = self.place.command("rustlings", &root);
            let init = init.arg("init").stdin(Stdio::piped()).stdout(Stdio::null());
            let mut init = init.stderr(Stdio::null()).spawn()?;
            if let Some(mut keys) = init.stdin.take() {
                keys.write_all(b"\n\n")?;
            }
            ensure!(init.wait()?.success(), "rustlings cannot make its folder");
        }
        let solutions = tree::read(&sources_of_rustlings()?.join("solutions"))?;
        let exercises: Files = solutions
            .into_iter()
            .map(|(file, bytes)| (folder.join("exercises").join(file), bytes))
            .filter(|(file, _)| file.extension().is_some_and(|end| end == "rs"))
            .collect();
        for (file, bytes) in &exercises {
            fs::write(file, bytes)?;
        }
        Ok(Rustlings { folder, exercises })
    }

    fn change(&self, rustlings: &Rustlings) -> Result<()> {
        for (file, bytes) in &rustlings.exercises {
            let note = format!("\n// {}\n", self.edits.number());
            fs::write(file, [bytes, note.as_bytes()].concat())?;
        }
        Ok(())
    }
}
