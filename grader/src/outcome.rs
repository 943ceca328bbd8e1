//! What can become of a case and of a kata.

use serde::{Deserialize, Serialize};

/// The verdict on a case, and the word for a kata's worst one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub(crate) enum Verdict {
    /// Every answer was there and right.
    Passed,
    /// An answer was wrong.
    Failed,
    /// The student's code panicked, and no answer came.
    Panicked,
    /// No answer within the wall clock or CPU time.
    TimedOut {
        /// The limit that was reached, in words.
        limit: String,
    },
    /// Every thread slept, with nothing left that could wake one.
    Deadlocked {
        /// Each thread and what it waited for.
        threads: Vec<String>,
    },
    /// More memory than allowed.
    MemoryExceeded {
        /// The limit that was reached, in words.
        limit: String,
    },
    /// More threads and processes than allowed.
    ProcessesExceeded {
        /// The limit that was reached, in words.
        limit: String,
    },
    /// More written to the working folder than allowed.
    DiskExceeded {
        /// The limit that was reached, in words.
        limit: String,
    },
    /// More files open at once than allowed.
    FilesExceeded {
        /// The limit that was reached, in words.
        limit: String,
    },
    /// More output than allowed, or a longer answer.
    OutputExceeded {
        /// The limit that was reached, in words.
        limit: String,
    },
    /// The process ended by itself, with this exit status, before it had answered.
    ExitedEarly {
        /// The exit status, which decides nothing.
        code: i32,
    },
    /// The process was ended by this signal before it had answered.
    Crashed {
        /// The signal's number.
        signal: i32,
    },
    /// The crate, or the suite against it, does not compile.
    DoesNotCompile,
    /// The stub is untouched, or `todo!()` was reached.
    NotAttempted,
    /// Something a submission must not do.
    Rejected {
        /// What, and why not.
        reason: String,
    },
    /// The kata cannot be graded on this platform.
    Unavailable {
        /// Where it can.
        reason: String,
    },
    /// The grader could not decide; never the student's fault.
    GraderError {
        /// What went wrong.
        reason: String,
    },
}

impl Verdict {
    /// Its name in words: that of the report, without hyphens.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Panicked => "panicked",
            Self::TimedOut { .. } => "timed out",
            Self::Deadlocked { .. } => "deadlocked",
            Self::MemoryExceeded { .. } => "memory exceeded",
            Self::ProcessesExceeded { .. } => "processes exceeded",
            Self::DiskExceeded { .. } => "disk exceeded",
            Self::FilesExceeded { .. } => "files exceeded",
            Self::OutputExceeded { .. } => "output exceeded",
            Self::ExitedEarly { .. } => "exited early",
            Self::Crashed { .. } => "crashed",
            Self::DoesNotCompile => "does not compile",
            Self::NotAttempted => "not attempted",
            Self::Rejected { .. } => "rejected",
            Self::Unavailable { .. } => "unavailable",
            Self::GraderError { .. } => "grader error",
        }
    }

    /// What happened, in a sentence, where the word alone does not say it.
    pub(crate) fn explained(&self) -> Option<String> {
        match self {
            Self::Passed | Self::Failed | Self::Panicked | Self::DoesNotCompile => None,
            Self::NotAttempted => {
                Some("not written yet: the stub is untouched, or `todo!()` was reached".into())
            }
            Self::TimedOut { limit } => Some(format!("there was no answer within {limit}")),
            Self::Deadlocked { threads } => Some(format!(
                "every thread waits, and nothing can wake any of them:\n{}",
                threads.join("\n")
            )),
            Self::MemoryExceeded { limit } => Some(format!("more than {limit} of memory was used")),
            Self::ProcessesExceeded { limit } => Some(format!("more than {limit} were started")),
            Self::DiskExceeded { limit } => Some(format!("more than {limit} was written to disk")),
            Self::FilesExceeded { limit } => Some(format!("all of {limit} were in use at once")),
            Self::OutputExceeded { limit } => Some(format!("there was more than {limit}")),
            Self::ExitedEarly { code } => Some(format!(
                "the process ended itself with exit status {code} before the case was over; a \
                 function must return, not exit"
            )),
            Self::Crashed { signal } => Some(format!("the process was ended by signal {signal}")),
            Self::Rejected { reason }
            | Self::Unavailable { reason }
            | Self::GraderError { reason } => Some(reason.clone()),
        }
    }

    /// Whether it is a pass.
    pub(crate) fn is_passed(&self) -> bool {
        matches!(self, Self::Passed)
    }

    /// Whether the grader, not the student, is at fault.
    pub(crate) fn is_grader_error(&self) -> bool {
        matches!(self, Self::GraderError { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_programs_read_the_same_name_of_a_verdict() {
        let text = String::new;
        for verdict in [
            Verdict::Passed,
            Verdict::Failed,
            Verdict::Panicked,
            Verdict::TimedOut { limit: text() },
            Verdict::Deadlocked {
                threads: Vec::new(),
            },
            Verdict::MemoryExceeded { limit: text() },
            Verdict::ProcessesExceeded { limit: text() },
            Verdict::DiskExceeded { limit: text() },
            Verdict::FilesExceeded { limit: text() },
            Verdict::OutputExceeded { limit: text() },
            Verdict::ExitedEarly { code: 1 },
            Verdict::Crashed { signal: 6 },
            Verdict::DoesNotCompile,
            Verdict::NotAttempted,
            Verdict::Rejected { reason: text() },
            Verdict::Unavailable { reason: text() },
            Verdict::GraderError { reason: text() },
        ] {
            let json = serde_json::to_value(&verdict).unwrap();
            assert_eq!(json["verdict"], verdict.word().replace(' ', "-"));
        }
    }
}
