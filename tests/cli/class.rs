//! `batch`: a class is graded as each student would be alone.

use crate::course::{Course, Report};
use predicates::prelude::*;
use std::fs;

/// A class of these students who have all solved `file-modes`.
fn class(students: &[&str]) -> Course {
    let course = Course::file_modes();
    for student in students {
        course.solve("file-modes", &format!("class/{student}"));
    }
    course
}

fn lib(course: &Course, student: &str) -> std::path::PathBuf {
    course.path(&format!("class/{student}/files/file-modes/src/lib.rs"))
}

fn report(course: &Course, student: &str) -> Report {
    let text = fs::read_to_string(course.path(&format!("reports/{student}.json")));
    Report::read(&text.unwrap()).unwrap()
}

fn verdict(course: &Course, student: &str) -> String {
    let report = report(course, student);
    report.kata("file-modes")["verdict"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn each_student_gets_a_report_and_a_line() {
    let course = class(&["ann", "bob", "cy", "dee"]);
    let solved = fs::read_to_string(lib(&course, "bob")).unwrap();
    fs::write(lib(&course, "bob"), format!("{solved}\n// Bob's own.\n")).unwrap();
    fs::write(lib(&course, "cy"), "pub fn").unwrap();
    fs::remove_dir_all(course.path("class/dee/files")).unwrap();
    let graded = course.grader("batch class --out reports").assert().code(1);
    graded.stdout(
        predicate::str::is_match(
            r"(?m)^ann +15/15 points +1/1 katas\nbob +15/15 .*\ncy +0/15 .*\ndee +0/15 ",
        )
        .unwrap(),
    );
    let verdicts = ["ann", "bob", "cy", "dee"].map(|student| verdict(&course, student));
    assert_eq!(
        verdicts,
        ["passed", "passed", "does-not-compile", "not-attempted"]
    );
}

#[test]
fn who_handed_in_the_same_gets_the_same_and_reads_only_of_his_own_folder() {
    let course = class(&["ann", "bob", "cy", "dee"]);
    let broken = fs::read_to_string(lib(&course, "cy")).unwrap();
    let broken = broken.replacen("pub fn write_text(", "pub fn write_texts(", 1);
    for student in ["cy", "dee"] {
        fs::write(lib(&course, student), &broken).unwrap();
    }
    course.grader("batch class --out reports").assert().code(1);
    let cases = |student| report(&course, student).without_times()["katas"].clone();
    assert_eq!(cases("ann"), cases("bob"));
    assert_eq!(verdict(&course, "dee"), "does-not-compile");
    for (student, other) in [("cy", "dee"), ("dee", "cy"), ("ann", "bob")] {
        let text = fs::read_to_string(course.path(&format!("reports/{student}.json"))).unwrap();
        assert!(text.contains(student) && !text.contains(&format!("class/{other}")));
    }
}

#[test]
fn a_seed_makes_a_class_grade_as_check_would() {
    let course = class(&["ann"]);
    let wrong = fs::read_to_string(lib(&course, "ann")).unwrap();
    let wrong = wrong.replacen(
        "fs::write(path, text)",
        "fs::write(path, text.repeat(2))",
        1,
    );
    fs::write(lib(&course, "ann"), wrong).unwrap();
    course
        .grader("batch class --out reports --seed 7")
        .assert()
        .code(1);
    let alone = course.report("--from class/ann --seed 7").without_times();
    let in_class = report(&course, "ann").without_times();
    assert_eq!(in_class["katas"], alone["katas"]);
}

#[test]
fn a_folder_without_students_is_told() {
    let course = Course::file_modes();
    course.write("class/notes.txt", "");
    course
        .grader("batch class --out reports")
        .assert()
        .code(2)
        .stderr(predicate::str::contains("holds no folder"));
    course
        .grader("batch nowhere --out reports")
        .assert()
        .code(2)
        .stderr(predicate::str::contains("cannot be listed"));
}

#[test]
fn reports_are_put_nowhere_among_the_students() {
    let course = class(&["ann"]);
    for out in ["class", "class/reports", "class/ann/reports"] {
        course
            .grader(&format!("batch class --out {out}"))
            .assert()
            .code(2)
            .stderr(predicate::str::contains("lies among the students"));
    }
    assert!(!course.path("class/reports").exists());
}

#[test]
fn the_work_of_many_who_handed_in_the_same_is_done_once() {
    let students = ["ann", "bob", "cy", "dee", "eve", "fay", "gus", "hal"];
    let course = class(&students);
    course
        .grader("batch class --out reports --jobs 1")
        .assert()
        .success();
    let kept = students.map(|student| report(&course, student).kata("file-modes")["kept"].clone());
    let made = kept.iter().filter(|kept| **kept == false).count();
    assert_eq!(made, 1, "{kept:?}");
}
