//! The stub is not solved, the solution always passes, every wrong solution is always
//! caught by the case it names.

use super::mistake::{Mistake, Mistakes};
use super::{Bench, Findings};
use crate::build;
use crate::cases::ReadyKata;
use crate::course::{self, Submission};
use crate::engine::{Names, fresh_seed};
use crate::error::{Error, Result};
use crate::grade::Halt;
use crate::outcome::Verdict;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Mistakes that a kata must catch at least.
const LEAST_WRONG: usize = 4;
/// Rounds after which a cause that was not told is told never.
const OFTEN: usize = 50;

/// Whether the suite has a case.
pub(super) async fn is_anything_judged(bench: &Bench) -> Result<bool> {
    match prepare(bench, bench.kata.stub()?).await? {
        Ok(ready) => Ok(!ready.oracle.plan(0)?.is_empty()),
        // What does not compile is told where it is run.
        Err(_) => Ok(true),
    }
}

/// Runs stub, solution and wrong solutions.
pub(super) async fn verify(bench: &Bench, findings: &mut Findings) -> Result<()> {
    findings.note("stub compiles, unsolved", stub(bench).await?);
    let found = solution(bench).await?;
    findings.note(format!("solution passes {}×", bench.repeat), found);
    findings.note("rustfmt and clippy", lints(bench));
    let mistakes = Mistakes::of(&bench.catalogue, &bench.kata)?;
    let names = mistakes.names()?;
    let mut found = Vec::new();
    if names.len() < LEAST_WRONG {
        found.push(format!(
            "{} wrong solutions; at least {LEAST_WRONG} are needed",
            names.len()
        ));
    }
    for name in &names {
        found.extend(wrong(bench, &mistakes, name).await?);
    }
    let what = format!("{} wrong solutions caught {}×", names.len(), bench.repeat);
    findings.note(what, found);
    Ok(())
}

/// Compiles a text as a submission of this kata, by the way that students' go; or says what
/// keeps it from being run.
pub(super) async fn prepare(bench: &Bench, lib: String) -> Result<Result<ReadyKata<'_>, String>> {
    let sources = match course::of_text(&bench.kata, lib)? {
        Submission::Sources(sources) => sources,
        Submission::Rejected(reason) => return Ok(Err(reason)),
        Submission::Missing | Submission::Untouched => return Ok(Err("nothing".to_owned())),
    };
    let names = Names {
        shown: ".".to_owned(),
        ..Names::default()
    };
    match Box::pin(bench.engine.prepare(&bench.kata, sources, names)).await {
        Ok(ready) => Ok(Ok(ready)),
        Err(Halt::NotCompiled(not_compiled)) => Ok(Err(not_compiled.messages.join("\n"))),
        Err(Halt::Verdict(verdict)) => Ok(Err(verdict.word().to_owned())),
        Err(Halt::Error(error)) => Err(error),
    }
}

async fn stub(bench: &Bench) -> Result<Vec<String>> {
    bench.tell("running the stub");
    let mut ready = match prepare(bench, bench.kata.stub()?).await? {
        Ok(ready) => ready,
        Err(why) => return Ok(vec![format!("the stub: {why}")]),
    };
    let mut problems: Vec<String> = ready
        .warnings
        .iter()
        .map(|warning| format!("the stub does not compile without warnings:\n{warning}"))
        .collect();
    for case in ready.run_all(fresh_seed()?).await? {
        // A program that must not compile may well be rejected for the stub's types too.
        if case.verdict.is_passed() && !bench.is_compile_fail(&case.case)? {
            problems.push(format!("the stub passes {}", case.case));
        }
    }
    Ok(problems)
}

async fn solution(bench: &Bench) -> Result<Vec<String>> {
    let mut ready = match prepare(bench, bench.solution()?).await? {
        Ok(ready) => ready,
        Err(why) => return Ok(vec![format!("the solution: {why}")]),
    };
    let mut failures: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for round in 1..=bench.repeat {
        bench.tell_round("running the solution", round);
        for case in ready.run_all(fresh_seed()?).await? {
            if let Some(failure) = case.failure {
                let example = format!("{} (replay: {})", case.verdict.word(), failure.replay);
                failures.entry(case.case).or_insert((0, example)).0 += 1;
            }
        }
    }
    Ok(failures
        .into_iter()
        .map(|(case, (count, example))| {
            format!(
                "the solution fails {case} in {count} of {} runs: {example}",
                bench.repeat
            )
        })
        .collect())
}

fn lints(bench: &Bench) -> Vec<String> {
    bench.tell("rustfmt and clippy");
    let package = format!("{}-solution", bench.kata.id);
    let workspace = build::workspace(&bench.catalogue.root);
    let formats = ["suite.rs", "stub.rs"]
        .map(|name| misformatted(bench, name, &bench.kata.hidden.join(name)));
    let lint = build::lint(&workspace, &package)
        .err()
        .map(|error| error.to_string());
    formats.into_iter().chain([lint]).flatten().collect()
}

