//! What is measured, and the goals.

use crate::contestant::Contestant;
use crate::course::{self, Kata};
use crate::edit::{ERROR, FLOOD, MISTAKE, save};
use crate::environment::workload;
use crate::figures::{Row, Spread, memory, scaled, time};
use crate::files;
use crate::measure::{in_turn, peak_memory, printed, repeated, seconds, seconds_until};
use anyhow::{Context, Result};
use clap::Args;
use std::fs;
use std::path::Path;
use std::process::Command;

type Measure = fn(&Bench) -> Result<Vec<Row>>;

/// All jobs. What does not pass though it should is an error, not a figure.
pub(crate) const JOBS: [(&str, Measure); 7] = [
    ("save", Bench::save),
    ("mistake", Bench::mistake),
    ("cold", Bench::cold),
    ("unchanged", Bench::unchanged),
    ("submissions", Bench::submissions),
    ("memory", Bench::memory),
    ("sandbox", Bench::sandbox),
];

/// How much is measured.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Amounts {
    /// Measure everything this many times
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) rounds: usize,
    /// Submissions of a class
    #[arg(long, hide = true, default_value_t = 50)]
    submissions: usize,
    /// Katas of the large course
    #[arg(long, hide = true, default_value_t = 240)]
    large: usize,
}

/// Submissions that the rivals' loop is measured with: each turn costs the same.
const SAMPLE: usize = 3;

/// How often a sandbox is made.
const SANDBOXES: usize = 20;

/// A submission of nearly as many files as are allowed, each nearly as large as is allowed.
const TOKEN_FILES: usize = 63;
const TOKEN_BYTES: usize = 15 << 20;

/// Everything that jobs are measured with.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) amounts: Amounts,
    pub(crate) katas: Vec<Kata>,
    /// The grader, called by its program.
    pub(crate) grader: Contestant,
    /// The same as it is typed.
    pub(crate) typed: Contestant,
    /// Incremental and not.
    pub(crate) rivals: [Contestant; 2],
}

impl Bench {
    fn save(&self) -> Result<Vec<Row>> {
        let rows = |job: &str, grader: &Contestant, goal: f64| {
            let goals = [Some(goal), None];
            self.compare(job, grader, "cargo test", goals, &|who| self.verdicts(who))
        };
        let typed = "save → verdict, `cargo grader check KATA`";
        let called = rows("save → verdict, program called", &self.grader, 0.95)?;
        Ok([called, rows(typed, &self.typed, 1.15)?].concat())
    }

    fn mistake(&self) -> Result<Vec<Row>> {
        // A mistake is made in what has compiled before.
        for who in self.rivals.iter().chain([&self.grader]) {
            self.verdicts(who)?;
        }
        let job = "save a mistake → first compile error, program called";
        let goals = [Some(0.9), None];
        self.compare(job, &self.grader, "cargo test", goals, &|who| {
            self.mean(|kata| {
                save(kata, &who.folder(kata), MISTAKE)?;
                seconds_until(&mut who.one(kata), ERROR)
            })
        })
    }

    fn cold(&self) -> Result<Vec<Row>> {
        let job = "whole course, no kata built";
        let goals = [Some(0.65), None];
        self.compare(job, &self.grader, "cargo nextest run", goals, &|who| {
            seconds(&mut unbuilt(who, &self.katas)?)
        })
    }

    fn unchanged(&self) -> Result<Vec<Row>> {
        for who in self.rivals.iter().chain([&self.grader]) {
            who.change_all(&self.katas)?;
        }
        let job = "whole course, nothing changed";
        let goals = [Some(0.03), None];
        let whole = |who: &Contestant| seconds(&mut who.all());
        let mut rows = self.compare(job, &self.grader, "cargo nextest run", goals, &whole)?;

        let (large, _) = course::make("large-course", self.amounts.large)?;
        whole(&large)?;
        let unchanged = repeated(self.amounts.rounds, &|| whole(&large))?;
        let job = format!("{} katas, nothing changed", self.amounts.large);
        rows.push(alone(job, time, unchanged, 0.1));
        Ok(rows)
    }

    fn submissions(&self) -> Result<Vec<Row>> {
        let submissions = self.amounts.submissions;
        let job = format!("{submissions} different submissions");
        let rival = format!("a loop of cargo nextest run, scaled from {SAMPLE} submissions");
        let goals = [None, Some(0.9)];
        self.compare(&job, &self.grader, &rival, goals, &|who| {
            if std::ptr::eq(who, &raw const self.grader) {
                return seconds(&mut self.batch()?);
            }
            let mut taken = 0.0;
            for _ in 0..SAMPLE {
                who.change_all(&self.katas)?;
                taken += seconds(&mut who.all())?;
            }
            Ok(scaled(taken, SAMPLE, submissions))
        })
    }

