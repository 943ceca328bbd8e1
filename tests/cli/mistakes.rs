//! `author mistake`: wrong solutions as patches.

use crate::course::Course;
use predicates::str::contains;
use std::fs;

const PATCH: &str = "solutions/basics/adder/wrong/subtracts.patch";

/// Edits a new mistake of the adder: it subtracts.
fn edit(course: &Course) {
    let edit = course
        .grader("author mistake edit adder subtracts")
        .assert();
    edit.code(0)
        .stdout(contains("author mistake save adder subtracts"));
    let file = course.path("target/mistakes/adder/subtracts.rs");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(file, text.replace("wrapping_add", "wrapping_sub")).unwrap();
}

fn save(course: &Course) {
    let flags = "--what subtracts --caught-by small_numbers_are_added";
    let save = course.grader(&format!("author mistake save adder subtracts {flags}"));
    { save }.assert().code(0);
}

#[test]
fn a_mistake_is_saved_as_its_changes_and_opened_again() {
    let course = Course::new();
    edit(&course);
    save(&course);
    let patch = fs::read_to_string(course.path(PATCH)).unwrap();
    assert!(patch.starts_with("Mistake: subtracts\nCaught by: small_numbers_are_added\n\n---"));
    assert_eq!(patch.matches("\n-").count(), 2, "{patch}");

    let edited = course.path("target/mistakes/adder/subtracts.rs");
    let text = fs::read_to_string(&edited).unwrap();
    fs::remove_file(&edited).unwrap();
    course
        .grader("author mistake edit adder subtracts")
        .assert()
        .code(0);
    assert_eq!(fs::read_to_string(edited).unwrap(), text);
}

#[test]
fn a_new_mistake_needs_words_and_a_case_and_a_change() {
    let course = Course::new();
    let saved = |flags: &str| course.grader(&format!("author mistake save adder new {flags}"));
    course
        .grader("author mistake edit adder new")
        .assert()
        .code(0);
    saved("").assert().code(2).stderr(contains("--what"));
    saved("--what same")
        .assert()
        .code(2)
        .stderr(contains("--caught-by"));
    let unchanged = saved("--what same --caught-by some").assert().code(2);
    unchanged.stderr(contains("no change to the solution"));
}

#[test]
fn a_name_that_would_leave_the_folder_and_a_header_of_two_lines_are_refused() {
    let course = Course::new();
    for name in ["../x", "a/b", "x.y", "X", ""] {
        let mut edit = course.grader("author mistake edit adder");
        let refused = edit.arg(name).assert().code(2);
        refused.stderr(contains("cannot be the name of a mistake"));
    }
    let mut save = course.grader("author mistake save adder new");
    let refused = save.args(["--what", "one\ntwo"]).assert().code(2);
    refused.stderr(contains("one line"));
}

#[test]
fn patches_follow_a_solution_that_has_changed() {
    let course = Course::new();
    edit(&course);
    save(&course);
    let solution = course.path("solutions/basics/adder/src/lib.rs");
    let text = fs::read_to_string(&solution).unwrap();
    fs::write(&solution, format!("//! More.\n//!\n{text}")).unwrap();

    let before = fs::read_to_string(course.path(PATCH)).unwrap();
    course
        .grader("author mistake rebase adder")
        .assert()
        .code(0);
    let after = fs::read_to_string(course.path(PATCH)).unwrap();
    assert_ne!(before, after, "line numbers have moved");

    fs::write(solution, "//! Another.\n").unwrap();
    let failed = course
        .grader("author mistake rebase adder")
        .assert()
        .code(1);
    failed.stdout(contains("does not apply"));
    assert_eq!(fs::read_to_string(course.path(PATCH)).unwrap(), after);
}
