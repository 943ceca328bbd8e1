//! Plan × evidence → verdict. Pure: no IO, no clock.
//!
//! A pass needs exactly one answer, under the right secret, that the oracle finds right.
//! Whatever is missing, doubled or unexpected is never a pass, and neither an exit status
//! nor printed text is looked at to find one.

use crate::limits::Bounds;
use crate::outcome::Verdict;
use crate::process::{Ended, Hit};
use crate::run::Evidence;
use suite_drive::Resource;
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
    let unexplained = !matches!(verdict, Verdict::Passed) && evidence.stopped.is_none();
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
    fn a_kata_is_not_attempted_only_if_every_case_is() {
        use Verdict::{Failed, NotAttempted, Passed};
        assert_eq!(of_kata(&[NotAttempted, NotAttempted]), NotAttempted);
        assert_eq!(of_kata(&[Passed, NotAttempted]), Failed);
        assert_eq!(of_kata(&[Passed, Passed]), Passed);
    }
}
