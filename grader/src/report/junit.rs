//! `JUnit` XML as CI systems read it: one suite per kata, one test case per case.

use crate::error::{Error, Result};
use crate::outcome::Verdict;
use crate::record::{CaseResult, Failure, KataResult, Report};
use crate::text::{inert, printable, printable_name};
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

fn suite(kata: &KataResult) -> TestSuite {
    let mut suite = TestSuite::new(kata.kata.clone());
    suite.set_time(Duration::from_millis(kata.time_ms));
    if kata.cases.is_empty() {
        let warnings = kata.warnings.join("\n");
        let text = format!("{}\n{warnings}", plain(&kata.compiler.join("\n")));
        suite.add_test_case(case(
            "kata",
            &kata.kata,
            &kata.verdict,
            &kata.title,
            &text,
            kata.time_ms,
        ));
    }
    suite.add_test_cases(kata.cases.iter().map(|result| {
        let text = result
            .failure
            .as_ref()
            .map(|failure| describe(result, failure));
        let text = text.unwrap_or_default();
        case(
            &result.case,
            &kata.kata,
            &result.verdict,
            &result.title,
            &text,
            result.time_ms,
        )
    }));
    suite
}

fn case(
    name: &str,
    kata: &str,
    verdict: &Verdict,
    title: &str,
    text: &str,
    time_ms: u64,
) -> TestCase {
    let mut case = TestCase::new(name, status(verdict, title, text));
    case.set_classname(kata);
    case.set_time(Duration::from_millis(time_ms));
    case
}

fn status(verdict: &Verdict, title: &str, text: &str) -> TestCaseStatus {
    let kind = match verdict {
        Verdict::Passed => return TestCaseStatus::success(),
        Verdict::Unavailable { reason } => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(inert(&printable(reason)));
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
    status.set_message(title);
    let explained = verdict.explained().unwrap_or_default();
    // A reader of the file may print what it finds, so that its lines count, not the file's.
    status.set_description(inert(&printable(&format!("{explained}\n{text}"))));
    status
}

fn describe(result: &CaseResult, failure: &Failure) -> String {
    let mut text = result.title.clone();
    if !failure.input.is_empty() {
        let _ = write!(text, "\ninput: {}", failure.input);
    }
    for mismatch in &failure.mismatches {
        let _ = write!(
            text,
            "\n{}\nexpected: {}\ngot: {}\n{}",
            mismatch.what, mismatch.expected, mismatch.got, mismatch.cause
        );
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
    let _ = write!(text, "\nreplay: {}", failure.replay);
    text
}

/// Without the compiler's colours.
pub(super) fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}
