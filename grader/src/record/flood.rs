//! Results of cases for tests.

use super::{CaseResult, Failure, HappenedEvent, Mismatch, Panic, Text};
use crate::outcome::Verdict;

/// A case that failed, with as many of everything as a submission can bring about.
pub(crate) fn flood(letter: char) -> CaseResult {
    let long = |bytes: usize| Text::from(letter.to_string().repeat(bytes / letter.len_utf8()));
    let mismatch = Mismatch {
        what: long(2 << 10),
        expected: long(2 << 10),
        got: long(2 << 10),
        cause: long(2 << 10),
        note: long(2 << 10),
    };
    let panic = Panic {
        thread: "t".repeat(100),
        file: "f".repeat(100),
        line: 1,
        source: "s".repeat(100),
        message: long(2 << 10),
    };
    let event = HappenedEvent {
        thread: letter.to_string().repeat(256 / letter.len_utf8()),
        what: "started".to_owned(),
        id: u64::MAX,
    };
    case(Failure {
        input: long(2 << 10),
        mismatches: vec![mismatch; 50],
        mismatches_left_out: 1,
        panics: vec![panic; 16],
        events: vec![event; 200],
        events_left_out: 2,
        stdout: long(4 << 10),
        stderr: long(4 << 10),
        leftovers: vec!["sleep".to_owned(); 64],
        replay: "cargo grader check kata --seed 1".to_owned(),
    })
}

/// A case that failed.
pub(crate) fn case(failure: Failure) -> CaseResult {
    CaseResult {
        case: "a_case".to_owned(),
        title: "A case.".to_owned(),
        verdict: Verdict::Failed,
        points: 0,
        max_points: 1,
        rests_on_claims: false,
        time_ms: 0,
        failure: Some(failure),
    }
}