    fn memory(&self) -> Result<Vec<Row>> {
        let kata = self.katas.iter().find(|kata| !kata.has_macros);
        let kata = kata.context("there is no kata without macros")?;
        let [flood, tokens] = ["flood", "tokens"].map(workload);
        submit(kata, &flood, FLOOD)?;
        submit_tokens(kata, &tokens)?;
        let (large, many) = course::make("large-course", self.amounts.large)?;
        let check = |folder: &Path| {
            let mut check = self.grader.one(kata);
            // In CI no verdict is kept, and nothing runs without the full sandbox.
            check.env("CI", "true").arg("--from").arg(folder);
            Ok(check)
        };
        let row = |job: &str, goal: f64, code: i32, command: &dyn Fn() -> Result<Command>| {
            let peak = || peak_memory(&mut command()?, code);
            let peaks = repeated(self.amounts.rounds, &peak)?;
            let job = format!("memory, {job}");
            anyhow::Ok(alone(job, memory, peaks, goal))
        };
        let batch = format!("{} different submissions", self.amounts.submissions);
        let none_built = format!("{} katas, none built", many.len());
        Ok(vec![
            row("whole course, no kata built", 64.0, 0, &|| {
                unbuilt(&self.grader, &self.katas)
            })?,
            row(&batch, 64.0, 0, &|| self.batch())?,
            row(&none_built, 64.0, 0, &|| unbuilt(&large, &many))?,
            row("a flood of output", 64.0, 1, &|| check(&flood))?,
            row("63 files, 15 MiB of tokens", 128.0, 1, &|| check(&tokens))?,
        ])
    }

    fn sandbox(&self) -> Result<Vec<Row>> {
        let made_in = repeated(SANDBOXES, &|| {
            let told = printed(&mut self.grader.call("doctor"))?;
            let time = told
                .split_once("made in ")
                .context("doctor tells no time")?
                .1;
            let millis: f64 = time.split(' ').next().unwrap_or_default().parse()?;
            Ok(millis / 1000.0)
        })?;
        let job = "making a sandbox, as `cargo grader doctor` tells it".to_owned();
        Ok(vec![alone(job, time, made_in, 0.006)])
    }

    /// Measures the grader in turn with both rivals.
    fn compare(
        &self,
        job: &str,
        grader: &Contestant,
        rival: &str,
        goals: [Option<f64>; 2],
        measure: &dyn Fn(&Contestant) -> Result<f64>,
    ) -> Result<Vec<Row>> {
        let [on, off] = &self.rivals;
        let [ours, on, off] = in_turn(self.amounts.rounds, [grader, on, off], measure)?;
        let row = |how: &str, theirs: Spread, at_most: Option<f64>| Row {
            job: job.to_owned(),
            ours: ours.clone(),
            unit: time,
            rival: Some((format!("{rival}, {how}"), theirs)),
            at_most,
        };
        Ok(vec![
            row("incremental", on, goals[0]),
            row("not incremental", off, goals[1]),
        ])
    }

    /// The mean over the katas without macros, each measured by itself.
    fn mean(&self, one: impl FnMut(&Kata) -> Result<f64>) -> Result<f64> {
        let katas = self.katas.iter().filter(|kata| !kata.has_macros);
        let values = katas.map(one).collect::<Result<Vec<f64>>>()?;
        Ok(scaled(values.iter().sum(), values.len(), 1))
    }

    /// From a change to its verdict.
    fn verdicts(&self, who: &Contestant) -> Result<f64> {
        self.mean(|kata| {
            save(kata, &who.folder(kata), "")?;
            seconds(&mut who.one(kata))
        })
    }

    /// `batch` over a new class, of which nothing is built.
    fn batch(&self) -> Result<Command> {
        let [class, reports] = ["class", "reports"].map(workload);
        files::remove(&class)?;
        files::remove(&reports)?;
        for number in 0..self.amounts.submissions {
            let student = class.join(format!("student-{number:03}"));
            for kata in &self.katas {
                submit(kata, &student, "")?;
            }
        }
        self.grader.forget()?;
        let mut batch = self.grader.call("batch");
        batch.arg(class).arg("--out").arg(reports);
        Ok(batch)
    }
}

/// Judges all katas, of which nothing is built.
fn unbuilt(who: &Contestant, katas: &[Kata]) -> Result<Command> {
    who.change_all(katas)?;
    who.forget()?;
    Ok(who.all())
}

fn alone(job: String, unit: fn(f64) -> String, ours: Spread, goal: f64) -> Row {
    Row {
        job,
        ours,
        unit,
        rival: None,
        at_most: Some(goal),
    }
}

/// Adds an edited kata to a student's folder.
fn submit(kata: &Kata, student: &Path, more: &str) -> Result<()> {
    let folder = student.join(&kata.path);
    files::copy(&kata.solution, &folder.join("src"))?;
    save(kata, &folder, more)
}

fn submit_tokens(kata: &Kata, student: &Path) -> Result<()> {
    let folder = student.join(&kata.path).join("src");
    fs::create_dir_all(&folder)?;
    let tokens = "()".repeat((TOKEN_BYTES / TOKEN_FILES - 100) / 2);
    let text = format!("pub const TEXT: &str = stringify!({tokens});\n");
    let mut lib = vec![text.clone()];
    for number in 1..TOKEN_FILES {
        fs::write(folder.join(format!("part_{number}.rs")), &text)?;
        lib.push(format!("mod part_{number};\n"));
    }
    Ok(fs::write(folder.join("lib.rs"), lib.concat())?)
}
