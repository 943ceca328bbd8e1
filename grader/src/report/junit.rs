//! `JUnit` XML as CI systems read it: one suite per kata, one test case per case.

use crate::error::{Error, Result};
use crate::outcome::Verdict;
use crate::record::{CaseResult, CompilerMessages, Failure, KataResult, Report};
use crate::text::{inert, plural, printable, printable_name};
use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};
use std::fmt::Write;
use std::time::Duration;

/// The report as `JUnit` XML.
pub(crate) fn render(report: &Report) -> Result<String> {
    let mut junit = Junit::new("katas");
    junit.add_test_suites(report.katas.iter().map(suite));
    let text = junit.to_string();
    text.map(|text| text + "\n").map_err(|error| {
        Error::grader(
            format!("the report cannot be written as JUnit XML: {error}"),
            "this is the grader's fault; please report it",
        )
    })
}

/// Text that XML may hold. A reader of the file may print what it finds, so that its lines count,
/// not the file's.
fn xml(text: &str) -> String {
    inert(&printable(text))
}

fn suite(kata: &KataResult) -> TestSuite {
    let mut suite = TestSuite::new(xml(&kata.kata));
    suite.set_time(Duration::from_millis(kata.time_ms));
    if kata.cases.is_empty() {
        suite.add_test_case(kata_without_cases(kata));
    }
    suite.add_test_cases(kata.cases.iter().map(|result| case(kata, result)));
    suite
}

fn kata_without_cases(kata: &KataResult) -> TestCase {
    let warnings = kata.warnings.join("\n");
    let details = format!("{}\n{warnings}", compiler(&kata.compiler));
    let details = xml(details.trim());
    let status = status(&kata.verdict, &kata.title, &details);
    named("kata", kata, status, kata.time_ms)
}

fn case(kata: &KataResult, result: &CaseResult) -> TestCase {
    let details = result
        .failure
        .as_ref()
        .map(|failure| details(&result.title, failure));
    let details = details.unwrap_or_default();
    let status = status(&result.verdict, &result.title, &details);
    let mut case = named(&result.case, kata, status, result.time_ms);
    if let Some(failure) = &result.failure {
        print(&mut case, failure);
    }
    case
}

fn named(name: &str, kata: &KataResult, status: TestCaseStatus, time_ms: u64) -> TestCase {
    let mut case = TestCase::new(xml(name), status);
    case.set_classname(xml(&kata.kata));
    case.set_time(Duration::from_millis(time_ms));
    case
}

fn print(case: &mut TestCase, failure: &Failure) {
    if !failure.stdout.is_empty() {
        case.set_system_out(xml(&failure.stdout.to_string()));
    }
    if !failure.stderr.is_empty() {
        case.set_system_err(xml(&failure.stderr.to_string()));
    }
}

fn status(verdict: &Verdict, title: &str, details: &str) -> TestCaseStatus {
    let kind = match verdict {
        Verdict::Passed => return TestCaseStatus::success(),
        Verdict::Unavailable { reason } => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(xml(reason));
            return skipped;
        }
        Verdict::GraderError { .. } => NonSuccessKind::Error,
        Verdict::Failed
        | Verdict::Panicked
        | Verdict::TimedOut { .. }
        | Verdict::Deadlocked { .. }
        | Verdict::MemoryExceeded { .. }
        | Verdict::ProcessesExceeded { .. }
        | Verdict::DiskExceeded { .. }
        | Verdict::FilesExceeded { .. }
        | Verdict::OutputExceeded { .. }
        | Verdict::ExitedEarly { .. }
        | Verdict::Crashed { .. }
        | Verdict::DoesNotCompile
        | Verdict::NotAttempted
        | Verdict::Rejected { .. } => NonSuccessKind::Failure,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(verdict.word());
    status.set_message(xml(title));
    let explained = xml(&verdict.explained().unwrap_or_default());
    let mut parts = vec![explained.as_str(), details];
    parts.retain(|part| !part.is_empty());
    status.set_description(parts.join("\n"));
    status
}

/// Everything about a failure but what was printed.
fn details(title: &str, failure: &Failure) -> String {
    let mut text = title.to_owned();
    if !failure.input.is_empty() {
        let _ = write!(text, "\ninput: {}", failure.input);
    }
    for mismatch in &failure.mismatches {
        if !mismatch.what.is_empty() {
            let _ = write!(text, "\n{}", mismatch.what);
        }
        let (expected, got) = (&mismatch.expected, &mismatch.got);
        let _ = write!(text, "\nexpected: {expected}\ngot: {got}");
        if !mismatch.cause.is_empty() {
            let _ = write!(text, "\nlikely: {}", mismatch.cause);
        }
        if !mismatch.note.is_empty() {
            let _ = write!(text, "\nnote: {}", mismatch.note);
        }
    }
    if failure.mismatches_left_out > 0 {
        let more = plural(failure.mismatches_left_out, "difference");
        let _ = write!(text, "\n… and {more} like it");
    }
    for panic in &failure.panics {
        let _ = write!(
            text,
            "\npanicked at {}:{}: {}",
            printable_name(&panic.file),
            panic.line,
            panic.message
        );
    }
    // A command that is cut is none; it is quoted, which makes it printable.
    format!("{}\nreplay: {}", xml(&text), failure.replay)
}

fn compiler(compiler: &CompilerMessages) -> String {
    let mut text = plain(&compiler.messages.join("\n"));
    if compiler.left_out > 0 {
        let more = plural(compiler.left_out, "more message");
        let _ = write!(text, "\n… and {more} of the compiler");
    }
    text
}

/// Without the compiler's colours.
pub(super) fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}
