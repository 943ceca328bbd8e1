//! Whether a suite catches every small change of the solution, in every grade.

mod finder;
mod operators;
mod outline;
mod parameters;
mod siblings;

use super::behaviour::prepare;
use super::{Bench, Proof};
use crate::course::Equivalent;
use crate::engine::fresh_seed;
use crate::error::{Error, Result};
use crate::outcome::Verdict;
use crate::record::Event;
use crate::verify::engine_for_authors;
use futures::StreamExt;
use futures::stream;
use std::ops::Range;

/// A change of a source text.
#[derive(Debug, Clone)]
struct Edit {
    range: Range<usize>,
    text: String,
}

/// A solution with one change.
#[derive(Debug, Clone)]
pub(crate) struct Mutant {
    /// Where and what, unique in its kata.
    pub(crate) name: String,
    /// Line of the solution, from 1.
    pub(crate) line: usize,
    edit: Edit,
}

impl Mutant {
    /// The solution with the change.
    fn apply(&self, solution: &str) -> String {
        let mut text = solution.to_owned();
        text.replace_range(self.edit.range.clone(), &self.edit.text);
        text
    }
}

/// What a suite makes of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Each round had a case that failed.
    Caught,
    /// Some rounds had one, and others passed.
    CaughtSometimes,
    /// Every round passed.
    Passes,
    /// There is nothing to run.
    DoesNotCompile,
}

/// What became of the mutants of one kata.
#[derive(Debug)]
pub(crate) struct Survey {
    /// Id.
    pub(crate) kata: String,
    /// Every mutant and its fate, in the order of the source.
    pub(crate) fates: Vec<(Mutant, Fate)>,
    /// What `kata.toml` says of mutants that do the same.
    equivalent: Vec<Equivalent>,
}

impl Survey {
    /// Mutants of this fate that `kata.toml` does not explain.
    pub(crate) fn of(&self, fate: Fate) -> Vec<&Mutant> {
        let of = self.fates.iter().filter(|(_, its)| *its == fate);
        let mutants = of.map(|(mutant, _)| mutant);
        mutants
            .filter(|mutant| self.reason(mutant).is_none())
            .collect()
    }

    /// Mutants that `kata.toml` explains, each with the reason.
    pub(crate) fn explained(&self) -> Vec<(&Mutant, &str)> {
        let mutants = self.fates.iter().map(|(mutant, _)| mutant);
        mutants
            .filter_map(|mutant| Some((mutant, self.reason(mutant)?)))
            .collect()
    }

    /// What `kata.toml` says of mutants that every round catches, or that there are not.
    pub(crate) fn stale(&self) -> Vec<&str> {
        let escapes = |one: &&Equivalent| {
            let of = self
                .fates
                .iter()
                .find(|(mutant, _)| mutant.name == one.mutant);
            of.is_some_and(|(_, fate)| matches!(fate, Fate::Passes | Fate::CaughtSometimes))
        };
        let stale = self.equivalent.iter().filter(|one| !escapes(one));
        stale.map(|one| one.mutant.as_str()).collect()
    }

    /// Whether every mutant is caught in every round, or explained.
    pub(crate) fn is_sound(&self) -> bool {
        let escaped = [Fate::CaughtSometimes, Fate::Passes];
        escaped.iter().all(|fate| self.of(*fate).is_empty()) && self.stale().is_empty()
    }

    fn reason(&self, mutant: &Mutant) -> Option<&str> {
        let of = self.equivalent.iter().find(|one| one.mutant == mutant.name);
        of.map(|one| one.reason.as_str())
    }
}

/// Tries the mutants of each kata whose names contain `only`, `proof.jobs` at a time.
///
/// # Errors
/// When the grader cannot do its job, or a solution is not Rust.
pub(crate) async fn survey(proof: Proof<'_>, only: &str) -> Result<Vec<Survey>> {
    let engine = engine_for_authors(proof.catalogue, proof.events).await?;
    let mut surveys = Vec::new();
    for kata in proof.katas {
        let bench = proof.bench(kata, &engine);
        surveys.push(survey_one(&bench, proof.jobs, only).await?);
    }
    Ok(surveys)
}

async fn survey_one(bench: &Bench, jobs: usize, only: &str) -> Result<Survey> {
    let _ = bench.events.send(Event::Started(bench.kata.id.clone()));
    let solution = bench.solution()?;
    let mutants = finder::mutants(&solution, &bench.kata.stub()?)
        .map_err(|error| Error::course(&bench.kata.hidden, format!("not Rust: {error}")))?;
    let all: Vec<Mutant> = mutants
        .into_iter()
        .filter(|mutant| mutant.name.contains(only))
        .collect();
    let count = all.len();
    let solution = &solution;
    let trials = all.into_iter().enumerate().map(|(at, mutant)| async move {
        let fate = fate(bench, mutant.apply(solution)).await?;
        Result::<_>::Ok((at, mutant, fate))
    });
    let mut running = stream::iter(trials).buffer_unordered(jobs.max(1));
    let mut fates = Vec::new();
    while let Some(tried) = running.next().await {
        fates.push(tried?);
        if fates.len().is_multiple_of(count.div_ceil(20)) {
            bench.tell(&format!("{} of {count} mutants", fates.len()));
        }
    }
    fates.sort_by_key(|(at, ..)| *at);
    let fates = fates
        .into_iter()
        .map(|(_, mutant, fate)| (mutant, fate))
        .collect();
    let equivalent = bench.kata.about.equivalent.iter();
    Ok(Survey {
        kata: bench.kata.id.clone(),
        fates,
        equivalent: equivalent
            .filter(|one| one.mutant.contains(only))
            .cloned()
            .collect(),
    })
}

/// What a suite makes of a text, in as many rounds as the bench repeats.
async fn fate(bench: &Bench, text: String) -> Result<Fate> {
    let Ok(mut ready) = prepare(bench, text).await? else {
        return Ok(Fate::DoesNotCompile);
    };
    let mut caught = 0;
    for _ in 0..bench.repeat {
        let seed = fresh_seed()?;
        for planned in ready.oracle.plan(seed)? {
            match ready.run_one(&planned, seed).await?.verdict {
                Verdict::Passed => {}
                // Nobody has judged the mutant.
                Verdict::GraderError { reason } => {
                    return Err(Error::course(&bench.kata.hidden, reason));
                }
                _ => {
                    caught += 1;
                    break;
                }
            }
        }
    }
    Ok(match caught {
        0 => Fate::Passes,
        _ if caught == bench.repeat => Fate::Caught,
        _ => Fate::CaughtSometimes,
    })
}
