//! A grader that panics has failed: one line says so, and the exit status too.

use super::output::complain;
use crate::error::Error;
use crate::exit_code::ExitCode;
use crate::text::printable_name;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};

/// Lets every panic, of any thread, be told in one line.
pub(super) fn panics_on_one_line() {
    std::panic::set_hook(Box::new(|panic| complain(&Error::bug(&told(panic)))));
}

fn told(panic: &PanicHookInfo<'_>) -> String {
    let message = printable_name(panic.payload_as_str().unwrap_or("a panic"));
    match panic.location() {
        Some(location) => format!("{message} ({}:{})", location.file(), location.line()),
        None => message,
    }
}

/// What `run` says, or that the grader has failed if it panics.
pub(super) fn status_of(run: impl FnOnce() -> ExitCode) -> ExitCode {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or(ExitCode::Grader)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_failure_of_the_grader() {
        assert_eq!(status_of(|| ExitCode::Passed), ExitCode::Passed);
        assert_eq!(status_of(|| panic!("on purpose")), ExitCode::Grader);
    }
}
