//! Measures the grader beside its rivals, on workloads that it makes itself.
//!
//! `docs/performance.md` says how and what came of it.

mod class;
mod course;
mod edit;
mod figures;
mod grader;
mod jobs;
mod machine;
mod manifest;
mod measure;
mod oracle;
mod page;
mod place;
mod plain;
mod plot;
mod rename;
mod rival;
mod tools;
mod tree;

use crate::course::Course;
use crate::edit::Edits;
use crate::figures::Row;
use crate::grader::Grader;
use crate::jobs::{Amount, Bench, Job};
use crate::oracle::Oracle;
use crate::place::Place;
use crate::rival::{Flavour, Rival};
use crate::tools::Tool;
use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use std::fs;
use std::io::Write;
use std::time::Instant;

/// Rounds of the trial that chooses the rivals' test programs.
const TRIALS: usize = 3;

/// Measures the grader beside cargo test, cargo nextest and rustlings
///
/// All jobs together write docs/performance.md and docs/performance.svg; single ones are only
/// printed.
#[derive(Debug, Parser)]
#[command(name = "benchmark", bin_name = "cargo benchmark")]
struct Cli {
    /// What to measure; none means everything
    #[arg(value_name = "JOB", value_enum)]
    jobs: Vec<Job>,
    /// Install rivals that are missing, in the benchmark's own folder
    #[arg(long)]
    install: bool,
    /// Measure everything this many times
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,
    /// Katas of the course that is measured beside rivals
    #[arg(long, value_name = "N", default_value_t = 7)]
    katas: usize,
    /// Katas of the large course
    #[arg(long, value_name = "N", default_value_t = 240)]
    large: usize,
    /// Katas of the course that the large one is compared with
    #[arg(long, value_name = "N", default_value_t = 60)]
    middle: usize,
    /// Submissions that are all different
    #[arg(long, value_name = "N", default_value_t = 50)]
    submissions: usize,
    /// Students of the class
    #[arg(long, value_name = "N", default_value_t = 200)]
    class: usize,
    /// Students of whom a loop is measured; the rest is reckoned
    #[arg(long, value_name = "N", default_value_t = 3)]
    sample: usize,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let everything = cli.jobs.is_empty();
    let jobs = if everything {
        Job::value_variants()
    } else {
        &cli.jobs
    };
    let place = Place::find();
    Tool::Nextest.require(&place, cli.install)?;
    if jobs.contains(&Job::Rustlings) {
        Tool::Rustlings.require(&place, cli.install)?;
    }
    let rows = measured(&cli, &place, jobs)?;
    say(&format!("\n{}", page::table(&rows)))?;
    if everything {
        keep(&place, &rows, cli.rounds)?;
    }
    Ok(())
}

fn measured(cli: &Cli, place: &Place, jobs: &[Job]) -> Result<Vec<Row>> {
    say("making the course and the rivals' workspace …")?;
    let edits = Edits::new();
    let course = Course::make(&place.repository, &place.course(cli.katas), cli.katas)?;
    let grader = Grader::build(place, &course)?;
    let mut rival = Rival::make(place, &course, &mut Oracle::start(&grader.oracle())?)?;
    rival.choose(TRIALS, &edits)?;
    for (kata, flavour) in &rival.flavours {
        let flavour = match flavour {
            Flavour::Author => "the suite itself",
            Flavour::Plain => "plain tests",
        };
        say(&format!("  {kata}: {flavour}"))?;
    }
    let bench = Bench {
        place,
        amount: cli.amount(),
        edits: &edits,
        course: &course,
        grader: &grader,
        rival: &rival,
    };
    let mut rows = Vec::new();
    for job in jobs {
        let start = Instant::now();
        let name = job.to_possible_value();
        let name = name.as_ref().map_or("", |value| value.get_name());
        let measured = bench.measure(*job).with_context(|| format!("job {name}"))?;
        say(&format!(
            "{name}, in {:.0} s\n{}",
            start.elapsed().as_secs_f64(),
            page::table(&measured)
        ))?;
        rows.extend(measured);
    }
    Ok(rows)
}

impl Cli {
    fn amount(&self) -> Amount {
        Amount {
            rounds: self.rounds.max(1),
            submissions: self.submissions.max(1),
            class: self.class.max(1),
            sample: self.sample.max(1),
            large: self.large,
            middle: self.middle,
        }
    }
}

fn keep(place: &Place, rows: &[Row], rounds: usize) -> Result<()> {
    let docs = place.repository.join("docs");
    let page = docs.join("performance.md");
    let text = fs::read_to_string(&page).context("docs/performance.md cannot be read")?;
    let about = machine::description(place);
    fs::write(&page, page::written(&text, rows, &about, rounds)?)?;
    fs::write(docs.join("performance.svg"), plot::plot(rows))?;
    say("docs/performance.md and docs/performance.svg are written")
}

fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    Ok(writeln!(out, "{text}")?)
}
