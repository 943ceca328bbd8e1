//! The rivals' workspace: the same solutions with ordinary test programs, and nothing else
//! that cargo would have to build.

use crate::course::{Course, Kata};
use crate::edit::{Edits, Part};
use crate::manifest;
use crate::measure::{Run, run};
use crate::oracle::Oracle;
use crate::place::{Place, cargo};
use crate::plain::plain;
use crate::tree;
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a kata's test program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// The suite itself, both halves, as authors run it.
    Author,
    /// Plain `#[test]` functions that act and decide nothing.
    Plain,
}

/// The workspace.
#[derive(Debug)]
pub(crate) struct Rival<'a> {
    place: &'a Place,
    root: PathBuf,
    course: &'a Course,
    /// How many tests each kata has, by id.
    tests: BTreeMap<String, usize>,
    /// What each kata's test program is, by id.
    pub(crate) flavours: BTreeMap<String, Flavour>,
}

impl<'a> Rival<'a> {
    /// Lays the workspace.
    ///
    /// # Errors
    /// When a suite cannot be made plain, or the file system says no.
    pub(crate) fn make(place: &'a Place, course: &'a Course, oracle: &mut Oracle) -> Result<Self> {
        let mut files = course.files.clone();
        let used = [
            "grader/suite",
            "solutions",
            "tests/hidden",
            "Cargo.lock",
            "rust-toolchain.toml",
        ];
        files.retain(|file, _| used.iter().any(|used| file.starts_with(used)));
        for (file, bytes) in &mut files {
            if file.starts_with("solutions") && file.ends_with("Cargo.toml") {
                *bytes = manifest::of_library(std::str::from_utf8(bytes)?)?.into();
            }
        }
        let root = std::str::from_utf8(&course.files[Path::new("Cargo.toml")])?;
        files.insert("Cargo.toml".into(), manifest::of_workspace(root)?.into());
        let mut tests = BTreeMap::new();
        for kata in &course.katas {
            let inputs = oracle.inputs(&kata.id)?;
            let suite = &files[&suite_of(kata)];
            let plain = plain(std::str::from_utf8(suite)?, &kata.id, &inputs)?;
            let folder = Path::new("solutions").join(&kata.place);
            files.insert(folder.join("plain/tests.rs"), plain.tests.into());
            if let Some(roles) = plain.roles {
                files.insert(folder.join("plain/roles.rs"), roles.into());
            }
            tests.insert(kata.id.clone(), inputs.len());
        }
        let rival = Self {
            place,
            root: place.rival(),
            course,
            tests,
            flavours: BTreeMap::new(),
        };
        tree::lay(&rival.root, &files)?;
        Ok(rival)
    }

    /// Chooses for each kata the flavour that cargo compiles faster.
    ///
    /// # Errors
    /// When either does not build.
    pub(crate) fn choose(&mut self, rounds: usize, edits: &Edits) -> Result<()> {
        let katas = &self.course.katas;
        let mut chosen: BTreeMap<String, Flavour> = BTreeMap::new();
        for kata in katas {
            let known = chosen.get(&kata.original).copied();
            let flavour = match known {
                Some(flavour) => flavour,
                None => self.faster(kata, rounds, edits)?,
            };
            chosen.insert(kata.original.clone(), flavour);
            self.write_manifest(kata, flavour)?;
            self.flavours.insert(kata.id.clone(), flavour);
        }
        Ok(())
    }

    fn faster(&self, kata: &Kata, rounds: usize, edits: &Edits) -> Result<Flavour> {
        let seconds = |flavour| -> Result<f64> {
            self.write_manifest(kata, flavour)?;
            self.built(kata)?;
            let mut values = Vec::new();
            for _ in 0..rounds {
                self.edit(kata, Part::Body, edits)?;
                values.push(self.built(kata)?);
            }
            Ok(values.into_iter().fold(f64::INFINITY, f64::min))
        };
        let (author, plain) = (seconds(Flavour::Author)?, seconds(Flavour::Plain)?);
        Ok(if author < plain {
            Flavour::Author
        } else {
            Flavour::Plain
        })
    }

    fn built(&self, kata: &Kata) -> Result<f64> {
        let mut build = self.cargo();
        build.args(["test", "--no-run", "--package", &kata.package()]);
        let run = run(&mut build)?;
        ensure!(
            run.status.success(),
            "{} does not build: {}",
            kata.id,
            run.account()
        );
        Ok(run.seconds)
    }

