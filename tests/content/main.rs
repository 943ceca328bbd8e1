//! The content of the course is sound: what `author verify` proves, for every kata, once.
//!
//! `.ci/run` repeats it; here one round finds what is broken at all.

use assert_cmd::Command;
use predicates::str::contains;
use std::path::Path;

fn grader() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grader"));
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    command
}

#[test]
fn every_kata_is_fair_strong_and_stable() {
    grader()
        .args(["author", "verify", "--repeat", "1"])
        .assert()
        .success()
        .stdout(contains("sound"))
        .stdout(contains(" 0 unsound"));
}

#[test]
fn every_solution_passes_every_case() {
    grader()
        .args(["check", "--solutions", "--format", "plain"])
        .assert()
        .success()
        .stdout(contains("everything here is solved"));
}

#[test]
fn no_stub_is_solved() {
    let stubs = tempfile::tempdir().unwrap();
    copy_stubs(stubs.path()).unwrap();
    grader()
        .args(["check", "--format", "plain", "--from"])
        .arg(stubs.path())
        .assert()
        .code(1)
        .stdout(contains("0 of "))
        .stdout(contains("not attempted"));
}

/// The pristine stubs, laid out as a student has them; `exercises` may be half solved.
fn copy_stubs(to: &Path) -> std::io::Result<()> {
    let hidden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/hidden");
    for track in std::fs::read_dir(hidden)?.flatten() {
        for kata in std::fs::read_dir(track.path())?.flatten() {
            let place = to.join(track.file_name()).join(kata.file_name());
            std::fs::create_dir_all(place.join("src"))?;
            std::fs::copy(kata.path().join("stub.rs"), place.join("src/lib.rs"))?;
        }
    }
    Ok(())
}
