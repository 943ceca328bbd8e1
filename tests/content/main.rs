//! The content of the course is sound.
//!
//! `.ci/run` repeats the author's proof; here one round finds what is broken at all.

use assert_cmd::Command;
use predicates::str::contains;
use std::path::Path;

fn grader(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grader"));
    command
        .args(args)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    command
}

#[test]
fn every_solution_passes_every_case() {
    grader(&["check", "--solutions", "--no-cache", "--format", "plain"])
        .assert()
        .success()
        .stdout(contains("all that was graded is solved"));
}

/// Among other things: no stub is solved, and every wrong solution is caught.
#[test]
fn every_kata_is_fair_strong_and_stable() {
    grader(&["author", "verify", "--repeat", "1"])
        .assert()
        .success()
        .stdout(contains(" 0 unsound"));
}
