//! The same submission under the same seed gets the same verdict, in the same words: alone, in a
//! class, whoever is graded beside it, and from the cache.

use crate::course::{Course, Report, mistake};
use serde_json::Value;
use similar::TextDiff;
use std::collections::BTreeMap;

/// Right, wrong and odd ones: at least one for each kind of end that a submission or a case can
/// come to. `wrong/` are the course's own wrong solutions.
const SUBMISSIONS: [&str; 34] = [
    "adder/aborts",
    "adder/breaks_xml",
    "adder/commands",
    "adder/does_not_compile",
    "adder/exits",
    "adder/half_right",
    "adder/leaks_files",
    "adder/leaves_processes",
    "adder/loops",
    "adder/other_signature",
    "adder/panics",
    "adder/prints",
    "adder/rejected",
    "adder/renamed",
    "adder/solution",
    "adder/steers",
    "adder/todo",
    "adder/unclosed",
    "adder/warns",
    "adder/writes_everywhere",
    "adder/wrong",
    "adder/wrong/greets_nobody",
    "adder/wrong/overflows",
    "spawner/deadlocks",
    "spawner/solution",
    "spawner/todo_again_and_again",
    "spawner/todo_on_a_thread",
    "spawner/wrong/no_thread",
    "spawner/wrong/one_after_the_other",
    "ticket/solution",
    "ticket/wrong/borrowed",
    "ticket/wrong/copied",
    "wordlist/solution",
    "wordlist/wrong/checked_too_late",
];

/// Each uses as much of the machine as it may.
const NEIGHBOURS: [&str; 3] = ["adder/bombs_threads", "adder/hogs_memory", "adder/floods"];

/// What is said of each submission.
type Verdicts = BTreeMap<&'static str, Value>;

/// Puts a submission into the folder of a student of this name; its kata.
fn hand_in(course: &Course, student: &str, submission: &'static str) -> &'static str {
    let (kata, name) = submission.split_once('/').unwrap();
    let folder = course.student(student);
    if name == "solution" {
        folder.solve(kata);
    } else if let Some(name) = name.strip_prefix("wrong/") {
        folder.submit(kata, &mistake(kata, name).0);
    } else {
        folder.hand_in(submission);
    }
    kata
}

/// What is said of a kata, without times and without the student's name.
fn said(report: &Report, kata: &str, student: &str) -> Value {
    let said = Report(report.kata(kata).clone()).without_times();
    let folder = format!("class/{student}");
    serde_json::from_str(&said.to_string().replace(&folder, "class/student")).unwrap()
}

/// Grades each by itself: what was made, what the cache says when asked again, and what is made
/// again without it must agree.
fn alone() -> Verdicts {
    let course = Course::new();
    let verdicts = SUBMISSIONS.map(|submission| {
        let student = submission.replace('/', "-");
        let kata = hand_in(&course, &student, submission);
        let grade = |args: &str| {
            let args = format!("{kata} --from class/{student} --seed 7 {args}");
            said(&course.report(&args), kata, &student)
        };
        let made = grade("");
        for args in ["", "--no-cache"] {
            assert_same(submission, &made, &grade(args), &format!("again {args}"));
        }
        (submission, made)
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
    // 13 and their number have no common divisor, so each comes once.
    let shuffled: [_; SUBMISSIONS.len()] =
        std::array::from_fn(|at| SUBMISSIONS[at * 13 % SUBMISSIONS.len()]);
    let mut beside_neighbours = Vec::new();
    for (some, neighbour) in shuffled.chunks(3).zip(NEIGHBOURS.iter().cycle()) {
        beside_neighbours.extend([neighbour].into_iter().chain(some));
    }
    for (order, jobs) in [
        (&SUBMISSIONS[..], 2),
        (&backward, 1),
        (&shuffled, 3),
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
fn a_verdict_from_the_cache_says_the_seed_that_it_was_made_with() {
    for submission in ["adder/solution", "adder/half_right", "adder/warns"] {
        let course = Course::new();
        hand_in(&course, "ann", submission);
        let grade = |args: &str| course.report(&format!("adder --from class/ann {args}"));
        let made = grade("");
        let kept = grade("");
        assert_eq!(kept.kata("adder")["kept"], true, "{submission}");
        let again = grade(&format!("--no-cache --seed {}", kept.kata("adder")["seed"]));
        for report in [kept, again] {
            let [made, report] = [&made, &report].map(|report| said(report, "adder", "ann"));
            assert_same(submission, &made, &report, "made and kept");
        }
    }
}
