//! What somebody may put beside sources, in a workspace or in the temporary folder, to make the
//! grader read, write or wait where it must not.

use crate::course::{Course, texts};
use rustix::fs::{CWD, Mode, mkfifoat};
use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

/// Far longer than anything here takes that does not wait for ever.
const LONG: Duration = Duration::from_mins(2);
const CONFIG: &str = "exercises/.cargo/config.toml";

/// A course in which the grader writes its alias.
fn with_alias() -> Course {
    let course = Course::new();
    course.write("Cargo.toml", "");
    course
}

fn list(course: &Course) {
    course.grader("list").timeout(LONG).assert().code(0);
}

fn read(course: &Course, below: &str) -> String {
    fs::read_to_string(course.path(below)).unwrap()
}

#[test]
fn the_alias_is_written_where_none_is_and_brought_up_to_date() {
    let course = with_alias();
    list(&course);
    let written = read(&course, CONFIG);
    assert!(
        written.contains("grader = \"run --profile grader"),
        "{written}"
    );
    let first = written.lines().next().unwrap();
    course.write(CONFIG, &format!("{first}\n[alias]\ngrader = \"old\"\n"));
    list(&course);
    assert_eq!(read(&course, CONFIG), written);
}

#[test]
fn a_configuration_of_the_students_own_stays() {
    let course = with_alias();
    course.write(CONFIG, "[build]\njobs = 1\n");
    list(&course);
    assert_eq!(read(&course, CONFIG), "[build]\njobs = 1\n");
}

#[test]
fn no_link_in_the_place_of_the_configuration_or_its_folder_is_followed() {
    let course = with_alias();
    course.write("private/config.toml", "");
    fs::create_dir(course.path("exercises/.cargo")).unwrap();
    symlink(course.path("private/config.toml"), course.path(CONFIG)).unwrap();
    list(&course);
    assert_eq!(read(&course, "private/config.toml"), "");

    fs::remove_dir_all(course.path("exercises/.cargo")).unwrap();
    fs::remove_file(course.path("private/config.toml")).unwrap();
    symlink(course.path("private"), course.path("exercises/.cargo")).unwrap();
    list(&course);
    assert_eq!(fs::read_dir(course.path("private")).unwrap().count(), 0);
}

#[test]
fn named_pipes_in_the_place_of_files_are_not_waited_for() {
    let course = with_alias();
    fs::create_dir(course.path("exercises/.cargo")).unwrap();
    let temporary = course.path("temporary");
    fs::create_dir_all(temporary.join("grader-x")).unwrap();
    for manifest in ["exercises", "exercises/basics/adder"] {
        fs::remove_file(course.path(manifest).join("Cargo.toml")).unwrap();
    }
    for pipe in [
        CONFIG,
        "temporary/grader-x/.lock",
        "exercises/Cargo.toml",
        "exercises/basics/adder/Cargo.toml",
    ] {
        mkfifoat(CWD, course.path(pipe), Mode::RWXU).unwrap();
    }
    for command in ["list", "doctor", "check"] {
        let mut command = course.grader(command);
        let output = command.env("TMPDIR", &temporary).timeout(LONG).output();
        let code = output.unwrap().status.code();
        assert!(matches!(code, Some(0 | 1)), "{code:?}");
    }
}

#[test]
fn a_linked_folder_does_not_make_the_report_name_what_is_in_it() {
    let course = Course::new();
    course.write("private/secret-plan/Cargo.toml", "");
    symlink(course.path("private"), course.path("exercises/basics/mine")).unwrap();
    symlink(course.path("private"), course.path("exercises/mine")).unwrap();
    let report = course.report("");
    assert!(
        !report.0.to_string().contains("secret-plan"),
        "{:#}",
        report.0
    );
}

#[test]
fn thousands_of_stray_crates_make_a_short_report() {
    let course = Course::new();
    for number in 0..3000 {
        course.write(&format!("exercises/basics/stray-{number}/Cargo.toml"), "");
    }
    let report = course.report("");
    let warnings = texts(&report.0["warnings"]);
    assert_eq!(warnings.matches("is not a kata of this course").count(), 5);
    assert!(
        warnings.contains("of this kind are not shown"),
        "{warnings}"
    );
    assert!(report.0.to_string().len() < 10_000);
}
