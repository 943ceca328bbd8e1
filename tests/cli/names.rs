//! How katas are named on the command line.

use crate::course::Course;
use predicates::prelude::*;

/// Two katas in one track; stubs, so nothing is compiled.
fn course() -> Course {
    Course::file_modes().and_twin("line-counts")
}

fn graded(folder: &str, names: &str) -> Vec<String> {
    let course = course();
    let output = course
        .grader_in(folder, &format!("check --format json {names}"))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let report = crate::course::Report::read(&text)
        .unwrap_or_else(|| panic!("{folder} {names}: {output:?}", output = output.stderr));
    report.katas().into_iter().map(str::to_owned).collect()
}

#[test]
fn without_a_name_everything_is_graded_but_in_a_katas_folder_only_that_kata() {
    let all = ["file-modes", "line-counts"];
    for folder in ["", "exercises", "exercises/files", "tests"] {
        assert_eq!(graded(folder, ""), all, "in {folder:?}");
    }
    for folder in [
        "exercises/files/line-counts",
        "exercises/files/line-counts/src",
        "solutions/files/line-counts",
        "tests/hidden/files/line-counts",
    ] {
        assert_eq!(graded(folder, ""), ["line-counts"], "in {folder:?}");
    }
}

#[test]
fn ids_tracks_and_paths_inside_either_are_names() {
    for name in [
        "line-counts",
        "exercises/files/line-counts",
        "exercises/files/line-counts/src/lib.rs",
        "./exercises/../exercises/files/line-counts/",
        "solutions/files/line-counts/src",
        "line-counts line-counts",
    ] {
        assert_eq!(graded("", name), ["line-counts"], "{name}");
    }
    for name in ["files", "exercises/files", "line-counts file-modes"] {
        assert_eq!(graded("", name), ["file-modes", "line-counts"], "{name}");
    }
    assert_eq!(
        graded("exercises/files/line-counts", "../file-modes"),
        ["file-modes"]
    );
}

#[test]
fn an_unknown_name_is_wrong_usage_and_what_was_meant_is_suggested() {
    let course = course();
    course
        .grader("check line-count")
        .assert()
        .code(2)
        .stdout("")
        .stderr(predicate::str::contains(
            "there is no kata or track \"line-count\"",
        ))
        .stderr(predicate::str::contains("did you mean line-counts?"));
    course
        .grader("hint sockets")
        .assert()
        .code(2)
        .stderr(predicate::str::contains(
            "next: `cargo grader list` shows them all",
        ));
}

#[test]
fn one_kata_is_asked_for_where_many_would_do_no_good() {
    let course = course();
    for (folder, command, said) in [
        ("", "show", "no kata is named"),
        ("", "hint files", "\"files\" is more than one kata"),
        ("exercises/files", "reset", "more than one kata"),
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
    course()
        .grader("check")
        .current_dir(elsewhere.path())
        .assert()
        .code(2)
        .stderr(predicate::str::contains("is not inside a course"));
}

#[test]
fn wrong_usage_is_told_apart_from_help() {
    let course = course();
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
