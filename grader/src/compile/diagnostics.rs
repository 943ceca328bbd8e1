//! What rustc said, and what of it a student is told.

use super::NotCompiled;
use super::rustc::Run;
use crate::course::Kata;
use crate::outcome::Verdict;
use crate::run::Stop;
use crate::sandbox::Ended;
use crate::text::grader_command;
use serde::Deserialize;
use std::fmt;

/// What rustc says.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "$message_type", rename_all = "lowercase")]
pub(super) enum Message {
    /// Something about the code.
    Diagnostic(Diagnostic),
    /// Anything else.
    #[serde(other)]
    Other,
}

/// What rustc says about the code.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Diagnostic {
    message: String,
    code: Option<Code>,
    level: String,
    spans: Vec<Span>,
    children: Vec<Diagnostic>,
    rendered: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Code {
    code: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    is_primary: bool,
    label: Option<String>,
}

/// What rustc said, one JSON object a line; what else is among it is nobody's message.
pub(super) fn read_messages(said: &[u8]) -> Vec<Message> {
    String::from_utf8_lossy(said)
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// Only what it said about the code.
pub(super) fn read_diagnostics(said: &[u8]) -> Vec<Diagnostic> {
    let messages = read_messages(said).into_iter();
    let diagnostics = messages.filter_map(|message| match message {
        Message::Diagnostic(diagnostic) => Some(diagnostic),
        Message::Other => None,
    });
    diagnostics.collect()
}

pub(super) fn rendered(run: &Run, level: &str) -> Vec<String> {
    let messages = run.diagnostics.iter();
    messages
        .filter_map(|message| message.rendered_at(level))
        .collect()
}

impl Diagnostic {
    /// As rustc renders it, if it is of this level and about the student's code.
    pub(super) fn rendered_at(&self, level: &str) -> Option<String> {
        // "3 warnings emitted" points nowhere; an error may.
        let is_wanted = self.level == level && (level == "error" || !self.spans.is_empty());
        let rendered = self.rendered.clone().filter(|_| is_wanted);
        rendered.filter(|text| !text.contains("aborting due to"))
    }

    /// Whether it is an error at some place of the code. Others may be the machine's.
    pub(super) fn is_error_in_code(&self) -> bool {
        self.level == "error" && !self.spans.is_empty()
    }
}

pub(super) fn not_compiled(run: &Run) -> NotCompiled {
    let verdict = match run.stopped.clone() {
        // It could not compile any more, however long rustc went on with its messages.
        Some(Stop::Time(_)) if run.has_errors_in_code() => Verdict::DoesNotCompile,
        Some(Stop::Time(limit)) => Verdict::TimedOut {
            limit: format!("{limit} of compiling"),
        },
        Some(stop) => stop.verdict(),
        None => Verdict::DoesNotCompile,
    };
    let mut messages = rendered(run, "error");
    if messages.is_empty() && run.stopped.is_none() {
        messages.push(without_message(run));
    }
    let is_explained = run.stopped.is_some() || run.has_errors_in_code();
    NotCompiled {
        verdict,
        messages,
        is_explained,
    }
}

fn without_message(run: &Run) -> String {
    let how = match run.ended {
        Some(Ended::Signalled(signal)) => format!("was ended by signal {signal}"),
        Some(Ended::Exited(code)) => format!("ended with exit status {code}"),
        Some(Ended::OutOfTime) | None => "did not end".to_owned(),
    };
    format!(
        "the compiler {how}, without an error message and without a result. Very deep nesting or \
         recursion in types or macros can do that"
    )
}

impl Run {
    /// Whether rustc came to its end, with or without errors, and all it said is here. Its word
    /// for that is good only where no code of the student's runs in it.
    pub(super) fn has_said_all(&self) -> bool {
        self.is_whole && matches!(self.ended, Some(Ended::Exited(0 | 1)))
    }

    fn has_errors_in_code(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error_in_code)
    }

    /// Whether rustc has failed and found nothing wrong with the code. Its word for that is good
    /// only where no code of the student's runs in it.
    pub(super) fn failed_for_no_reason(&self) -> bool {
        let failed = self.stopped.is_none() && self.ended != Some(Ended::Exited(0));
        failed && !self.has_errors_in_code()
    }
}

/// The student's crate compiles, but not what is compiled against it.
pub(super) fn misfit(kata: &Kata, run: &Run) -> NotCompiled {
    let mut not_compiled = not_compiled(run);
    let introduction = format!(
        "Your crate compiles, but the hidden suite cannot be compiled against it. Most often a\n\
         public name or signature is no longer the one of the stub. This prints the stub:\n\
         {}",
        grader_command(["show", &kata.id, "--stub"])
    );
    let errors = run
        .diagnostics
        .iter()
        .filter(|found| found.level == "error" && !found.message.starts_with("aborting"));
    let mut said: Vec<String> = errors.map(said).collect();
    said.dedup();
    if !said.is_empty() {
        not_compiled.messages = vec![format!("{introduction}\n\n{}", said.join("\n"))];
    }
    not_compiled
}

