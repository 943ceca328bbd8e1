//! The stub is not solved, the solution always passes, every wrong solution is always
//! caught by the case it names.

use super::{Bench, Findings, read};
use crate::build;
use crate::cases::ReadyKata;
use crate::course::{self, Submission};
use crate::engine::{Names, fresh_seed};
use crate::error::{Error, Result};
use crate::grade::Halt;
use crate::outcome::Verdict;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Mistakes that a kata must catch at least.
const LEAST_WRONG: usize = 4;

/// Runs stub, solution and wrong solutions.
pub(super) async fn verify(bench: &Bench, findings: &mut Findings) -> Result<()> {
    findings.note("stub compiles, unsolved", stub(bench).await?);
    let found = solution(bench).await?;
    findings.note(format!("solution passes {}×", bench.repeat), found);
    findings.note("rustfmt and clippy", lints(bench)?);
    let wrong = wrong_files(bench)?;
    let mut found = Vec::new();
    if wrong.len() < LEAST_WRONG {
        found.push(format!(
            "{} wrong solutions; at least {LEAST_WRONG} are needed",
            wrong.len()
        ));
    }
    for file in &wrong {
        found.extend(caught(bench, file).await?);
    }
    let what = format!("{} wrong solutions caught {}×", wrong.len(), bench.repeat);
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

/// The text of the reference solution.
pub(super) fn solution_text(bench: &Bench) -> Result<String> {
    read(&solution_folder(bench).join("src/lib.rs"))
}

fn solution_folder(bench: &Bench) -> PathBuf {
    bench
        .catalogue
        .root
        .join("solutions")
        .join(bench.kata.path())
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
    let mut ready = match prepare(bench, solution_text(bench)?).await? {
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

fn lints(bench: &Bench) -> Result<Vec<String>> {
    bench.tell("rustfmt and clippy");
    let mut files = wrong_files(bench)?;
    files.push(bench.kata.hidden.join("suite.rs"));
    files.push(bench.kata.hidden.join("stub.rs"));
    let package = format!("{}-solution", bench.kata.id);
    let workspace = build::workspace(&bench.catalogue.root);
    let formats = files.iter().map(|file| {
        let named = |error| format!("{}: {error}", file.display());
        build::check_format(&workspace, file).err().map(named)
    });
    let lint = build::lint(&workspace, &package)
        .err()
        .map(|error| error.to_string());
    Ok(formats.chain([lint]).flatten().collect())
}

fn wrong_files(bench: &Bench) -> Result<Vec<PathBuf>> {
    let folder = solution_folder(bench).join("wrong");
    let entries = fs::read_dir(&folder).map_err(|error| Error::io("list", &folder, &error))?;
    let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> = files
        .filter(|file| file.extension().is_some_and(|ext| ext == "rs"))
        .collect();
    files.sort();
    Ok(files)
}

/// Whether a wrong solution is caught every time by the case it names.
async fn caught(bench: &Bench, file: &Path) -> Result<Vec<String>> {
    let name = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let text = read(file)?;
    let Some(case) = header(&text, "// Caught by: ") else {
        return Ok(vec![format!("{name} does not say which case catches it")]);
    };
    if header(&text, "// Mistake: ").is_none() {
        return Ok(vec![format!("{name} does not say what the mistake is")]);
    }
    let case = case.to_owned();
    let mut ready = match prepare(bench, text).await? {
        Ok(ready) => ready,
        Err(why) => return Ok(vec![format!("{name} does not compile:\n{why}")]),
    };
    let mut missed = 0;
    for round in 1..=bench.repeat {
        bench.tell_round(&format!("catching {name}"), round);
        let seed = fresh_seed()?;
        let plan = ready.oracle.plan(seed)?;
        let Some(planned) = plan.iter().find(|planned| planned.name == case) else {
            return Ok(vec![format!(
                "{name} names a case {case:?} that the suite does not have"
            )]);
        };
        let result = ready.run_one(planned, seed).await?;
        match result.verdict {
            Verdict::Passed => missed += 1,
            Verdict::GraderError { reason } => return Ok(vec![format!("{name}: {reason}")]),
            _ => {}
        }
    }
    if missed == 0 {
        return Ok(Vec::new());
    }
    Ok(vec![format!(
        "{case} misses {name} in {missed} of {} runs",
        bench.repeat
    )])
}

fn header<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let value = text
        .lines()
        .take(8)
        .find_map(|line| line.strip_prefix(key))?;
    Some(value.trim().trim_matches('`'))
}

impl Bench {
    /// Whether a case is a program that must not compile.
    fn is_compile_fail(&self, case: &str) -> Result<bool> {
        let suite = self.engine.suites.of(&self.kata)?;
        Ok(suite
            .compile_fail
            .iter()
            .any(|program| program.name == case))
    }
}
