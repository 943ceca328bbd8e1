//! Why the grader could not do its job. Never a student's failure: that is a verdict.

use std::fmt;
use std::path::Path;

/// The result of something that only the grader can get wrong.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// Whose mistake it is, which decides the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The command was wrong.
    Usage,
    /// The course, the machine or the grader.
    Grader,
}

/// What happened, where, and what to do next.
#[derive(Debug)]
pub(crate) struct Error {
    /// Whose mistake it is.
    pub(crate) fault: Fault,
    what: String,
    next: String,
}

impl Error {
    /// The command was wrong.
    pub(crate) fn usage(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            fault: Fault::Usage,
            what: what.into(),
            next: next.into(),
        }
    }

    /// The grader cannot go on.
    pub(crate) fn grader(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            fault: Fault::Grader,
            what: what.into(),
            next: next.into(),
        }
    }

    /// A part of the grader panicked or contradicts itself.
    pub(crate) fn bug(what: &dyn fmt::Display) -> Self {
        Self::grader(
            format!("a part of the grader broke: {what}"),
            "this is the grader's fault; please report it",
        )
    }

    /// The system has no random numbers.
    pub(crate) fn no_randomness(error: getrandom::Error) -> Self {
        Self::grader(
            format!("the system has no random numbers: {error}"),
            "try again",
        )
    }

    /// A file or folder could not be used.
    pub(crate) fn io(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::grader(
            format!("cannot {doing} {}: {error}", path.display()),
            "check that the path exists, that it is yours and that the disk is not full",
        )
    }

    /// A file of the course is not as it must be.
    pub(crate) fn course(path: &Path, what: impl fmt::Display) -> Self {
        Self::grader(
            format!("{}: {what}", path.display()),
            "this file belongs to the course; restore it, for example with `git checkout`",
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  next: {}", self.what, self.next)
    }
}

impl std::error::Error for Error {}
