//! `batch`: grade a class.

mod students;
mod summary;

use super::Here;
use super::output::{complain, say};
use super::runtime::{Interrupts, block_on_all};
use crate::class::{Class, Graded, grade_class};
use crate::cli::Batch;
use crate::engine::{Terms, fresh_seed};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::files::atomic;
use crate::parallel;
use crate::record::{Event, Report};
use crate::report::{Depth, Format, Live, render};
use crate::sandbox::Strictness;
use crate::text::{inert, plural, printable_name};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use students::Students;
use summary::{Row, Summary};
use tokio::sync::mpsc;

/// Files of the folder of reports that are nobody's report.
const SUMMARY: &str = "summary.json";
const TABLE: &str = "summary.csv";

/// Grades every student of a folder; a report for each, and a summary of all.
pub(super) fn batch(here: &Here, batch: &Batch) -> Result<ExitCode> {
    let Students { students, skipped } = students::read(&here.cwd.join(&batch.dir), &batch.dir)?;
    let katas = here.catalogue.select(&batch.katas, &here.cwd)?;
    let katas = katas.into_iter().cloned().collect();
    let out = reports_folder(here, batch)?;
    let terms = Terms {
        seed: batch.seed.map_or_else(fresh_seed, Ok)?,
        rounds: 1,
        strictness: batch.sandbox.unwrap_or_else(Strictness::usual),
        jobs: batch.jobs.unwrap_or_else(parallel::cores),
    };
    let (works, files) = students
        .into_iter()
        .map(|student| (student.work, student.report))
        .unzip();
    let class = Arc::new(Class {
        catalogue: Arc::clone(&here.catalogue),
        katas,
        students: works,
    });
    let mut marking = Marking::new(Arc::clone(&class), files, out);
    let is_interrupted = graded(&mut marking, terms)?;
    let ids = class.katas.iter().map(|kata| kata.id.clone()).collect();
    let summary = Summary::new(terms.seed, ids, skipped);
    marking.ended(summary, is_interrupted)
}

/// The folder of the reports. It must not lie in the class's folder, where the next `batch` would
/// take it for a student.
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

/// Grades until all are graded, or interrupted: whether it was.
fn graded(marking: &mut Marking, terms: Terms) -> Result<bool> {
    let (events, mut happened) = mpsc::unbounded_channel();
    let (done, mut finished) = mpsc::unbounded_channel();
    let is_interrupted = block_on_all(async {
        let mut interrupts = Interrupts::new()?;
        let class = Arc::clone(&marking.class);
        let mut grading = pin!(grade_class(class, terms, &events, done));
        loop {
            tokio::select! {
                biased;
                () = interrupts.next() => return Ok(true),
                Some(graded) = finished.recv() => marking.finished(graded),
                Some(event) = happened.recv() => marking.show(&event),
                graded = &mut grading => return graded.map(|()| false),
            }
        }
    });
    while let Ok(graded) = finished.try_recv() {
        marking.finished(graded);
    }
    marking.live.end();
    is_interrupted
}

/// A class that is being graded.
struct Marking {
    class: Arc<Class>,
    /// The file of each student's report.
    files: Vec<String>,
    out: PathBuf,
    /// By student.
    rows: Vec<Option<Row>>,
    katas_graded: usize,
    problems: Vec<Error>,
    live: Live,
}

impl Marking {
    fn new(class: Arc<Class>, files: Vec<String>, out: PathBuf) -> Self {
        Self {
            live: Live::new(files.len()),
            rows: files.iter().map(|_| None).collect(),
            katas_graded: 0,
            problems: Vec::new(),
            class,
            files,
            out,
        }
    }

    /// Which kata of whom is being graded is too much to follow.
    fn show(&mut self, event: &Event) {
        match event {
            Event::Progress(_) => self.live.show(event),
            Event::Finished(_) => {
                self.katas_graded += 1;
                let katas = self.class.katas.len() * self.files.len();
                self.live.katas_of_class(self.katas_graded, katas);
            }
            Event::Started(_) | Event::CompileError(_) => {}
        }
    }

    /// Writes a student's report.
    fn finished(&mut self, graded: Graded) {
        let student = graded.student;
        let name = &self.class.students[student].origin;
        let row = match graded.report {
            Ok(report) => {
                let file = &self.files[student];
                let written = write(&self.out.join(file), render_json(&report));
                let is_written = written.is_ok();
                self.problems.extend(written.err());
                Row::of(&report, is_written.then(|| file.clone()))
            }
            Err(error) => {
                self.problems.push(error);
                Row::failed(name)
            }
        };
        self.rows[student] = Some(row);
        self.live.submission(name);
    }

    /// Writes and prints what the class comes to.
    fn ended(mut self, mut summary: Summary, is_interrupted: bool) -> Result<ExitCode> {
        for (row, work) in self.rows.drain(..).zip(&self.class.students) {
            match row {
                Some(row) => summary.students.push(row),
                None => summary.not_graded.push(work.origin.clone()),
            }
        }
        let json = summary.json().map_err(|error| Error::bug(&error));
        let files = [(SUMMARY, json), (TABLE, Ok(summary.csv()))];
        for (name, text) in files {
            let written = write(&self.out.join(name), text);
            self.problems.extend(written.err());
        }
        let text = format!("{}{}", summary.table(), self.left_over(&summary)?);
        self.problems.extend(say(&inert(&text)).err());
        if is_interrupted {
            self.problems.push(Error::grader(
                format!(
                    "interrupted: {} of {} were not graded",
                    summary.not_graded.len(),
                    plural(self.files.len(), "student")
                ),
                "run the command again",
            ));
        }
        self.problems.iter().for_each(complain);
        Ok(if self.problems.is_empty() {
            summary.exit_code()
        } else {
            ExitCode::Grader
        })
    }

    /// Names reports that this run has not written, which it does not remove either.
    fn left_over(&self, summary: &Summary) -> Result<String> {
        let error = |error| Error::io("list", &self.out, &error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.out).map_err(error)? {
            let name = entry.map_err(error)?.file_name();
            let name = name.to_string_lossy().into_owned();
            let is_report =
                Path::new(&name).extension() == Some(OsStr::new("json")) && name != SUMMARY;
            if is_report && !summary.has_written(&name) {
                names.push(printable_name(&name));
            }
        }
        names.sort();
        Ok(match names.as_slice() {
            [] => String::new(),
            names => format!(
                "not of this run, and left as they are: {}\n",
                names.join(", ")
            ),
        })
    }
}

fn render_json(report: &Report) -> Result<String> {
    render(report, Format::Json, false, Depth::OneFailure)
}

fn write(path: &Path, text: Result<String>) -> Result<()> {
    atomic::write(path, &text?).map_err(|error| Error::io("write the report", path, &error))
}
