//! `check`: grade and report.

use super::output::{complain, say, warn};
use super::reports::write_report;
use super::runtime::{Interrupts, block_on_all};
use super::{Here, colour};
use crate::class::{grade_submission, report};
use crate::cli::{Check, Color};
use crate::course::Kata;
use crate::engine::{Engine, Terms, Work, fresh_seed};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::incremental::Incremental;
use crate::outcome::Verdict;
use crate::parallel;
use crate::progress::{self, Noted, Progress, next_kata};
use crate::record::{CompilerMessages, Event, Events, KataResult, Report};
use crate::report::{Depth, Format, Live, compiler_error, render};
use crate::sandbox::Strictness;
use crate::text::{plural, quoted};
use crate::verdict_cache::VerdictCache;
use std::borrow::Cow;
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Grades, notes what a student has reached, and reports. Whatever of that fails, the rest is done.
pub(super) fn check(here: &Here, check: &Check, choice: Color) -> Result<ExitCode> {
    let early = Early::new(
        check.format,
        colour(choice, std::io::stdout().is_terminal()),
    );
    let depth = if check.all {
        Depth::Everything
    } else {
        Depth::OneFailure
    };
    let mut grade = graded(here, check, early)?;
    translate(here, &mut grade.report);
    let mut problems = Vec::new();
    if is_own_work(check) {
        problems.extend(note(here, &mut grade.report).err());
    }
    problems.extend(print(&grade, depth).err());
    for (format, path) in &check.reports {
        problems.extend(write_report(&grade.report, *format, path, depth).err());
    }
    let interrupted = grade
        .interrupted
        .map(|what| Error::grader(what, "run the command again"));
    problems.extend(interrupted);
    problems.iter().for_each(complain);
    Ok(if problems.is_empty() {
        exit_code(&grade.report)
    } else {
        ExitCode::Grader
    })
}

/// What a grade came to.
struct Grade {
    report: Report,
    early: Early,
    /// What was not graded any more, in words.
    interrupted: Option<String>,
}

/// The only kata's compile errors that are printed on the way, because rustc works on for a while
/// after it has said them.
struct Early {
    format: Format,
    colour: bool,
    printed: Vec<String>,
    /// What the report would leave out is not printed before it either.
    bound: CompilerMessages,
}

impl Early {
    fn new(format: Format, colour: bool) -> Self {
        Self {
            format,
            colour,
            printed: Vec::new(),
            bound: CompilerMessages::default(),
        }
    }

    fn print(&mut self, error: String, live: &mut Live) {
        if let Some(text) = compiler_error(&error, self.format, self.colour)
            && self.bound.push(&error)
        {
            live.end();
            if say(&text).is_ok() {
                self.printed.push(error);
            }
        }
    }

    /// The report without the errors that have been printed.
    fn rest<'r>(&self, report: &'r Report) -> Cow<'r, Report> {
        let mut report = Cow::Borrowed(report);
        if !self.printed.is_empty() {
            for kata in &mut report.to_mut().katas {
                let messages = &mut kata.compiler.messages;
                messages.retain(|error| !self.printed.contains(error));
            }
        }
        report
    }
}

fn graded(here: &Here, check: &Check, mut early: Early) -> Result<Grade> {
    let katas = asked_for(here, check)?;
    let incremental = incremental(here, check);
    let work = work(here, check, incremental.as_ref())?;
    let terms = terms(check)?;
    let (events, mut happened) = mpsc::unbounded_channel();
    let mut live = Live::new(katas.len());
    let mut known = Vec::new();
    block_on_all(async {
        let mut interrupts = Interrupts::new()?;
        let opening = engine(here, terms, &events);
        let engine = Arc::new(interrupts.or(opening).await?);
        let cache = verdict_cache(here, check, &engine, &katas, &work)?;
        let grading = grade_submission(&engine, &katas, &work, cache);
        let show = |event| match event {
            Event::CompileError(error) if katas.len() == 1 => early.print(error, &mut live),
            event => {
                live.show(&event);
                if let Event::Finished(result) = event {
                    known.push(*result);
                }
            }
        };
        let results = interrupts.watched(grading, &mut happened, show).await;
        live.end();
        let missing = katas.len() - results.as_ref().unwrap_or(&known).len();
        let interrupted = results.is_none().then(|| {
            let all = plural(katas.len(), "kata");
            format!("interrupted: {missing} of {all} were not graded")
        });
        let results = results.unwrap_or_else(|| in_order(known, &katas));
        let mut report = report(&engine, &here.catalogue, &work, results);
        report.warnings.warnings.extend(interrupted.clone());
        Ok(Grade {
            report,
            early,
            interrupted,
        })
    })
}

fn in_order(mut results: Vec<KataResult>, katas: &[Kata]) -> Vec<KataResult> {
    results.sort_by_key(|result| katas.iter().position(|kata| kata.id == result.kata));
    results
}

