//! The exit status of the grader, as documented in the README.

use std::process::{ExitCode as ProcessExitCode, Termination};

/// What the exit status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitCode {
    /// Everything asked for passed.
    Passed = 0,
    /// Some kata is not solved.
    Unsolved = 1,
    /// The command was wrong.
    Usage = 2,
    /// The grader could not do its job.
    Grader = 3,
}

impl Termination for ExitCode {
    fn report(self) -> ProcessExitCode {
        ProcessExitCode::from(self as u8)
    }
}
