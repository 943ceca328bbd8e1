//! Measures the grader beside cargo test and cargo nextest, on workloads that it makes itself.
//!
//! `docs/performance.md` says what is measured and how.

mod contestant;
mod course;
mod edit;
mod environment;
mod figures;
mod files;
mod jobs;
mod measure;
mod plot;
mod rival;

use crate::contestant::Contestant;
use crate::figures::Row;
use crate::jobs::{Amounts, Bench, JOBS};
use anyhow::{Context, Result};
use clap::Parser;
use std::fs;
use std::io::Write;

/// Measures the grader beside cargo test and cargo nextest
///
/// All jobs together write docs/performance.md and docs/performance.svg; single ones are only
/// printed.
#[derive(Debug, Parser)]
#[command(name = "benchmark", bin_name = "cargo benchmark")]
struct Cli {
    /// What to measure; none means everything
    #[arg(value_name = "JOB", value_parser = JOBS.map(|(name, _)| name))]
    jobs: Vec<String>,
    /// Install cargo-nextest if it is missing
    #[arg(long)]
    install: bool,
    #[command(flatten)]
    amounts: Amounts,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    environment::require_nextest(cli.install)?;
    say("making the course and the rivals' workspace …")?;
    let (grader, katas) = course::make("course", 0)?;
    let bench = Bench {
        amounts: cli.amounts,
        rivals: rival::make(&katas)?,
        katas,
        typed: Contestant {
            program: "cargo".into(),
            one: "grader check ID",
            ..grader.clone()
        },
        grader,
    };
    let mut rows = Vec::new();
    for (name, measure) in JOBS {
        if cli.jobs.is_empty() || cli.jobs.iter().any(|job| job == name) {
            let measured = measure(&bench).context(name)?;
            say(&figures::table(&measured))?;
            rows.extend(measured);
        }
    }
    if cli.jobs.is_empty() {
        publish(&rows, cli.amounts.rounds)?;
    }
    Ok(())
}

/// Writes the figures into the documentation.
fn publish(rows: &[Row], rounds: usize) -> Result<()> {
    let docs = environment::repository().join("docs");
    let page = docs.join("performance.md");
    let text = fs::read_to_string(&page).context("docs/performance.md cannot be read")?;
    let mut about = environment::machine().to_vec();
    about.push(("rounds", Some(rounds.to_string())));
    fs::write(&page, figures::written(&text, &about, rows)?)?;
    fs::write(docs.join("performance.svg"), plot::plot(rows))?;
    say("docs/performance.md and docs/performance.svg are written")
}

fn say(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{text}")?)
}
