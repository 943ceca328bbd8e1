//! The grader in a course, called as its users call it. How each job is called stands in
//! [`Grader::command`] and nowhere else.

use crate::course::Course;
use crate::measure::Run;
use crate::place::{Place, cargo};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the grader is asked to do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Call<'a> {
    /// Grade one kata of the student's own, as the student types it.
    Typed(&'a str),
    /// The same by the program itself, as whoever watches files calls it.
    Saved(&'a str),
    /// Grade the whole course's solutions, every verdict made again.
    Afresh,
    /// Grade the whole course's solutions.
    Course,
    /// Grade one of the course's solutions.
    One(&'a str),
    /// Grade one student's folder, every verdict made again.
    Folder(&'a Path),
    /// Grade a class: one folder per student, one report per student into the other folder.
    Class(&'a Path, &'a Path),
}

/// A grader that was built from a course.
#[derive(Debug)]
pub(crate) struct Grader {
    program: PathBuf,
    course: PathBuf,
    report: PathBuf,
}

/// Which verdicts a report has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Verdicts {
    /// Katas that passed.
    pub(crate) passed: usize,
    /// Katas that nobody has touched.
    pub(crate) untouched: usize,
    /// All others.
    pub(crate) others: usize,
}

impl Grader {
    /// Builds it, and everything that it builds before its first grade.
    ///
    /// # Errors
    /// When cargo fails.
    pub(crate) fn build(place: &Place, course: &Course) -> Result<Self> {
        let grader = Self {
            program: course.root.join("target/grader/grader"),
            course: course.root.clone(),
            report: course.root.join("target/report.json"),
        };
        let cargo = || place.command(cargo(), &course.root);
        // More katas are more packages to be locked; versions stay as they are.
        let mut lock = cargo();
        let locked = lock.args(["update", "--quiet", "--workspace", "--offline"]);
        ensure!(
            locked.status()?.success(),
            "{} cannot be locked",
            course.root.display()
        );
        let packages = ["--package", "grader", "--package", "oracle"];
        let mut build = cargo();
        build
            .args(["build", "--quiet", "--locked", "--profile", "grader"])
            .args(packages);
        let status = build.status()?;
        ensure!(
            status.success(),
            "the grader of {} does not build",
            course.root.display()
        );
        Ok(grader)
    }

    /// The oracle that was built with it.
    pub(crate) fn oracle(&self) -> PathBuf {
        self.course.join("target/grader/oracle")
    }

    /// The command of a job.
    pub(crate) fn command(&self, place: &Place, call: Call<'_>) -> Command {
        let through_cargo = matches!(call, Call::Typed(_));
        let program = if through_cargo {
            &cargo()
        } else {
            &self.program
        };
        let mut command = place.command(program, &self.course);
        if through_cargo {
            command.args(["--quiet", "grader"]);
        }
        match call {
            Call::Class(students, out) => {
                command.arg("batch").arg(students).arg("--out").arg(out);
                return command;
            }
            Call::Typed(kata) | Call::Saved(kata) => command.args(["check", kata]),
            Call::Afresh => command.args(["check", "--solutions", "--no-cache"]),
            Call::Course => command.args(["check", "--solutions"]),
            Call::One(kata) => command.args(["check", "--solutions", kata]),
            Call::Folder(folder) => command.args(["check", "--no-cache", "--from"]).arg(folder),
        };
        command.arg(format!("--report=json={}", self.report.display()));
        command
    }

    /// Whether it can grade a class in one go.
    pub(crate) fn knows_classes(&self, place: &Place) -> bool {
        let mut help = place.command(&self.program, &self.course);
        let help = help.args(["batch", "--help"]).output();
        help.is_ok_and(|help| help.status.success())
    }

    /// The verdicts of the last grade.
    ///
    /// # Errors
    /// When there is no report.
    pub(crate) fn verdicts(&self) -> Result<Verdicts> {
        let text = fs::read_to_string(&self.report).context("the grader left no report")?;
        fs::remove_file(&self.report)?;
        let report = serde_json::from_str(&text)?;
        Verdicts::of(&report).context("that is no report")
    }

    /// The seconds of a run after which every one of `katas` had passed.
    ///
    /// # Errors
    /// When one had not: what does not pass is no measurement.
    pub(crate) fn all_passed(&self, run: &Run, katas: usize) -> Result<f64> {
        let verdicts = self.verdicts().with_context(|| run.account())?;
        let right = Verdicts {
            passed: katas,
            ..Verdicts::default()
        };
        ensure!(
            run.status.success() && verdicts == right,
            "the grader should have passed {katas} katas: {verdicts:?}, {}",
            run.account()
        );
        Ok(run.seconds)
    }
}

impl Verdicts {
    /// Counts the verdicts of a report; `None` if it is none.
    pub(crate) fn of(report: &Value) -> Option<Self> {
        let mut verdicts = Self::default();
        for kata in report.get("katas")?.as_array()? {
            match kata.get("verdict")?.as_str()? {
                "passed" => verdicts.passed += 1,
                "not-attempted" => verdicts.untouched += 1,
                _ => verdicts.others += 1,
            }
        }
        Some(verdicts)
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            untouched: self.untouched + other.untouched,
            others: self.others + other.others,
        }
    }
}

/// The verdicts of all reports below a folder.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn verdicts_below(folder: &Path) -> Result<Verdicts> {
    let files = crate::tree::read(folder)?;
    let reports = files
        .values()
        .filter_map(|bytes| serde_json::from_slice(bytes).ok());
    let verdicts = reports.filter_map(|report: Value| Verdicts::of(&report));
    Ok(verdicts.fold(Verdicts::default(), Verdicts::and))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_counted_by_what_they_are() {
        let report = serde_json::json!({ "katas": [
            { "verdict": "passed" }, { "verdict": "failed" },
            { "verdict": "not-attempted" }, { "verdict": "passed" },
        ] });
        let verdicts = Verdicts {
            passed: 2,
            untouched: 1,
            others: 1,
        };
        assert_eq!(Verdicts::of(&report), Some(verdicts));
    }

    #[test]
    fn what_is_no_report_has_no_verdicts() {
        assert_eq!(Verdicts::of(&serde_json::json!({ "students": [] })), None);
    }
}
