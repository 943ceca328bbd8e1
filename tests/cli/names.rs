//! How katas are named on the command line.

use crate::course::{Course, KATAS, Report};
use predicates::prelude::*;

/// The katas of the track `basics`.
const BASICS: [&str; 3] = ["adder", "ticket", "wordlist"];

/// The katas that `check` with these names, in a folder of the course, grades. They are stubs, so
/// nothing is compiled.
fn graded(folder: &str, names: &str) -> Vec<String> {
    let course = Course::new();
    let mut check = course.grader_in(folder, &format!("check --format json {names}"));
    let report = Report::printed_by(&mut check);
    report.katas().into_iter().map(str::to_owned).collect()
}

#[test]
fn without_a_name_everything_is_graded_but_in_a_katas_folder_only_that_kata() {
    for folder in ["", "exercises", "exercises/basics", "tests"] {
        assert_eq!(graded(folder, ""), KATAS, "in {folder:?}");
    }
    for folder in [
        "exercises/basics/ticket",
        "exercises/basics/ticket/src",
        "solutions/basics/ticket",
        "tests/hidden/basics/ticket",
    ] {
        assert_eq!(graded(folder, ""), ["ticket"], "in {folder:?}");
    }
}

#[test]
fn ids_tracks_and_paths_inside_either_are_names() {
    for name in [
        "ticket",
        "exercises/basics/ticket",
        "exercises/basics/ticket/src/lib.rs",
        "./exercises/../exercises/basics/ticket/",
        "solutions/basics/ticket/src",
        "ticket ticket",
    ] {
        assert_eq!(graded("", name), ["ticket"], "{name}");
    }
    for name in ["basics", "exercises/basics", "wordlist ticket adder"] {
        assert_eq!(graded("", name), BASICS, "{name}");
    }
    assert_eq!(graded("exercises/basics/ticket", "../adder"), ["adder"]);
}

#[test]
fn katas_are_graded_in_the_courses_order_whatever_order_they_are_named_in() {
    assert_eq!(graded("", "basics threads"), KATAS);
    assert_eq!(graded("", "ticket spawner"), ["spawner", "ticket"]);
}

#[test]
fn an_unknown_name_is_wrong_usage_and_what_was_meant_is_suggested() {
    let course = Course::new();
    course
        .grader("check tickets")
        .assert()
        .code(2)
        .stdout("")
        .stderr(predicate::str::contains(
            "there is no kata or track \"tickets\"",
        ))
        .stderr(predicate::str::contains("did you mean ticket?"));
    course
        .grader("hint sockets-and-ports")
        .assert()
        .code(2)
        .stderr(predicate::str::contains(
            "next: `cargo grader list` shows them all",
        ));
}

#[test]
fn one_kata_is_asked_for_where_many_would_do_no_good() {
    let course = Course::new();
    for (folder, command, said) in [
        ("", "show", "no kata is named"),
        ("", "hint basics", "\"basics\" is more than one kata"),
        ("exercises/basics", "reset", "more than one kata"),
    ] {
        course
            .grader_in(folder, command)
            .assert()
            .code(2)
            .stderr(predicate::str::contains(said));
    }
}

#[test]
fn outside_a_course_there_is_nothing_to_grade() {
    let elsewhere = tempfile::tempdir().unwrap();
    Course::new()
        .grader("check")
        .current_dir(elsewhere.path())
        .assert()
        .code(2)
        .stderr(predicate::str::contains("is not inside a course"));
}

#[test]
fn wrong_usage_is_told_apart_from_help() {
    let course = Course::new();
    for command in [
        "chekc",
        "check --format xml",
        "check --seed abc",
        "check --repeat 0",
        "check --solutions --from exercises",
        "check --report report.xml",
        "check --report xml=report.xml",
    ] {
        course.grader(command).assert().code(2).stdout("");
    }
    course
        .grader("--help")
        .assert()
        .code(0)
        .stdout(predicate::str::contains("check"));
    course.grader("--version").assert().code(0);
    let help = course.grader("").output().unwrap();
    let help = [help.stdout, help.stderr].concat();
    assert!(String::from_utf8_lossy(&help).contains("Grade katas and report"));
}
