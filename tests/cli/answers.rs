//! Right and wrong solutions.

use crate::course::{Course, KATAS, mistake, mistakes};
use predicates::prelude::*;

#[test]
fn the_courses_solutions_pass_from_wherever_they_are_graded() {
    let course = Course::new();
    course
        .grader("check --solutions")
        .assert()
        .code(0)
        .stdout(predicate::str::is_match("adder +passed").unwrap())
        .stdout(predicate::str::contains("4 of 4 katas passed"))
        .stdout(predicate::str::contains("all that was graded is solved"));

    // A student's folder in a class holds sources and nothing else.
    course.student("anna").solve("adder");
    let report = course.report("adder --from class/anna");
    assert_eq!(report.verdict("adder"), "passed");
    assert_eq!(report.0["warnings"], serde_json::json!([]));
    course
        .grader_in("class", "check adder --from anna --format plain")
        .assert()
        .code(0);
}

#[test]
fn every_wrong_solution_fails_by_the_case_that_it_names() {
    let course = Course::new();
    for kata in KATAS {
        for name in mistakes(kata) {
            let (text, case) = mistake(kata, &name);
            course.submit(kata, &text);
            let report = course.report(kata);
            assert_eq!(report.verdict(kata), "failed", "{name}");
            assert_eq!(report.not_passed(kata), [case], "{name}");
        }
    }
}

#[test]
fn a_folder_that_lacks_a_kata_has_not_attempted_it() {
    let course = Course::new();
    course.write("class/bob/notes.txt", "I was ill");
    let report = course.report("--from class/bob");
    for kata in KATAS {
        assert_eq!(report.verdict(kata), "not-attempted");
    }
}

#[test]
fn what_is_no_folder_cannot_be_graded() {
    Course::new()
        .grader("check --from class/nobody")
        .assert()
        .code(2)
        .stderr(predicate::str::contains("class/nobody is not a folder"))
        .stderr(predicate::str::contains(
            "next: name a folder laid out like",
        ));
}
