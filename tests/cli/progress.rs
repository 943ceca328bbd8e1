//! What a student has reached, and a record that cannot be read.

use crate::course::{Course, solution, with_body};
use predicates::prelude::*;
use std::fs;

const RECORD: &str = ".katas/progress.json";

#[test]
fn what_was_reached_is_remembered_and_a_later_failure_takes_nothing_away() {
    let course = Course::file_modes().and_twin("later");
    course
        .grader("progress")
        .assert()
        .code(0)
        .stdout(predicate::str::contains("0 of 2 katas solved"))
        .stdout(predicate::str::contains(
            "next: `cargo grader show file-modes`",
        ));
    course
        .grader("solution file-modes")
        .assert()
        .code(2)
        .stdout("")
        .stderr(predicate::str::contains("opens when you have solved it"))
        .stderr(predicate::str::contains("cargo grader hint file-modes"));

    let wrong = with_body(&solution(), "append_text", "    fs::write(path, text)");
    course.submit("file-modes", &wrong);
    course.grader("check file-modes").assert().code(1);
    course
        .grader("progress")
        .assert()
        .stdout(predicate::str::is_match(r"file-modes: 1\d of 1\d points").unwrap());
    course
        .grader("list")
        .assert()
        .stdout(predicate::str::is_match(r"file-modes +1\d/1\d ").unwrap());

    course.submit("file-modes", &solution());
    course.grader("check file-modes").assert().code(0);
    course.submit("file-modes", &wrong);
    course.grader("check file-modes").assert().code(1);
    course
        .grader("progress")
        .assert()
        .stdout(predicate::str::contains("1 of 2 katas solved"))
        .stdout(predicate::str::contains("next: `cargo grader show later`"));
    course
        .grader("list")
        .assert()
        .stdout(predicate::str::is_match("file-modes +solved").unwrap());
    course
        .grader_in("exercises/files/file-modes", "solution")
        .assert()
        .code(0)
        .stdout(solution());
}

#[test]
fn the_courses_own_solutions_and_other_peoples_folders_are_not_the_students_record() {
    let course = Course::file_modes();
    course.solve("file-modes", "anna");
    course.grader("check --solutions").assert().code(0);
    course.grader("check --from anna").assert().code(0);
    assert!(!course.path(RECORD).exists());
}

#[test]
fn a_record_that_is_damaged_or_newer_is_reported_and_left_as_it_is() {
    let newer = r#"{"version": 999, "katas": {}, "streak": 12}"#;
    let damaged = "{\"version\": 1, \"katas\": {\"file-mo";
    let strange = r#"{"version": 1, "katas": []}"#;
    for (text, said) in [
        (newer, "was written by a newer grader"),
        (damaged, "is damaged"),
        (strange, "is damaged"),
    ] {
        let course = Course::file_modes();
        course.write(RECORD, text);
        for command in ["check", "list", "progress", "solution file-modes", "doctor"] {
            let assert = course.grader(command).assert().code(3);
            let output = assert.get_output();
            let printed = [&output.stdout[..], &output.stderr[..]].concat();
            let printed = String::from_utf8(printed).unwrap();
            assert!(printed.contains(said), "{command}: {printed}");
            assert!(printed.contains(RECORD), "{command}: {printed}");
            assert!(
                printed.contains("move the file away"),
                "{command}: {printed}"
            );
            let left = fs::read_to_string(course.path(RECORD)).unwrap();
            assert_eq!(left, text, "{command} has written to it");
        }
    }
}
