//! Plan × evidence → verdict. Pure: no IO, no clock.
//!
//! A pass needs exactly one answer, under the right secret, that the oracle finds right.
//! Whatever is missing, doubled or unexpected is never a pass, and neither an exit status
//! nor printed text is looked at to find one. Where there is none, they may tell one failure
//! from another: whoever forges them has failed all the same.

use crate::limits::Bounds;
use crate::outcome::Verdict;
use crate::process::{Ended, Hit};
use crate::run::Evidence;
use suite_drive::{MAX_FRAME, Resource};
use suite_judge::Judgement;

/// The verdict on a case. `judged` is what the oracle says of the one answer.
pub(crate) fn verdict(evidence: &Evidence, judged: Option<&Judgement>) -> Verdict {
    if let Some(reason) = &evidence.violation {
        return Verdict::Rejected {
            reason: reason.clone(),
        };
    }
    if evidence.reached_todo() {
        return Verdict::NotAttempted;
    }
    let verdict = answered(evidence, judged);
    if !verdict.is_passed() && said::todo(&evidence.stderr.to_bytes()) {
        return Verdict::NotAttempted;
    }
    let unexplained = !verdict.is_passed() && evidence.stopped.is_none();
    match exhausted(evidence) {
        Some(exhausted) if unexplained => exhausted,
        _ => verdict,
    }
}

/// What was used up, which explains whatever else went wrong.
fn exhausted(evidence: &Evidence) -> Option<Verdict> {
    let bounds = &evidence.bounds;
    if evidence.disk_full {
        let limit = format!("{} MiB", bounds.file_size >> 20);
        return Some(Verdict::DiskExceeded { limit });
    }
    match (evidence.hit, evidence.used_up) {
        (Some(Hit::Memory), _) => Some(memory_exceeded(bounds)),
        (Some(Hit::Processes), _) | (None, Some(Resource::Threads)) => {
            Some(Verdict::ProcessesExceeded {
                limit: format!("{} threads and processes", bounds.processes),
            })
        }
        (None, Some(Resource::Files)) => Some(Verdict::FilesExceeded {
            limit: format!("{} open files", bounds.open_files),
        }),
        (None, Some(Resource::Answer)) => Some(Verdict::OutputExceeded {
            limit: format!("{} MiB in its answer", MAX_FRAME >> 20),
        }),
        (None, None) => None,
    }
}

fn memory_exceeded(bounds: &Bounds) -> Verdict {
    Verdict::MemoryExceeded {
        limit: format!("{} MiB", bounds.memory >> 20),
    }
}

fn answered(evidence: &Evidence, judged: Option<&Judgement>) -> Verdict {
    match (evidence.answers.as_slice(), judged) {
        ([], _) => without_answer(evidence),
        ([_], Some(Judgement::Right)) => Verdict::Passed,
        ([_], Some(Judgement::Wrong(_))) => Verdict::Failed,
        ([_], Some(Judgement::Malformed) | None) => Verdict::Rejected {
            reason: "the answer is not one that this case's driver can give".to_owned(),
        },
        ([_, _, ..], _) => Verdict::Rejected {
            reason: "the case was answered more than once".to_owned(),
        },
    }
}

fn without_answer(evidence: &Evidence) -> Verdict {
    if let Some(stop) = &evidence.stopped {
        return stop.clone().verdict();
    }
    if !evidence.panics.is_empty() {
        return Verdict::Panicked;
    }
    match evidence.ended {
        Some(Ended::Signalled(SIGXCPU)) => Verdict::TimedOut {
            limit: format!("{} s of CPU time", evidence.bounds.cpu_seconds),
        },
        Some(Ended::Signalled(SIGXFSZ)) => Verdict::DiskExceeded {
            limit: format!("{} MiB", evidence.bounds.file_size >> 20),
        },
        Some(Ended::Signalled(SIGABRT)) if said::no_memory(&evidence.stderr.to_bytes()) => {
            memory_exceeded(&evidence.bounds)
        }
        Some(Ended::Signalled(signal)) => Verdict::Crashed { signal },
        Some(Ended::Exited(code)) => Verdict::ExitedEarly { code },
        None => Verdict::GraderError {
            reason: "the case ended without an answer and without a reason".to_owned(),
        },
    }
}

/// CPU time limit exceeded; the number on every Linux platform Rust runs on but MIPS.
const SIGXCPU: i32 = 24;
/// File size limit exceeded.
const SIGXFSZ: i32 = 25;
/// What a Rust program ends itself by.
const SIGABRT: i32 = 6;

/// What std prints for a program that cannot say it on the channel any more, or is a child
/// process and has none. Anybody can print it.
mod said {
    /// Whether an allocation failed: std says so and aborts, without a panic.
    pub(super) fn no_memory(stderr: &[u8]) -> bool {
        let text = String::from_utf8_lossy(stderr);
        let mut after = text.split("memory allocation of ").skip(1);
        after.any(|rest| {
            let bytes = rest.split_once(" bytes failed");
            bytes.is_some_and(|(bytes, _)| bytes.parse::<u64>().is_ok())
        })
    }

    /// Whether `todo!()` was reached where no panic is reported: in a child process.
    pub(super) fn todo(stderr: &[u8]) -> bool {
        let text = String::from_utf8_lossy(stderr);
        let lines: Vec<&str> = text.lines().collect();
        lines.windows(2).any(|pair| {
            pair[0].contains(" panicked at ") && pair[1].starts_with("not yet implemented")
        })
    }
}

