//! `batch`: grade a class.

use super::check::exit_code;
use super::output::say;
use super::{Here, block_on};
use crate::class::grade_class;
use crate::cli::Batch;
use crate::engine::{Terms, Work, fresh_seed};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::files::atomic;
use crate::parallel;
use crate::record::{Event, Report};
use crate::report::{Format, Live, render};
use crate::sandbox::Strictness;
use crate::text::{inert, printable_name, quoted};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Grades every folder in a folder; a report for each, and a line for each.
pub(super) fn batch(here: &Here, batch: &Batch) -> Result<ExitCode> {
    let students = students(here, batch)?;
    let out = reports_folder(here, batch)?;
    let terms = Terms {
        seed: batch.seed.map_or_else(fresh_seed, Ok)?,
        rounds: 1,
        strictness: batch.sandbox.unwrap_or_else(Strictness::usual),
        jobs: batch.jobs.unwrap_or_else(parallel::cores),
    };
    let mut lines = graded(here, &students, terms, &out)?;
    lines.sort_by(|a, b| a.name.cmp(&b.name));
    say(&inert(&table(&lines, terms.seed)))?;
    Ok(worst(&lines))
}

/// Where the reports go: nowhere among the students, of whom it would be one the next time.
fn reports_folder(here: &Here, batch: &Batch) -> Result<PathBuf> {
    let (class, out) = (here.cwd.join(&batch.dir), here.cwd.join(&batch.out));
    // What is there already of the way to it.
    let mut there = out.ancestors().filter_map(|path| path.canonicalize().ok());
    let class = class.canonicalize().unwrap_or(class);
    if there.next().is_some_and(|real| real.starts_with(&class)) {
        return Err(Error::usage(
            format!("{} lies among the students", out.display()),
            "name another folder with --out",
        ));
    }
    fs::create_dir_all(&out).map_err(|error| Error::io("create", &out, &error))?;
    Ok(out)
}

/// One student's grade in short.
struct Line {
    name: String,
    points: u32,
    max_points: u32,
    passed: usize,
    katas: usize,
    outcome: ExitCode,
}

impl Line {
    fn of(report: &Report) -> Self {
        let katas = report.katas.iter();
        Self {
            name: report.origin.clone(),
            points: report.points,
            max_points: report.max_points,
            passed: katas.filter(|kata| kata.verdict.is_passed()).count(),
            katas: report.katas.len(),
            outcome: exit_code(report),
        }
    }
}

fn graded(here: &Here, students: &[Work], terms: Terms, out: &Path) -> Result<Vec<Line>> {
    let (events, mut happened) = mpsc::unbounded_channel();
    let (done, mut finished) = mpsc::unbounded_channel();
    let mut live = Live::new(students.len());
    let mut lines = Vec::new();
    block_on(async {
        let catalogue = Arc::clone(&here.catalogue);
        let grading = grade_class(catalogue, students, terms, &events, |report| {
            let _ = done.send(Line::of(&report));
            write(&report, out)
        });
        tokio::pin!(grading);
        loop {
            tokio::select! {
                biased;
                Some(one) = finished.recv() => {
                    live.submission(&one.name);
                    lines.push(one);
                }
                graded = &mut grading => {
                    live.end();
                    return graded;
                }
                // Which kata of whom is being graded is too much to follow.
                Some(event) = happened.recv() => {
                    if let Event::Progress(_) = event {
                        live.show(&event);
                    }
                }
            }
        }
    })?;
    while let Ok(line) = finished.try_recv() {
        lines.push(line);
    }
    Ok(lines)
}

fn write(report: &Report, out: &Path) -> Result<()> {
    let path = out.join(format!("{}.json", report.origin));
    let text = render(report, Format::Json, false)?;
    atomic::write(&path, &text).map_err(|error| Error::io("write the report", &path, &error))
}

/// Every folder that is no link and not hidden, in the order of their names.
fn students(here: &Here, batch: &Batch) -> Result<Vec<Work>> {
    let class = here.cwd.join(&batch.dir);
    let entries = fs::read_dir(&class).map_err(|error| {
        Error::usage(
            format!("{} cannot be listed: {error}", class.display()),
            "name a folder with one folder for each student, laid out like `exercises`",
        )
    })?;
    let mut students = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Error::io("list", &class, &error))?;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let name = entry.file_name().into_string().map_err(|name| {
            Error::usage(
                format!("{} is no text", name.display()),
                "rename the folder; its name becomes that of the report",
            )
        })?;
        if is_folder && !name.starts_with('.') {
            let flag = format!(" --from {}", quoted(batch.dir.join(&name)));
            students.push(Work {
                from: entry.path(),
                origin: name,
                flag,
                incremental: None,
            });
        }
    }
    if students.is_empty() {
        return Err(Error::usage(
            format!("{} holds no folder", class.display()),
            "put one folder for each student there, laid out like `exercises`",
        ));
    }
    students.sort_by(|a, b| a.origin.cmp(&b.origin));
    Ok(students)
}

fn table(lines: &[Line], seed: u64) -> String {
    let names: Vec<String> = lines
        .iter()
        .map(|line| printable_name(&line.name))
        .collect();
    let width = names.iter().map(|name| name.chars().count()).max();
    let width = width.unwrap_or_default();
    let rows = lines.iter().zip(&names).map(|(line, name)| {
        let Line {
            points,
            max_points,
            passed,
            katas,
            ..
        } = line;
        let broken = match line.outcome {
            ExitCode::Grader => "  the grader failed; see the report",
            _ => "",
        };
        format!(
            "{name:width$}  {points:>4}/{max_points} points  {passed:>3}/{katas} katas{broken}\n"
        )
    });
    let rows: String = rows.collect();
    format!("{rows}\n{} graded, seed {seed}\n", lines.len())
}

fn worst(lines: &[Line]) -> ExitCode {
    let is = |outcome| lines.iter().any(|line| line.outcome == outcome);
    if is(ExitCode::Grader) {
        ExitCode::Grader
    } else if is(ExitCode::Unsolved) {
        ExitCode::Unsolved
    } else {
        ExitCode::Passed
    }
}
