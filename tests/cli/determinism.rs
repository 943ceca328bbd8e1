//! The same submission under the same seed gets the same verdict, in the same words: alone, in a
//! class, whoever is graded beside it, and from the cache.

use crate::course::{Course, KATAS, Report, submissions};
use serde_json::Value;
use std::collections::BTreeMap;

/// Each uses as much of the machine as it may.
const NEIGHBOURS: [&str; 3] = ["adder/bombs_threads", "adder/hogs_memory", "adder/floods"];

/// What is said of each submission.
type Verdicts = BTreeMap<String, Value>;

/// All submissions, and a right solution of every kata.
fn everything() -> Vec<String> {
    let solutions = KATAS.map(|kata| format!("{kata}/solution"));
    submissions().into_iter().chain(solutions).collect()
}

/// Puts a submission into the folder of a student of this name; its kata.
fn hand_in<'a>(course: &Course, student: &str, submission: &'a str) -> &'a str {
    let (kata, name) = submission.split_once('/').unwrap();
    if name == "solution" {
        course.student(student).solve(kata);
    } else {
        course.student(student).hand_in(submission);
    }
    kata
}

/// What is said of a kata, without times and without the student's name.
fn said(report: &Report, kata: &str, student: &str) -> Value {
    let mut said = Report(report.kata(kata).clone()).without_times();
    for case in said["cases"].as_array_mut().unwrap() {
        // How much of a flood comes before it is stopped is chance.
        if case["verdict"] == "output-exceeded" {
            case["failure"]["printed"].take();
        }
    }
    let folder = format!("class/{student}");
    serde_json::from_str(&said.to_string().replace(&folder, "class/student")).unwrap()
}

fn alone() -> Verdicts {
    let course = Course::new();
    let verdicts = everything().into_iter().map(|submission| {
        let student = submission.replace('/', "-");
        let kata = hand_in(&course, &student, &submission);
        let report = course.report(&format!("{kata} --from class/{student} --seed 7"));
        let said = said(&report, kata, &student);
        (submission, said)
    });
    verdicts.collect()
}

/// Grades these as students of one class, in this order.
fn in_a_class(order: &[&str], jobs: usize) -> Verdicts {
    let course = Course::new();
    // A class is graded in the order of its students' names.
    let students: Vec<String> = (100..).take(order.len()).map(|it| it.to_string()).collect();
    for (student, submission) in students.iter().zip(order) {
        hand_in(&course, student, submission);
    }
    course
        .grader(&format!("batch class --out reports --seed 7 --jobs {jobs}"))
        .assert()
        .code(1);
    let students = students.iter().zip(order).map(|(student, submission)| {
        let (kata, _) = submission.split_once('/').unwrap();
        let said = said(&course.report_on(student), kata, student);
        ((*submission).to_owned(), said)
    });
    students.collect()
}

fn assert_same(expected: &Verdicts, found: &Verdicts, how: &str) {
    for (submission, said) in found {
        assert_eq!(&expected[submission], said, "{submission} {how}");
    }
}

#[test]
fn a_submission_gets_the_same_verdict_alone_and_in_a_class_of_any_order() {
    let alone = alone();
    let everything = everything();
    let forward: Vec<&str> = everything.iter().map(String::as_str).collect();
    let backward: Vec<&str> = forward.iter().rev().copied().collect();
    let beside_neighbours: Vec<&str> = forward
        .iter()
        .zip(NEIGHBOURS.iter().cycle())
        .flat_map(|(one, neighbour)| [*one, *neighbour])
        .collect();
    assert_same(&alone, &in_a_class(&forward, 2), "forward");
    assert_same(&alone, &in_a_class(&backward, 1), "backward, one at a time");
    assert_same(
        &alone,
        &in_a_class(&beside_neighbours, 4),
        "beside a neighbour",
    );
}

#[test]
fn a_verdict_from_the_cache_says_what_was_said_when_it_was_made() {
    for submission in [
        "adder/solution",
        "adder/half_right",
        "adder/exits",
        "adder/does_not_compile",
        "adder/warns",
        "adder/rejected",
    ] {
        let course = Course::new();
        hand_in(&course, "ann", submission);
        let grade = |args: &str| course.report(&format!("adder --from class/ann {args}"));
        let made = grade("");
        let kept = grade("");
        assert_eq!(kept.kata("adder")["kept"], true, "{submission}");
        let again = grade(&format!("--no-cache --seed {}", made.kata("adder")["seed"]));
        for report in [kept, again] {
            let expected = said(&made, "adder", "ann");
            assert_eq!(expected, said(&report, "adder", "ann"), "{submission}");
        }
    }
}