/// What rustfmt would change in a file, which is called `name`.
fn misformatted(bench: &Bench, name: &str, file: &Path) -> Option<String> {
    let workspace = build::workspace(&bench.catalogue.root);
    let error = build::check_format(&workspace, file).err()?;
    Some(format!("{name}: {error}"))
}

/// What is wrong with a wrong solution: its patch, its layout, or that its case misses it.
async fn wrong(bench: &Bench, mistakes: &Mistakes, name: &str) -> Result<Vec<String>> {
    let mistake = match mistakes.get(name) {
        Ok(mistake) => mistake,
        Err(error) => return Ok(vec![error.to_string()]),
    };
    let text = match mistakes.apply(&mistake) {
        Ok(text) => text,
        Err(error) => return Ok(vec![error.to_string()]),
    };
    let mut found = Vec::new();
    if !mistakes.is_exact(&mistake, &text) {
        let kata = &bench.kata.id;
        found.push(format!(
            "{name} was made for another solution: `author mistake rebase {kata}`"
        ));
    }
    let file = tempfile::NamedTempFile::new()
        .map_err(|error| Error::io("make", Path::new(name), &error))?;
    fs::write(file.path(), &text).map_err(|error| Error::io("write", file.path(), &error))?;
    found.extend(misformatted(bench, name, file.path()));
    let mut told = BTreeSet::new();
    found.extend(missed(bench, &mistake, text, &mut told).await?);
    if bench.accept_causes {
        let mut mistake = mistake;
        mistake.told.extend(told);
        mistakes.write(&mistake)?;
    } else {
        found.extend(unknown(&mistake, &told));
        if bench.repeat >= OFTEN {
            found.extend(silent(&mistake, &told));
        }
    }
    Ok(found)
}

/// Causes that a student is told without the author knowing.
fn unknown(mistake: &Mistake, told: &BTreeSet<String>) -> Vec<String> {
    let name = &mistake.name;
    let unknown = told.difference(&mistake.told);
    unknown
        .map(|cause| {
            format!(
                "{name} is told what its patch does not say: {cause}\n\
                 is that true? `author verify --accept-causes` writes it there"
            )
        })
        .collect()
}

/// Causes that the author thinks are told.
fn silent(mistake: &Mistake, told: &BTreeSet<String>) -> Vec<String> {
    let name = &mistake.name;
    let silent = mistake.told.difference(told);
    silent
        .map(|cause| format!("{name} is never told what its patch says: {cause}"))
        .collect()
}

/// Whether the case that a wrong solution names misses it, and what it is told there.
async fn missed(
    bench: &Bench,
    mistake: &Mistake,
    text: String,
    told: &mut BTreeSet<String>,
) -> Result<Option<String>> {
    let Mistake {
        name,
        caught_by: case,
        ..
    } = mistake;
    let mut ready = match prepare(bench, text).await? {
        Ok(ready) => ready,
        Err(why) => return Ok(Some(format!("{name} does not compile:\n{why}"))),
    };
    let mut missed = 0;
    for round in 1..=bench.repeat {
        bench.tell_round(&format!("catching {name}"), round);
        let seed = fresh_seed()?;
        let plan = ready.oracle.plan(seed)?;
        let Some(planned) = plan.iter().find(|planned| planned.name == *case) else {
            return Ok(Some(format!(
                "{name} names a case {case:?} that the suite does not have"
            )));
        };
        let result = ready.run_one(planned, seed).await?;
        let mismatches = result
            .failure
            .iter()
            .flat_map(|failure| &failure.mismatches);
        let causes = mismatches.map(|mismatch| mismatch.cause.to_string());
        told.extend(causes.filter(|cause| !cause.is_empty()));
        match result.verdict {
            Verdict::Passed => missed += 1,
            Verdict::GraderError { reason } => return Ok(Some(format!("{name}: {reason}"))),
            _ => {}
        }
    }
    let missed =
        (missed > 0).then(|| format!("{case} misses {name} in {missed} of {} runs", bench.repeat));
    Ok(missed)
}

impl Bench {
    /// The text of the reference solution.
    pub(super) fn solution(&self) -> Result<String> {
        Ok(Mistakes::of(&self.catalogue, &self.kata)?
            .solution()
            .to_owned())
    }

    /// Whether a case is a program that must not compile.
    fn is_compile_fail(&self, case: &str) -> Result<bool> {
        let suite = self.engine.suites.of(&self.kata)?;
        Ok(suite
            .compile_fail
            .iter()
            .any(|program| program.name == case))
    }
}
