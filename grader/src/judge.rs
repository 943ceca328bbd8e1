//! Evidence × judgement → verdict. Pure: no IO, no clock.
//!
//! A pass needs exactly one answer, under the right secret, that the oracle finds right.
//! Whatever is missing, doubled or unexpected is never a pass, and neither an exit status
//! nor printed text is looked at to find one. Where there is none, they may tell one failure
//! from another: whoever forges them has failed all the same.

use crate::limits::Bounds;
use crate::outcome::Verdict;
use crate::run::{Ending, Evidence, Exhausted};
use crate::sandbox::Ended;
use suite_drive::MAX_FRAME;
use suite_judge::Judgement;

/// The verdict on a case. `judged` is what the oracle says of the one answer.
pub(crate) fn verdict(evidence: &Evidence, judged: Option<&Judgement>) -> Verdict {
    let verdict = match &evidence.ending {
        Ending::Answered(_) => answered(judged),
        Ending::Ended(ended) => without_answer(evidence, *ended),
        Ending::ReachedTodo => return Verdict::NotAttempted,
        Ending::Violation(reason) => return rejected(reason),
        Ending::Stopped(stop) => return unless_todo(evidence, stop.clone().verdict()),
    };
    if verdict.is_passed() {
        return verdict;
    }
    let exhausted = evidence.exhausted;
    let explained = exhausted.map_or(verdict, |exhausted| exceeded(exhausted, &evidence.bounds));
    unless_todo(evidence, explained)
}

fn answered(judged: Option<&Judgement>) -> Verdict {
    match judged {
        Some(Judgement::Right) => Verdict::Passed,
        Some(Judgement::Wrong(_)) => Verdict::Failed,
        Some(Judgement::Malformed) | None => {
            rejected("the answer is not one that this case's driver can give")
        }
    }
}

fn rejected(reason: &str) -> Verdict {
    Verdict::Rejected {
        reason: reason.to_owned(),
    }
}

/// A `todo!()` in a child process is no panic that is reported.
fn unless_todo(evidence: &Evidence, verdict: Verdict) -> Verdict {
    if said::todo(&evidence.stderr.to_bytes()) {
        Verdict::NotAttempted
    } else {
        verdict
    }
}

fn exceeded(exhausted: Exhausted, bounds: &Bounds) -> Verdict {
    match exhausted {
        Exhausted::Disk => disk_exceeded(bounds),
        Exhausted::Memory => memory_exceeded(bounds),
        Exhausted::Processes => Verdict::ProcessesExceeded {
            limit: format!("{} threads and processes", bounds.processes),
        },
        Exhausted::Files => Verdict::FilesExceeded {
            limit: format!("{} open files", bounds.open_files),
        },
        Exhausted::Answer => Verdict::OutputExceeded {
            limit: format!("{} MiB in its answer", MAX_FRAME >> 20),
        },
    }
}

fn memory_exceeded(bounds: &Bounds) -> Verdict {
    Verdict::MemoryExceeded {
        limit: format!("{} MiB", bounds.memory >> 20),
    }
}

fn disk_exceeded(bounds: &Bounds) -> Verdict {
    Verdict::DiskExceeded {
        limit: format!("{} MiB", bounds.file_size >> 20),
    }
}

