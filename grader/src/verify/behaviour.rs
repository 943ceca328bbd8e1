//! The stub is not solved, the solution always passes, every wrong solution is always
//! caught by the case it names.

use super::{Bench, Findings, read};
use crate::attempt::{Attempt, Names};
use crate::cargo;
use crate::compile::NotCompiled;
use crate::error::{Error, Result};
use crate::grade::fresh_seed;
use crate::outcome::Verdict;
use crate::submission::SourceFile;
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

/// Compiles sources as a submission of this kata.
pub(super) async fn prepare(
    bench: &Bench,
    sources: Vec<SourceFile>,
) -> Result<std::result::Result<Attempt<'_>, NotCompiled>> {
    let names = Names {
        shown: ".".to_owned(),
        flag: String::new(),
        lasting: None,
    };
    Attempt::prepare(&bench.kata, sources, names, &bench.stage, &bench.workshop).await
}

/// The files of the reference solution.
pub(super) fn solution_sources(bench: &Bench) -> Result<Vec<SourceFile>> {
    with_locked(bench, read(&solution_folder(bench).join("src/lib.rs"))?)
}

fn with_locked(bench: &Bench, lib: String) -> Result<Vec<SourceFile>> {
    let mut sources = vec![SourceFile {
        path: "lib.rs".to_owned(),
        text: lib,
    }];
    for locked in &bench.kata.about.locked {
        sources.push(SourceFile {
            path: locked.clone(),
            text: bench.kata.read_hidden(locked)?,
        });
    }
    Ok(sources)
}

fn solution_folder(bench: &Bench) -> PathBuf {
    bench
        .catalogue
        .root
        .join("solutions")
        .join(bench.kata.place())
}

async fn stub(bench: &Bench) -> Result<Vec<String>> {
    bench.tell("running the stub");
    let sources = with_locked(bench, bench.kata.stub()?)?;
    let mut attempt = match prepare(bench, sources).await? {
        Ok(attempt) => attempt,
        Err(broken) => return Ok(vec![format!("the stub: {}", broken.messages.join("\n"))]),
    };
    let mut problems: Vec<String> = attempt
        .compiled()
        .warnings
        .iter()
        .map(|warning| format!("the stub does not compile without warnings:\n{warning}"))
        .collect();
    for case in attempt.run_all(fresh_seed()?).await? {
        // A program that must not compile may well be refused for the stub's types too.
        if case.verdict.is_passed() && !bench.is_refused(&case.case)? {
            problems.push(format!("the stub passes {}", case.case));
        }
    }
    Ok(problems)
}

async fn solution(bench: &Bench) -> Result<Vec<String>> {
    let sources = solution_sources(bench)?;
    let mut attempt = match prepare(bench, sources).await? {
        Ok(attempt) => attempt,
        Err(broken) => {
            return Ok(vec![format!(
                "the solution: {}",
                broken.messages.join("\n")
            )]);
        }
    };
    let mut failures: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for round in 1..=bench.repeat {
        bench.tell_round("running the solution", round);
        for case in attempt.run_all(fresh_seed()?).await? {
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
    let formats = files.iter().map(|file| {
        let named = |error| format!("{}: {error}", file.display());
        cargo::check_format(file).err().map(named)
    });
    let lint = cargo::lint(&package).err().map(|error| error.to_string());
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
    let mut attempt = match prepare(bench, with_locked(bench, text)?).await? {
        Ok(attempt) => attempt,
        Err(broken) => {
            return Ok(vec![format!(
                "{name} does not compile:\n{}",
                broken.messages.join("\n")
            )]);
        }
    };
    let oracle = bench.workshop.oracle().await?;
    let mut missed = 0;
    for round in 1..=bench.repeat {
        bench.tell_round(&format!("catching {name}"), round);
        let seed = fresh_seed()?;
        let plan = oracle.plan(&bench.kata.id, seed)?;
        let Some(planned) = plan.iter().find(|planned| planned.name == case) else {
            return Ok(vec![format!(
                "{name} names a case {case:?} that the suite does not have"
            )]);
        };
        let result = attempt.run_one(planned, seed).await?;
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
    fn is_refused(&self, case: &str) -> Result<bool> {
        let suite = self.stage.suites.of(&self.kata)?;
        Ok(suite.refused.iter().any(|refused| refused.case == case))
    }
}
