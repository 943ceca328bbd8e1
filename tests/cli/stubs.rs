//! A student's first grade: nothing is written yet.

use crate::course::Course;
use predicates::prelude::*;

#[test]
fn stubs_are_not_attempted_and_the_report_says_what_to_do_first() {
    Course::file_modes()
        .grader("check")
        .assert()
        .code(1)
        .stdout(predicate::str::is_match("file-modes +not attempted").unwrap())
        .stdout(predicate::str::contains(
            "next: read exercises/files/file-modes/README.md, fill in src/lib.rs beside it",
        ));
}

#[test]
fn stubs_are_graded_without_compiling_anything() {
    let course = Course::file_modes();
    let target = tempfile::tempdir().unwrap();
    let no_cargo = target.path().join("no-cargo-here");
    let output = course
        .grader("check --format json")
        .env("CARGO_TARGET_DIR", target.path())
        .env("CARGO", no_cargo)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    let report = crate::course::Report::read(&text).unwrap();
    assert_eq!(report.0["toolchain"], "");
    assert_eq!(report.0["protection"], "nothing was compiled or run");
    assert!(
        !target.path().join("grader").exists(),
        "cargo has built something"
    );
}

#[test]
fn a_missing_folder_is_not_attempted_either() {
    let course = Course::file_modes();
    std::fs::remove_dir_all(course.path("exercises/files")).unwrap();
    let report = course.report("");
    assert_eq!(report.kata("file-modes")["verdict"], "not-attempted");
}

#[test]
fn a_stub_whose_line_ends_windows_has_changed_is_still_a_stub() {
    let course = Course::file_modes();
    let stub = std::fs::read_to_string(course.lib("file-modes")).unwrap();
    course.submit("file-modes", &stub.replace('\n', "\r\n"));
    let report = course.report("");
    assert_eq!(report.kata("file-modes")["verdict"], "not-attempted");
    assert_eq!(report.0["toolchain"], "");
}
