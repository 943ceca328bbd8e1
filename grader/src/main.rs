//! The grader's program: parse, run, print the error once, choose the exit status.

use grader::{ExitCode, main_of};

fn main() -> ExitCode {
    main_of(std::env::args_os())
}