    fn write_manifest(&self, kata: &Kata, flavour: Flavour) -> Result<()> {
        let folder = Path::new("solutions").join(&kata.place);
        let file = folder.join("Cargo.toml");
        let text = std::str::from_utf8(&self.course.files[&file])?;
        let has_roles = self.root.join(&folder).join("plain/roles.rs").exists();
        let text = match flavour {
            Flavour::Author => manifest::of_author(text, &kata.id)?,
            Flavour::Plain => manifest::of_plain(text, &kata.id, has_roles)?,
        };
        tree::write(&self.root.join(file), text)
    }

    /// Where a kata's solution lies.
    pub(crate) fn folder(&self, kata: &Kata) -> PathBuf {
        self.root.join("solutions").join(&kata.place)
    }

    /// Changes a kata's solution.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn edit(&self, kata: &Kata, part: Part, edits: &Edits) -> Result<()> {
        edits.change(&self.course.solution(kata), part, &self.folder(kata))
    }

    /// Removes what was built of these katas, and leaves their dependencies.
    ///
    /// # Errors
    /// When cargo cannot.
    pub(crate) fn forget(&self, katas: &[&Kata]) -> Result<()> {
        let mut command = self.cargo();
        command.args(["clean", "--offline"]);
        packages(&mut command, katas);
        let run = run(&mut command)?;
        ensure!(run.status.success(), "{}", run.account());
        Ok(())
    }

    /// A cargo command in the workspace.
    ///
    /// Its test programs run their cases on the main thread, one at a time: a case owns the
    /// working folder, and a main thread that waits for a case does so with a timer, which
    /// `settle` would take for something that still moves, each time for seconds.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = self.place.command(cargo(), &self.root);
        command
            .env("CARGO_TARGET_DIR", self.place.rival_target())
            .env("RUST_TEST_THREADS", "1");
        command
    }

    /// `cargo nextest run` over these katas.
    pub(crate) fn nextest(&self, katas: &[&Kata]) -> Command {
        let mut command = self.cargo();
        command.args(["nextest", "run", "--offline"]);
        packages(&mut command, katas);
        command
    }

    /// `cargo test` over these katas.
    pub(crate) fn test(&self, katas: &[&Kata]) -> Command {
        let mut command = self.cargo();
        command.args(["test", "--offline"]);
        packages(&mut command, katas);
        command
    }

    /// The seconds of a run after which every test of `katas` had passed.
    ///
    /// # Errors
    /// When one had not, or did not run.
    pub(crate) fn all_passed(&self, run: &Run, katas: &[&Kata]) -> Result<f64> {
        let expected: usize = katas.iter().map(|kata| self.tests[&kata.id]).sum();
        let passed = passed(&run.printed).with_context(|| run.account())?;
        ensure!(
            run.status.success() && passed == expected,
            "{passed} of {expected} tests passed: {}",
            run.account()
        );
        Ok(run.seconds)
    }
}

fn suite_of(kata: &Kata) -> PathBuf {
    Path::new("tests/hidden").join(&kata.place).join("suite.rs")
}

fn packages(command: &mut Command, katas: &[&Kata]) {
    for kata in katas {
        command.args(["--package", &kata.package()]);
    }
}

/// How many tests passed, as nextest or any number of test programs say it.
fn passed(printed: &str) -> Option<usize> {
    let summaries = printed
        .lines()
        .filter(|line| line.contains("test result:") || line.trim_start().starts_with("Summary"));
    let counts: Vec<usize> = summaries
        .filter_map(|line| {
            let (before, _) = line.split_once(" passed")?;
            before.rsplit(' ').next()?.parse().ok()
        })
        .collect();
    (!counts.is_empty()).then(|| counts.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::passed;

    #[test]
    fn passed_tests_are_counted_in_every_form() {
        let nextest = "     Summary [   0.310s] 12 tests run: 12 passed, 3 skipped\n";
        assert_eq!(passed(nextest), Some(12));
        let cargo = "test result: ok. 4 passed; 0 failed; 1 ignored\n\
                     test result: ok. 3 passed; 0 failed; 0 ignored\n";
        assert_eq!(passed(cargo), Some(7));
    }

    #[test]
    fn a_run_without_a_summary_has_no_count() {
        assert_eq!(passed("error: could not compile"), None);
    }
}
