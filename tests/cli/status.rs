//! The exit status, and what is done all the same where something fails.

use crate::course::{Course, KATAS, Report};
use predicates::prelude::*;
use std::fs::{self, File};

#[test]
fn the_folder_of_a_report_is_made() {
    let course = Course::new();
    course
        .grader("check --report junit=no/such/folder/r.xml")
        .assert()
        .code(1);
    let xml = fs::read_to_string(course.path("no/such/folder/r.xml")).unwrap();
    assert!(xml.contains("<testsuites"), "{xml}");
}

#[test]
fn a_report_that_cannot_be_written_costs_nothing_but_itself() {
    let course = Course::new();
    course.write("taken", "a file");
    course
        .grader("check --report junit=taken/r.xml --report json=r.json --report plain=/dev/full")
        .assert()
        .code(3)
        .stdout(predicate::str::contains("not attempted"))
        .stderr(predicate::str::contains(
            "cannot write the report taken/r.xml",
        ))
        .stderr(predicate::str::contains(
            "cannot write the report /dev/full",
        ));
    let report = Report::read_file(&course.path("r.json"));
    assert_eq!(report.katas(), KATAS);
    assert!(course.path(".katas/progress.json").exists());
}

#[test]
fn a_report_may_be_a_pipe() {
    let output = Course::new()
        .grader("check --format plain --report json=/dev/stderr")
        .output()
        .unwrap();
    let report = String::from_utf8(output.stderr).unwrap();
    assert_eq!(Report::read(&report).unwrap().katas(), KATAS);
}

#[test]
fn what_cannot_be_printed_is_never_a_success() {
    let course = Course::new();
    for args in ["list", "check --report json=r.json"] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut command = course.program("", args);
        let output = command.stdout(full).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{told}");
        assert!(told.contains("cannot print"), "{told}");
    }
    assert!(course.path("r.json").exists());
}

#[test]
fn a_course_that_is_newer_than_the_grader_is_not_graded() {
    let course = Course::new();
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    for part in ["Cargo.lock", "grader/Cargo.toml"] {
        let text = fs::read_to_string(format!("{fixture}/{part}")).unwrap();
        course.write(part, &text);
    }
    for part in ["grader/src", "grader/suite/drive/src", "grader/wire/src"] {
        course.write(&format!("{part}/lib.rs"), "// newer");
    }
    course
        .grader("check")
        .assert()
        .code(3)
        .stdout("")
        .stderr(predicate::str::contains("this grader was not built from"))
        .stderr(predicate::str::contains("`cargo install --path "));
}
