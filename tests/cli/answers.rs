//! Right and wrong solutions.

use crate::course::{Course, file_modes};
use predicates::prelude::*;
use std::fs;

#[test]
fn the_courses_solutions_pass_from_wherever_they_are_graded() {
    let course = Course::file_modes();
    course
        .grader("check --solutions")
        .assert()
        .code(0)
        .stdout(predicate::str::is_match("file-modes +passed").unwrap())
        .stdout(predicate::str::contains("1 of 1 kata passed"))
        .stdout(predicate::str::contains("everything here is solved"));

    // A class's folder holds sources and nothing else.
    course.solve("file-modes", "class/anna");
    let report = course.report("--from class/anna");
    assert_eq!(report.kata("file-modes")["verdict"], "passed");
    assert_eq!(report.0["warnings"], serde_json::json!([]));
    course
        .grader_in("class", "check --from anna --format plain")
        .assert()
        .code(0);
}

#[test]
fn every_wrong_solution_fails_by_the_case_that_it_names() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../solutions/files/file-modes/wrong"
    );
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let text = file_modes("solutions", &format!("wrong/{name}"));
        let named = text
            .lines()
            .find_map(|line| line.strip_prefix("// Caught by: "));
        let course = Course::file_modes().and_submission("file-modes", &text);
        let report = course.report("");
        assert_eq!(report.kata("file-modes")["verdict"], "failed", "{name}");
        let not_passed = report.not_passed();
        assert!(
            not_passed.contains(&named.unwrap()),
            "{name}: {not_passed:?}"
        );
        seen += 1;
    }
    assert!(seen >= 4, "only {seen} wrong solutions");
}

#[test]
fn a_folder_that_lacks_a_kata_has_not_attempted_it() {
    let course = Course::file_modes();
    course.write("class/bob/notes.txt", "I was ill");
    let report = course.report("--from class/bob");
    assert_eq!(report.kata("file-modes")["verdict"], "not-attempted");
}

#[test]
fn what_is_no_folder_cannot_be_graded() {
    Course::file_modes()
        .grader("check --from class/nobody")
        .assert()
        .code(2)
        .stderr(predicate::str::contains("class/nobody is no folder"))
        .stderr(predicate::str::contains(
            "next: name a folder laid out like",
        ));
}
