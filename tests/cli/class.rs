//! `batch`: a class is graded as each student would be alone.

use crate::course::Course;
use predicates::prelude::*;

#[test]
fn each_student_gets_a_report_and_a_line() {
    let course = Course::new();
    course.student("ann").solve("adder");
    course.student("bob").hand_in("adder/warns");
    course.student("cy").hand_in("adder/unclosed");
    course.write("class/dee/notes.txt", "I was ill");
    let graded = course.grader("batch class --out reports").assert().code(1);
    graded.stdout(
        predicate::str::is_match(
            r"(?m)^ann +6/15 points +1/4 katas\nbob +6/15 .*\ncy +0/15 .*\ndee +0/15 ",
        )
        .unwrap(),
    );
    for (student, verdict) in [
        ("ann", "passed"),
        ("bob", "passed"),
        ("cy", "does-not-compile"),
        ("dee", "not-attempted"),
    ] {
        assert_eq!(course.report_on(student).verdict("adder"), verdict);
    }
}

#[test]
fn students_who_handed_in_the_same_get_the_same_and_read_only_of_their_own_folders() {
    let course = Course::new();
    for student in ["ann", "bob"] {
        course.student(student).solve("adder");
    }
    for student in ["cy", "dee"] {
        course.student(student).hand_in("adder/renamed");
    }
    course.grader("batch class --out reports").assert().code(1);
    let katas = |student| course.report_on(student).without_times()["katas"].clone();
    assert_eq!(katas("ann"), katas("bob"));
    assert_eq!(course.report_on("dee").verdict("adder"), "does-not-compile");
    for (student, other) in [("cy", "dee"), ("dee", "cy"), ("ann", "bob")] {
        let text = course.report_on(student).0.to_string();
        assert!(text.contains(student) && !text.contains(&format!("class/{other}")));
    }
}

#[test]
fn the_same_work_is_graded_once_for_all_who_handed_it_in() {
    let course = Course::new();
    for student in ["ann", "bob", "cy"] {
        course.student(student).solve("adder");
    }
    course
        .grader("batch class --out reports --jobs 1")
        .assert()
        .code(1);
    let reports = ["ann", "bob", "cy"].map(|student| course.report_on(student));
    let graded = reports
        .iter()
        .filter(|report| report.kata("adder")["kept"] == false);
    assert_eq!(graded.count(), 1);
}

#[test]
fn a_seed_makes_a_class_grade_as_check_would() {
    let course = Course::new();
    course.student("ann").hand_in("adder/half_right");
    course
        .grader("batch class --out reports --seed 7")
        .assert()
        .code(1);
    let alone = course.report("--from class/ann --seed 7").without_times();
    let in_class = course.report_on("ann").without_times();
    assert_eq!(in_class["katas"], alone["katas"]);
}

#[test]
fn a_folder_without_students_is_told() {
    let course = Course::new();
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
    let course = Course::new();
    course.student("ann").solve("adder");
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
fn a_students_odd_name_is_shown_and_does_not_steer_the_terminal() {
    let course = Course::new();
    let name = "\u{1b}[2Jann";
    course.student(name).solve("adder");
    let output = course.grader("batch class --out reports").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("ann"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
    assert_eq!(course.report_on(name).verdict("adder"), "passed");
}
