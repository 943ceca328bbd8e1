//! What is shown while grading goes on: on standard error, and on a terminal only in one
//! line that is overwritten.

use crate::record::Event;
use crate::text::{inert, printable_name};
use std::io::{IsTerminal, Write};

/// Shows progress.
#[derive(Debug)]
pub(crate) struct Live {
    /// Katas of one submission, or submissions of a class.
    all: usize,
    finished: usize,
    running: Vec<String>,
    terminal: bool,
    last: String,
}

impl Live {
    /// For a grade of that many katas, or submissions.
    pub(crate) fn new(all: usize) -> Self {
        Self {
            all,
            finished: 0,
            running: Vec::new(),
            terminal: std::io::stderr().is_terminal(),
            last: String::new(),
        }
    }

    /// Shows what has happened.
    pub(crate) fn show(&mut self, event: &Event) {
        match event {
            Event::Progress(what) => self.line(&inert(&printable_name(what))),
            // They are in the report, or on the screen before it.
            Event::CompileError(_) => {}
            Event::Started(kata) => {
                self.running.push(kata.clone());
                self.count();
            }
            Event::Finished(result) => {
                self.finished += 1;
                self.running.retain(|kata| *kata != result.kata);
                self.count();
            }
        }
    }

    /// A submission of a class was graded.
    pub(crate) fn submission(&mut self, name: &str) {
        self.finished += 1;
        let (finished, all) = (self.finished, self.all);
        // A tenth at a time, so that a log stays readable.
        if self.terminal || finished == all || finished.is_multiple_of(all.div_ceil(10)) {
            let name = printable_name(name);
            self.line(&inert(&format!("graded {finished}/{all} {name}")));
        }
    }

    /// So many katas of a class have been graded, counting those of each submission.
    pub(crate) fn katas_of_class(&mut self, graded: usize, all: usize) {
        if self.terminal {
            let submissions = format!("{}/{} submissions", self.finished, self.all);
            self.line(&format!("graded {submissions}, {graded}/{all} katas"));
        }
    }

    /// Takes the line away again.
    pub(crate) fn end(&mut self) {
        if self.terminal && !self.last.is_empty() {
            Self::put("\r\u{1b}[K");
        }
    }

    fn count(&mut self) {
        // A log that names every start and end is noise; a terminal's line is not.
        if self.terminal {
            let (finished, all, running) = (self.finished, self.all, self.running.join(", "));
            self.line(&format!("grading {finished}/{all} {running}"));
        }
    }

    fn line(&mut self, text: &str) {
        let text: String = text.chars().take(100).collect();
        if text == self.last {
            return;
        }
        if self.terminal {
            Self::put(&format!("\r\u{1b}[K{text}"));
        } else {
            Self::put(&format!("{text}\n"));
        }
        self.last = text;
    }

    fn put(text: &str) {
        let mut stderr = std::io::stderr().lock();
        // Nobody to show it to is no reason to stop grading.
        let _ = stderr.write_all(text.as_bytes());
        let _ = stderr.flush();
    }
}