fn asked_for(here: &Here, check: &Check) -> Result<Vec<Kata>> {
    let catalogue = &here.catalogue;
    let katas = match catalogue.one(None, &here.cwd) {
        Ok(kata) if check.katas.is_empty() => vec![kata],
        _ => catalogue.select(&check.katas, &here.cwd)?,
    };
    Ok(katas.into_iter().cloned().collect())
}

async fn engine(here: &Here, terms: Terms, events: &Events) -> Result<Engine> {
    let engine = Engine::open(&here.catalogue.root, terms, events).await?;
    if terms.strictness == Strictness::Required {
        engine.level().await?;
    }
    Ok(engine)
}

fn print(grade: &Grade, depth: Depth) -> Result<()> {
    let early = &grade.early;
    if !early.printed.is_empty() {
        say("\n")?;
    }
    let rest = early.rest(&grade.report);
    say(&render(&rest, early.format, early.colour, depth)?)
}

fn is_own_work(check: &Check) -> bool {
    !check.solutions && check.from.is_none()
}

fn work(here: &Here, check: &Check, incremental: Option<&Incremental>) -> Result<Work> {
    let root = &here.catalogue.root;
    let (from, origin, flag) = match (&check.from, check.solutions) {
        (Some(from), _) => {
            let from = here.cwd.join(from);
            if !from.is_dir() {
                return Err(Error::usage(
                    format!("{} is not a folder", from.display()),
                    "name a folder laid out like `exercises`: <track>/<kata>/src/lib.rs",
                ));
            }
            let flag = from_flag(from.strip_prefix(&here.cwd).unwrap_or(&from));
            (from, "a folder", flag)
        }
        (None, true) => {
            let flag = " --solutions".to_owned();
            (root.join("solutions"), "the course's solutions", flag)
        }
        (None, false) => (root.join("exercises"), "exercises", String::new()),
    };
    Ok(Work {
        from,
        origin: origin.to_owned(),
        flag,
        incremental: incremental.map(|incremental| incremental.path().to_owned()),
    })
}

/// A path as an argument names it, which is not a flag and not empty.
fn argument(path: &Path) -> Cow<'_, Path> {
    match path.as_os_str().as_encoded_bytes().first() {
        None => Cow::Borrowed(Path::new(".")),
        Some(b'-') => Cow::Owned(Path::new(".").join(path)),
        Some(_) => Cow::Borrowed(path),
    }
}

/// The flag that grades a folder again, with a space before it.
pub(super) fn from_flag(folder: &Path) -> String {
    format!(" --from {}", quoted(argument(folder).as_ref()))
}

fn terms(check: &Check) -> Result<Terms> {
    Ok(Terms {
        seed: check.seed.map_or_else(fresh_seed, Ok)?,
        rounds: check.repeat,
        strictness: check.sandbox.unwrap_or_else(Strictness::usual),
        jobs: check.jobs.unwrap_or_else(parallel::cores),
    })
}

/// Only for a student's own work, which is graded again and again, and only where something may be
/// kept.
fn incremental(here: &Here, check: &Check) -> Option<Incremental> {
    if !is_at_home() || !is_own_work(check) || check.no_cache {
        return None;
    }
    let state = progress::folder(&here.catalogue.root);
    match Incremental::open(&state) {
        Ok(incremental) => Some(incremental),
        Err(error) => {
            warn(&format!(
                "the compiler keeps nothing in {} for the next grade, which will take longer: \
                 {error}",
                state.display()
            ));
            None
        }
    }
}

/// The verdicts on the disk. They are not used where a flag asks for a new grade, and never in CI,
/// where somebody else may have written them.
fn verdict_cache(
    here: &Here,
    check: &Check,
    engine: &Engine,
    katas: &[Kata],
    work: &Work,
) -> Result<Option<Arc<VerdictCache>>> {
    if !is_at_home() || check.no_cache || check.seed.is_some() || check.repeat > 1 {
        return Ok(None);
    }
    let katas: Vec<&Kata> = katas.iter().collect();
    let folders = (here.catalogue.root.as_path(), work.from.as_path());
    let cache = VerdictCache::on_disk(&engine.toolset, engine.terms.strictness, &katas, folders)?;
    Ok(Some(Arc::new(cache)))
}

fn is_at_home() -> bool {
    Strictness::usual() == Strictness::Best
}

fn note(here: &Here, report: &mut Report) -> Result<()> {
    let root = &here.catalogue.root;
    if let Noted::NotKept(why) = progress::note(root, &report.katas)? {
        warn(&format!(
            "what you have reached was not put on record: {why}"
        ));
    }
    let mut progress = Progress::load(root)?;
    progress.merge(&report.katas);
    report.next = next_kata(&here.catalogue, &progress);
    Ok(())
}

/// Titles in the language that was asked for.
fn translate(here: &Here, report: &mut Report) {
    for result in &mut report.katas {
        let katas = &here.catalogue.katas;
        if let Some(kata) = katas.iter().find(|kata| kata.id == result.kata) {
            kata.about.title_in(here.lang).clone_into(&mut result.title);
        }
    }
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
