//! `author`: the author's proofs.

use super::Here;
use super::output::say;
use super::runtime::{Interrupts, block_on_all, interrupted};
use crate::cli::{Mutants, Verify};
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::parallel;
use crate::report::Live;
use crate::text::plural;
use crate::verify::{self, Fate, Findings, Proof, Survey};
use std::fmt::Write;
use tokio::sync::mpsc;

/// Verifies katas and prints a table.
pub(super) fn verify(here: &Here, args: &Verify) -> Result<ExitCode> {
    let (repeat, jobs) = (args.repeat, args.jobs);
    let findings = proven(here, &args.katas, repeat, jobs, async |proof| {
        let accept_causes = args.accept_causes;
        verify::verify(Proof {
            accept_causes,
            ..proof
        })
        .await
    })?;
    say(&findings_table(&findings))?;
    Ok(exit_code(findings.iter().all(Findings::is_sound)))
}

/// Tries mutants and prints those that escape.
pub(super) fn mutants(here: &Here, args: &Mutants) -> Result<ExitCode> {
    let (repeat, jobs) = (args.repeat, args.jobs);
    let surveys = proven(here, &args.katas, repeat, jobs, async |proof| {
        verify::survey(proof, &args.only).await
    })?;
    say(&surveys_table(&surveys))?;
    Ok(exit_code(surveys.iter().all(Survey::is_sound)))
}

/// Runs a proof of the katas of these names, with its progress on the screen.
fn proven<T>(
    here: &Here,
    names: &[String],
    repeat: usize,
    jobs: Option<usize>,
    prove: impl AsyncFnOnce(Proof<'_>) -> Result<T>,
) -> Result<T> {
    let katas = here.catalogue.select(names, &here.cwd)?;
    let (events, mut happened) = mpsc::unbounded_channel();
    let mut live = Live::new(katas.len());
    let proof = Proof {
        catalogue: &here.catalogue,
        katas: &katas,
        repeat,
        accept_causes: false,
        jobs: jobs.unwrap_or_else(parallel::cores),
        events: &events,
    };
    block_on_all(async {
        let mut interrupts = Interrupts::new()?;
        let show = |event| live.show(&event);
        let proven = interrupts.watched(prove(proof), &mut happened, show).await;
        live.end();
        proven.unwrap_or_else(|| Err(interrupted()))
    })
}

fn exit_code(is_sound: bool) -> ExitCode {
    if is_sound {
        ExitCode::Passed
    } else {
        ExitCode::Unsolved
    }
}

fn findings_table(findings: &[Findings]) -> String {
    let mut out = String::new();
    for kata in findings {
        let word = if kata.is_sound() { "sound" } else { "UNSOUND" };
        let _ = writeln!(out, "{word:8} {}: {}", kata.kata, kata.proven.join(", "));
        for problem in &kata.problems {
            let _ = writeln!(
                out,
                "           - {}",
                problem.replace('\n', "\n             ")
            );
        }
    }
    let unsound = findings.iter().filter(|kata| !kata.is_sound()).count();
    let _ = writeln!(
        out,
        "\n{} verified, {unsound} unsound",
        plural(findings.len(), "kata")
    );
    out
}

fn surveys_table(surveys: &[Survey]) -> String {
    let mut out = String::new();
    for survey in surveys {
        let [caught, sometimes, passes, unviable] = [
            Fate::Caught,
            Fate::CaughtSometimes,
            Fate::Passes,
            Fate::DoesNotCompile,
        ]
        .map(|fate| survey.of(fate));
        let _ = writeln!(
            out,
            "{}: {} caught always, {} sometimes, {} never; {} explained; {} do not compile",
            survey.kata,
            caught.len(),
            sometimes.len(),
            passes.len(),
            survey.explained().len(),
            unviable.len()
        );
        for (word, escaped) in [("sometimes", sometimes), ("never", passes)] {
            for mutant in escaped {
                let _ = writeln!(out, "  {word:9}  line {:<4} {}", mutant.line, mutant.name);
            }
        }
        for (mutant, reason) in survey.explained() {
            let (line, name) = (mutant.line, &mutant.name);
            let _ = writeln!(out, "  explained  line {line:<4} {name}: {reason}");
        }
        for name in survey.stale() {
            let _ = writeln!(
                out,
                "  kata.toml explains a mutant that does not escape: {name}"
            );
        }
    }
    out
}
