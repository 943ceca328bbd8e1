//! A student's first grade: nothing is written yet.

use crate::course::{Course, KATAS, Report};
use predicates::prelude::*;
use std::fs;

#[test]
fn stubs_are_not_attempted_and_the_report_says_what_to_do_first() {
    let first = KATAS[0];
    Course::new()
        .grader("check")
        .assert()
        .code(1)
        .stdout(predicate::str::is_match("adder +not attempted").unwrap())
        .stdout(predicate::str::contains(format!(
            "next: read exercises/threads/{first}/README.md, fill in src/lib.rs beside it",
        )));
}

#[test]
fn stubs_are_graded_without_compiling_anything() {
    let course = Course::new();
    let target = tempfile::tempdir().unwrap();
    let mut check = course.grader("check --format json");
    check
        .env("CARGO_TARGET_DIR", target.path())
        .env("CARGO", target.path().join("no-cargo-here"));
    let report = Report::printed_by(&mut check);
    for kata in KATAS {
        assert_eq!(report.verdict(kata), "not-attempted");
    }
    assert_eq!(report.0["protection"], "nothing was compiled or run");
    // Only which compiler there is was kept.
    let cache = fs::read_dir(target.path().join("grader-cache")).unwrap();
    let names = cache.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let built: Vec<String> = names
        .filter(|name| !name.starts_with("toolchain-"))
        .collect();
    assert_eq!(built, Vec::<String>::new());
}

#[test]
fn a_missing_folder_is_not_attempted_either() {
    let course = Course::new();
    fs::remove_dir_all(course.path("exercises/basics")).unwrap();
    let report = course.report("");
    assert_eq!(report.verdict("adder"), "not-attempted");
}

#[test]
fn a_stub_whose_line_ends_windows_has_changed_is_still_a_stub() {
    let course = Course::new();
    let stub = fs::read_to_string(course.lib("adder")).unwrap();
    course.submit("adder", &stub.replace('\n', "\r\n"));
    let report = course.report("");
    assert_eq!(report.verdict("adder"), "not-attempted");
    assert_eq!(report.0["protection"], "nothing was compiled or run");
}