/// An error in the suite without the suite's lines, which are not the student's to read.
fn said(error: &Diagnostic) -> String {
    let code = error.code.as_ref().map(|code| format!("[{}]", code.code));
    let primary = error.spans.iter().find(|span| span.is_primary);
    let label = primary.and_then(|span| span.label.as_deref());
    let place = error
        .children
        .iter()
        .flat_map(|note| &note.spans)
        .chain(&error.spans)
        .find(|span| span.file_name.contains("src/"));
    format!(
        "error{}: {}{}{}",
        code.unwrap_or_default(),
        error.message,
        label.map(|label| format!(": {label}")).unwrap_or_default(),
        place
            .map(|span| format!("\n  --> {}:{}", span.file_name, span.line_start))
            .unwrap_or_default(),
    )
}

/// An error in a compile-fail program.
pub(super) struct ProgramError<'a> {
    /// Line in the program, from 1.
    pub(super) line: usize,
    /// Code, or nothing.
    pub(super) code: &'a str,
    message: &'a str,
}

impl fmt::Display for ProgramError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)?;
        if !self.code.is_empty() {
            write!(f, " ({})", self.code)?;
        }
        Ok(())
    }
}

/// The errors in the program that is compiled as this module.
pub(super) fn errors_in<'a>(run: &'a Run, module: &str) -> Vec<ProgramError<'a>> {
    let file = format!("/{module}.rs");
    let errors = run.diagnostics.iter();
    let errors = errors.filter(|found| found.level == "error");
    let errors = errors.filter_map(|error| {
        let span = error.spans.iter().find(|span| span.is_primary)?;
        span.file_name.ends_with(&file).then_some(ProgramError {
            line: span.line_start,
            code: error.code.as_ref().map_or("", |code| &code.code),
            message: &error.message,
        })
    });
    errors.collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::compile) fn diagnostic(file: &str, line: usize, code: &str) -> String {
        format!(
            r#"{{"$message_type":"diagnostic","message":"m","code":{{"code":"{code}"}},"level":"error","children":[],
            "spans":[{{"file_name":"{file}","line_start":{line},"is_primary":true,"label":null}}],
            "rendered":null}}"#
        )
        .replace('\n', "")
    }

    pub(in crate::compile) fn run(messages: &[u8]) -> Run {
        Run {
            diagnostics: read_diagnostics(messages),
            is_whole: true,
            stopped: None,
            ended: Some(Ended::Exited(1)),
        }
    }

    #[test]
    fn what_has_errors_does_not_compile_even_if_rustc_takes_for_ever_to_say_all() {
        let wrong = Run {
            stopped: Some(Stop::Time("60 s".to_owned())),
            ended: None,
            ..run(diagnostic("src/lib.rs", 7, "E0277").as_bytes())
        };
        assert_eq!(not_compiled(&wrong).verdict, Verdict::DoesNotCompile);
        let endless = Run {
            diagnostics: Vec::new(),
            ..wrong
        };
        assert!(matches!(
            not_compiled(&endless).verdict,
            Verdict::TimedOut { .. }
        ));
    }

    #[test]
    fn what_the_machine_lacks_explains_nothing() {
        let full = r#"{"$message_type":"diagnostic","message":"failed to write query cache to `x`: No space left on device (os error 28)","code":null,"level":"error","spans":[],"children":[],"rendered":"error: failed to write"}"#;
        let failed = run(full.as_bytes());
        assert!(failed.failed_for_no_reason() && !not_compiled(&failed).is_explained);
        let wrong = format!("{full}\n{}", diagnostic("src/lib.rs", 7, "E0277"));
        let wrong = run(wrong.as_bytes());
        assert!(!wrong.failed_for_no_reason() && not_compiled(&wrong).is_explained);
    }

    #[test]
    fn no_bytes_make_the_reader_of_diagnostics_panic() {
        crate::fuzz::bytes(|bytes| {
            let _ = errors_in(&run(bytes), "program_0").len();
        });
        crate::fuzz::mutated(diagnostic("src/lib.rs", 7, "E0277").as_bytes(), |bytes| {
            let run = run(bytes);
            let _ = (not_compiled(&run), rendered(&run, "warning"));
            run.diagnostics.iter().for_each(|error| drop(said(error)));
        });
    }
}