/// The verdict on a kata: the gravest of its cases' verdicts.
pub(crate) fn of_kata<'a>(cases: impl IntoIterator<Item = &'a Verdict>) -> Verdict {
    let cases: Vec<&Verdict> = cases.into_iter().collect();
    if cases
        .iter()
        .all(|verdict| **verdict == Verdict::NotAttempted)
    {
        return Verdict::NotAttempted;
    }
    if cases.iter().all(|verdict| verdict.is_passed()) {
        return Verdict::Passed;
    }
    let error = cases.into_iter().find(|verdict| verdict.is_grader_error());
    error.cloned().unwrap_or(Verdict::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Captured;
    use crate::watch::Stop;
    use suite_judge::Wrong;

    fn answered(count: usize) -> Evidence {
        Evidence {
            answers: vec![Vec::new(); count],
            ..Evidence::default()
        }
    }

    fn wrong() -> Judgement {
        Judgement::Wrong(Wrong {
            input: String::new(),
            mismatches: Vec::new(),
            events: Vec::new(),
        })
    }

    #[test]
    fn only_one_right_answer_is_a_pass() {
        let right = Judgement::Right;
        assert_eq!(verdict(&answered(1), Some(&right)), Verdict::Passed);
        for (evidence, judged) in [
            (answered(0), Some(&right)),
            (answered(0), None),
            (answered(1), None),
            (answered(1), Some(&wrong())),
            (answered(1), Some(&Judgement::Malformed)),
            (answered(2), Some(&right)),
        ] {
            assert!(!verdict(&evidence, judged).is_passed(), "{evidence:?}");
        }
    }

    #[test]
    fn an_exit_status_of_zero_without_an_answer_is_an_early_exit() {
        let evidence = Evidence {
            ended: Some(Ended::Exited(0)),
            ..answered(0)
        };
        assert_eq!(verdict(&evidence, None), Verdict::ExitedEarly { code: 0 });
    }

    #[test]
    fn a_strange_frame_spoils_even_a_right_answer() {
        let evidence = Evidence {
            violation: Some("a frame".to_owned()),
            ..answered(1)
        };
        let verdict = verdict(&evidence, Some(&Judgement::Right));
        assert!(matches!(verdict, Verdict::Rejected { .. }));
    }

    #[test]
    fn a_todo_on_any_thread_is_not_attempted_whatever_else_happened() {
        let todo = suite_drive::Panic {
            thread: "worker".to_owned(),
            file: "src/lib.rs".to_owned(),
            line: 1,
            column: 1,
            message: "not yet implemented: parse".to_owned(),
        };
        let evidence = Evidence {
            panics: vec![todo],
            stopped: Some(Stop::Time("5 s".to_owned())),
            ..answered(0)
        };
        assert_eq!(verdict(&evidence, None), Verdict::NotAttempted);
    }

    #[test]
    fn a_failed_allocation_is_told_from_a_crash_only_by_an_abort_without_an_answer() {
        let said = b"x memory allocation of 214748364800 bytes failed\nnote: more";
        let ended = |signal, stderr: &[u8]| Evidence {
            ended: Some(Ended::Signalled(signal)),
            stderr: Captured::of(stderr),
            bounds: crate::limits::Limits::default().for_case(),
            ..answered(0)
        };
        let limit = "512 MiB".to_owned();
        let exceeded = Verdict::MemoryExceeded { limit };
        assert_eq!(verdict(&ended(6, said), None), exceeded);
        for (signal, stderr) in [(11, said.as_slice()), (6, b"memory allocation of much")] {
            let crashed = Verdict::Crashed { signal };
            assert_eq!(verdict(&ended(signal, stderr), None), crashed);
        }
    }

    #[test]
    fn a_todo_in_a_child_process_is_not_attempted_unless_the_answer_is_right() {
        let said = b"\nthread 'main' (9) panicked at src/lib.rs:3:5:\nnot yet implemented: x\n";
        let evidence = Evidence {
            stderr: Captured::of(said),
            ..answered(1)
        };
        assert_eq!(verdict(&evidence, Some(&wrong())), Verdict::NotAttempted);
        let right = verdict(&evidence, Some(&Judgement::Right));
        assert_eq!(right, Verdict::Passed);
        let printed = Evidence {
            stderr: Captured::of(b"not yet implemented\n"),
            ..answered(1)
        };
        assert_eq!(verdict(&printed, Some(&wrong())), Verdict::Failed);
    }

    #[test]
    fn what_was_used_up_explains_what_went_wrong_and_no_right_answer() {
        for (hit, used_up, word) in [
            (Some(Hit::Memory), None, "out of memory"),
            (Some(Hit::Processes), None, "too many threads"),
            (None, Some(Resource::Threads), "too many threads"),
            (None, Some(Resource::Files), "too many files"),
            (None, Some(Resource::Answer), "too much output"),
        ] {
            let mut evidence = Evidence {
                hit,
                used_up,
                ended: Some(Ended::Exited(1)),
                ..answered(0)
            };
            assert_eq!(verdict(&evidence, None).word(), word);
            evidence.answers.push(Vec::new());
            let right = verdict(&evidence, Some(&Judgement::Right));
            assert!(right.is_passed(), "{evidence:?}");
        }
    }

    #[test]
    fn a_kata_is_not_attempted_only_if_every_case_is() {
        use Verdict::{Failed, NotAttempted, Passed};
        assert_eq!(of_kata(&[NotAttempted, NotAttempted]), NotAttempted);
        assert_eq!(of_kata(&[Passed, NotAttempted]), Failed);
        assert_eq!(of_kata(&[Passed, Passed]), Passed);
    }
}
