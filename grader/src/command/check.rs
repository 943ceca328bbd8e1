//! `check`: grade and report.

use super::output::say;
use super::{Here, block_on, colour};
use crate::class::grade_submission;
use crate::cli::{Check, Color};
use crate::engine::{Engine, Terms, Work, fresh_seed};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::outcome::Verdict;
use crate::parallel;
use crate::progress::Progress;
use crate::record::{CompilerMessages, Event, KataResult, Report};
use crate::report::{Live, compiler_error, render};
use crate::sandbox::Strictness;
use crate::text::quoted;
use crate::verdict_cache::VerdictCache;
use std::borrow::Cow;
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Grades, reports, and notes what a student has reached.
pub(super) fn check(here: &Here, check: &Check, choice: Color) -> Result<ExitCode> {
    let colour = colour(choice, std::io::stdout().is_terminal());
    let (report, shown) = graded(here, check, colour)?;
    if shown > 0 {
        say("\n")?;
    }
    let untold = without_errors(&report, shown);
    say(&render(&untold, check.format, colour)?)?;
    for (format, path) in &check.reports {
        let text = render(&report, *format, false)?;
        std::fs::write(path, text).map_err(|error| Error::io("write the report", path, &error))?;
    }
    if let (false, None) = (check.solutions, &check.from) {
        note(here, &report)?;
    }
    Ok(exit_code(&report))
}

/// Grades; also, how many of the only kata's compile errors have been printed on the way, because
/// rustc works on for a while after it has said them.
fn graded(here: &Here, check: &Check, colour: bool) -> Result<(Report, usize)> {
    let catalogue = &here.catalogue;
    let katas = if check.katas.is_empty() && catalogue.one(None, &here.cwd).is_ok() {
        vec![catalogue.one(None, &here.cwd)?]
    } else {
        catalogue.select(&check.katas, &here.cwd)?
    };
    let (work, terms) = (work(here, check)?, terms(check)?);
    let (events, mut happened) = mpsc::unbounded_channel();
    let mut live = Live::new(katas.len());
    let mut shown = 0;
    // What the report would leave out is not printed before it either.
    let mut told = CompilerMessages::default();
    let mut early = |event: &Event| match event {
        Event::CompileError(error) if katas.len() == 1 && told.push(error) => {
            compiler_error(error, check.format, colour)
        }
        _ => None,
    };
    block_on(async {
        let grading = async {
            let engine = Engine::open(&catalogue.root, terms, &events).await?;
            if terms.strictness == Strictness::Required {
                engine.level().await?;
            }
            let cache = if keep_verdicts(check) {
                let folders = (catalogue.root.as_path(), work.from.as_path());
                let kept =
                    VerdictCache::on_disk(&engine.toolset, terms.strictness, &katas, folders)?;
                Some(Arc::new(kept))
            } else {
                None
            };
            grade_submission(&Arc::new(engine), catalogue, &katas, &work, cache).await
        };
        tokio::pin!(grading);
        loop {
            tokio::select! {
                biased;
                Some(event) = happened.recv() => match early(&event) {
                    Some(text) => {
                        live.end();
                        say(&text)?;
                        shown += 1;
                    }
                    None => live.show(&event),
                },
                report = &mut grading => {
                    live.end();
                    return Ok((report?, shown));
                }
            }
        }
    })
}

/// The report without the first errors of its first kata.
fn without_errors(report: &Report, shown: usize) -> Cow<'_, Report> {
    let mut report = Cow::Borrowed(report);
    if shown > 0
        && let Some(kata) = report.to_mut().katas.first_mut()
    {
        let messages = &mut kata.compiler.messages;
        messages.drain(..shown.min(messages.len()));
    }
    report
}

fn work(here: &Here, check: &Check) -> Result<Work> {
    let root = &here.catalogue.root;
    let (from, origin, flag) = match (&check.from, check.solutions) {
        (Some(from), _) => {
            let from = here.cwd.join(from);
            if !from.is_dir() {
                return Err(Error::usage(
                    format!("{} is no folder", from.display()),
                    "name a folder laid out like `exercises`: <track>/<kata>/src/lib.rs",
                ));
            }
            let flag = format!(" --from {}", quoted(&*argument(&from, &here.cwd)));
            (from, "a folder".to_owned(), flag)
        }
        (None, true) => (
            root.join("solutions"),
            "the course's solutions".to_owned(),
            " --solutions".to_owned(),
        ),
        (None, false) => (
            root.join("exercises"),
            "exercises".to_owned(),
            String::new(),
        ),
    };
    Ok(Work {
        from,
        origin,
        flag,
        incremental: at_home().then(|| root.join(".katas/incremental")),
    })
}

fn terms(check: &Check) -> Result<Terms> {
    Ok(Terms {
        seed: check.seed.map_or_else(fresh_seed, Ok)?,
        rounds: check.repeat,
        strictness: check.sandbox.unwrap_or_else(Strictness::usual),
        jobs: check.jobs.unwrap_or_else(parallel::cores),
    })
}

/// Only where nothing asks for a grade of its own, and never in CI, where the disk may be
/// somebody else's.
fn keep_verdicts(check: &Check) -> bool {
    at_home() && !check.no_cache && check.seed.is_none() && check.repeat == 1
}

fn at_home() -> bool {
    Strictness::usual() == Strictness::Best
}

/// A path as an argument names it, which is no flag and not empty.
fn argument<'a>(path: &'a Path, cwd: &Path) -> Cow<'a, Path> {
    let inside = path.strip_prefix(cwd).unwrap_or(path);
    match inside.as_os_str().as_encoded_bytes().first() {
        None => Cow::Borrowed(Path::new(".")),
        Some(b'-') => Cow::Owned(Path::new(".").join(inside)),
        Some(_) => Cow::Borrowed(inside),
    }
}

fn note(here: &Here, report: &Report) -> Result<()> {
    let root = &here.catalogue.root;
    let mut progress = Progress::load(root)?;
    progress.note(&report.katas);
    progress.save(root)
}

/// Passed, or nothing that anybody here could pass.
fn is_done(kata: &KataResult) -> bool {
    kata.verdict.is_passed() || matches!(kata.verdict, Verdict::Unavailable { .. })
}

/// What a report comes to.
pub(super) fn exit_code(report: &Report) -> ExitCode {
    if report.has_grader_error() {
        ExitCode::Grader
    } else if report.katas.iter().all(is_done) {
        ExitCode::Passed
    } else {
        ExitCode::Unsolved
    }
}
