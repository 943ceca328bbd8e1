//! `author verify`: the author's proof.

use super::Here;
use super::output::say;
use super::runtime::{Interrupts, block_on_all, interrupted};
use crate::cli::Verify;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::parallel;
use crate::report::Live;
use crate::text::plural;
use crate::verify::{self, Findings};
use std::fmt::Write;
use tokio::sync::mpsc;

/// Verifies katas and prints a table.
pub(super) fn verify(here: &Here, args: &Verify) -> Result<ExitCode> {
    let katas = here.catalogue.select(&args.katas, &here.cwd)?;
    let jobs = args.jobs.unwrap_or_else(parallel::cores);
    let (events, mut happened) = mpsc::unbounded_channel();
    let mut live = Live::new(katas.len());
    let findings = block_on_all(async {
        let mut interrupts = Interrupts::new()?;
        let verifying = verify::verify(&here.catalogue, &katas, args.repeat.max(1), jobs, &events);
        let show = |event| live.show(&event);
        let findings = interrupts.watched(verifying, &mut happened, show).await;
        live.end();
        findings.unwrap_or_else(|| Err(interrupted()))
    })?;
    say(&table(&findings))?;
    let sound = findings.iter().all(Findings::is_sound);
    Ok(if sound {
        ExitCode::Passed
    } else {
        ExitCode::Unsolved
    })
}

fn table(findings: &[Findings]) -> String {
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