fn without_answer(evidence: &Evidence, ended: Ended) -> Verdict {
    if !evidence.panics.is_empty() {
        return Verdict::Panicked;
    }
    match ended {
        Ended::Signalled(SIGXCPU) => Verdict::TimedOut {
            limit: format!("{} s of CPU time", evidence.bounds.cpu_seconds),
        },
        Ended::Signalled(SIGXFSZ) => disk_exceeded(&evidence.bounds),
        Ended::Signalled(SIGABRT) if said::no_memory(&evidence.stderr.to_bytes()) => {
            memory_exceeded(&evidence.bounds)
        }
        Ended::Signalled(signal) => Verdict::Crashed { signal },
        Ended::Exited(code) => Verdict::ExitedEarly { code },
        Ended::OutOfTime => Verdict::TimedOut {
            limit: format!("{} s", evidence.bounds.wall.as_secs()),
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

/// The verdict on a kata: passed or not attempted if all its cases are, otherwise failed, unless
/// the grader could not decide.
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
    use crate::limits::Limits;
    use crate::run::Stop;
    use crate::sandbox::Captured;
    use std::time::Duration;
    use suite_judge::{Excerpt, Wrong};

    fn evidence(ending: Ending) -> Evidence {
        Evidence {
            ending,
            panics: Vec::new(),
            stdout: Captured::default(),
            stderr: Captured::default(),
            leftovers: Vec::new(),
            reached: None,
            exhausted: None,
            bounds: Limits::default().for_case(),
            elapsed: Duration::ZERO,
        }
    }

    fn answered() -> Evidence {
        evidence(Ending::Answered(Vec::new()))
    }

    fn ended(ended: Ended, stderr: &[u8]) -> Evidence {
        Evidence {
            stderr: Captured::of(stderr),
            ..evidence(Ending::Ended(ended))
        }
    }

    fn wrong() -> Judgement {
        Judgement::Wrong(Wrong {
            input: Excerpt::default(),
            mismatches: Vec::new(),
            mismatches_left_out: 0,
            events: Vec::new(),
            events_left_out: 0,
        })
    }

    #[test]
    fn only_a_right_answer_is_a_pass() {
        let right = Judgement::Right;
        assert_eq!(verdict(&answered(), Some(&right)), Verdict::Passed);
        for judged in [None, Some(&wrong()), Some(&Judgement::Malformed)] {
            assert!(!verdict(&answered(), judged).is_passed(), "{judged:?}");
        }
        for ending in [
            Ending::ReachedTodo,
            Ending::Violation("a frame".to_owned()),
            Ending::Stopped(Stop::Time("5 s".to_owned())),
            Ending::Ended(Ended::Exited(0)),
        ] {
            let verdict = verdict(&evidence(ending), Some(&right));
            assert!(!verdict.is_passed(), "{verdict:?}");
        }
    }

    #[test]
    fn an_exit_status_of_zero_without_an_answer_is_an_early_exit() {
        let verdict = verdict(&ended(Ended::Exited(0), b""), None);
        assert_eq!(verdict, Verdict::ExitedEarly { code: 0 });
    }

    #[test]
    fn a_failed_allocation_is_told_from_a_crash_only_by_an_abort() {
        let said = b"x memory allocation of 214748364800 bytes failed\nnote: more";
        let limit = "512 MiB".to_owned();
        let out_of_memory = verdict(&ended(Ended::Signalled(6), said), None);
        assert_eq!(out_of_memory, Verdict::MemoryExceeded { limit });
        for (signal, stderr) in [(11, said.as_slice()), (6, b"memory allocation of much")] {
            let crashed = verdict(&ended(Ended::Signalled(signal), stderr), None);
            assert_eq!(crashed, Verdict::Crashed { signal });
        }
    }

    #[test]
    fn a_todo_in_a_child_process_is_not_attempted_unless_the_answer_is_right() {
        let said = b"\nthread 'main' (9) panicked at src/lib.rs:3:5:\nnot yet implemented: x\n";
        let answered_and_said = |stderr: &[u8]| Evidence {
            stderr: Captured::of(stderr),
            ..answered()
        };
        let todo = answered_and_said(said);
        assert_eq!(verdict(&todo, Some(&wrong())), Verdict::NotAttempted);
        assert_eq!(verdict(&todo, Some(&Judgement::Right)), Verdict::Passed);
        let printed = answered_and_said(b"not yet implemented\n");
        assert_eq!(verdict(&printed, Some(&wrong())), Verdict::Failed);
    }

    #[test]
    fn what_was_used_up_explains_what_went_wrong_and_no_right_answer() {
        for (exhausted, word) in [
            (Exhausted::Memory, "memory exceeded"),
            (Exhausted::Processes, "processes exceeded"),
            (Exhausted::Disk, "disk exceeded"),
            (Exhausted::Files, "files exceeded"),
            (Exhausted::Answer, "output exceeded"),
        ] {
            let used_up = |evidence: Evidence| Evidence {
                exhausted: Some(exhausted),
                ..evidence
            };
            let failed = used_up(ended(Ended::Exited(1), b""));
            assert_eq!(verdict(&failed, None).word(), word);
            let right = verdict(&used_up(answered()), Some(&Judgement::Right));
            assert!(right.is_passed(), "{exhausted:?}");
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
