//! What a student has reached, and a record that cannot be read.

use crate::course::{Course, solution};
use predicates::prelude::*;
use std::fs;

const RECORD: &str = ".katas/progress.json";

#[test]
fn what_was_reached_is_remembered_and_a_later_failure_takes_nothing_away() {
    let course = Course::new();
    course
        .grader("progress")
        .assert()
        .code(0)
        .stdout(predicate::str::contains("0 of 4 katas solved"))
        .stdout(predicate::str::contains(
            "next: spawner (1 of 5, about 10 minutes): `cargo grader show spawner`",
        ));
    course
        .grader("solution adder")
        .assert()
        .code(2)
        .stdout("")
        .stderr(predicate::str::contains("opens when you have solved it"))
        .stderr(predicate::str::contains("cargo grader hint adder"));

    course.hand_in("adder/wrong");
    course.grader("check adder").assert().code(1);
    course
        .grader("progress")
        .assert()
        .stdout(predicate::str::contains("adder: 4 of 6 points"));
    course
        .grader("list")
        .assert()
        .stdout(predicate::str::is_match("adder +4/6 ").unwrap());

    course.solve("adder");
    course.grader("check adder").assert().code(0);
    course.hand_in("adder/wrong");
    course.grader("check adder").assert().code(1);
    course
        .grader("progress")
        .assert()
        .stdout(predicate::str::contains("1 of 4 katas solved"));
    course
        .grader("list")
        .assert()
        .stdout(predicate::str::is_match("adder +solved").unwrap());
    course
        .grader_in("exercises/basics/adder", "solution")
        .assert()
        .code(0)
        .stdout(solution("adder"));
}

#[test]
fn the_courses_own_solutions_and_other_peoples_folders_are_not_the_students_record() {
    let course = Course::new();
    course.student("anna").solve("adder");
    course.grader("check adder --solutions").assert().code(0);
    course
        .grader("check adder --from class/anna")
        .assert()
        .code(0);
    assert!(!course.path(RECORD).exists());
}

#[test]
fn a_record_that_is_damaged_or_newer_is_reported_and_left_as_it_is() {
    let newer = r#"{"version": 999, "katas": {}, "streak": 12}"#;
    let damaged = "{\"version\": 1, \"katas\": {\"add";
    let strange = r#"{"version": 1, "katas": []}"#;
    for (text, said) in [
        (newer, "was written by a newer grader"),
        (damaged, "is damaged"),
        (strange, "is damaged"),
    ] {
        let course = Course::new();
        course.write(RECORD, text);
        for command in ["check", "list", "progress", "solution adder", "doctor"] {
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
