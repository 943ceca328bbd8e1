//! The same submission under the same seed gets the same verdict, in the same words: alone, in a
//! class, whoever is graded beside it, and from the cache.

use crate::course::{Course, Report};
use serde_json::Value;
use similar::TextDiff;
use std::collections::BTreeMap;

/// One for each kind of end that a submission or a case can come to.
const SUBMISSIONS: [&str; 16] = [
    "adder/aborts",
    "adder/does_not_compile",
    "adder/exits",
    "adder/half_right",
    "adder/leaks_files",
    "adder/leaves_processes",
    "adder/panics",
    "adder/prints",
    "adder/rejected",
    "adder/renamed",
    "adder/solution",
    "adder/todo",
    "adder/warns",
    "spawner/deadlocks",
    "spawner/todo_again_and_again",
    "wordlist/solution",
];

/// Each uses as much of the machine as it may.
const NEIGHBOURS: [&str; 3] = ["adder/bombs_threads", "adder/hogs_memory", "adder/floods"];

/// What is said of each submission.
type Verdicts = BTreeMap<&'static str, Value>;

/// Puts a submission into the folder of a student of this name; its kata.
fn hand_in(course: &Course, student: &str, submission: &'static str) -> &'static str {
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
    let said = Report(report.kata(kata).clone()).without_times();
    let folder = format!("class/{student}");
    serde_json::from_str(&said.to_string().replace(&folder, "class/student")).unwrap()
}

fn alone() -> Verdicts {
    let course = Course::new();
    let verdicts = SUBMISSIONS.map(|submission| {
        let student = submission.replace('/', "-");
        let kata = hand_in(&course, &student, submission);
        let report = course.report(&format!("{kata} --from class/{student} --seed 7"));
        let said = said(&report, kata, &student);
        (submission, said)
    });
    verdicts.into()
}

/// Grades these as students of one class, in this order.
fn in_a_class(order: &[&'static str], jobs: usize) -> Verdicts {
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
        (*submission, said)
    });
    students.collect()
}

#[test]
fn a_submission_gets_the_same_verdict_alone_and_in_a_class_of_any_order() {
    let alone = alone();
    let mut backward = SUBMISSIONS;
    backward.reverse();
    let mut beside_neighbours = Vec::new();
    for (three, neighbour) in SUBMISSIONS.chunks(3).zip(NEIGHBOURS.iter().cycle()) {
        beside_neighbours.extend([neighbour].into_iter().chain(three));
    }
    for (order, jobs) in [
        (&SUBMISSIONS[..], 2),
        (&backward, 1),
        (&beside_neighbours, 4),
    ] {
        let in_a_class = in_a_class(order, jobs);
        for (submission, said) in &alone {
            let how = format!("alone, and among {order:?}");
            assert_same(submission, said, &in_a_class[submission], &how);
        }
    }
}

/// Fails with the lines that differ.
fn assert_same(submission: &str, expected: &Value, found: &Value, how: &str) {
    let [expected, found] = [expected, found].map(|said| format!("{said:#}"));
    let differ = TextDiff::from_lines(&expected, &found);
    assert!(
        expected == found,
        "{submission}, {how}:\n{}",
        differ.unified_diff()
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
            let [made, report] = [&made, &report].map(|report| said(report, "adder", "ann"));
            assert_same(submission, &made, &report, "made and kept");
        }
    }
}
