//! Commands that are printed to be copied work in a shell, whatever a folder is called.

use crate::course::{Course, Report};
use std::process::Command;

/// Names that mean something to a shell.
const NAMES: [&str; 6] = [
    "with blank",
    "it's",
    "$(touch made)",
    "two\nlines",
    "-flag",
    "\u{1b}[2J",
];

/// A course with a folder of submissions of each of these names, none of them right.
fn course() -> Course {
    let course = Course::new();
    for name in NAMES {
        course.student(name).hand_in("adder/wrong");
    }
    course
}

/// The failure that was graded in `folder` of the course, run again by `bash` as it was told.
fn again(course: &Course, replay: &str) -> Report {
    let replay = replay.replacen("cargo grader check", "\"$GRADER\" check --format json", 1);
    let output = Command::new("bash")
        .args(["-c", &replay])
        .current_dir(course.path(""))
        .env("GRADER", assert_cmd::cargo::cargo_bin!("grader"))
        .env_remove("CI")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Report::read(&text).unwrap_or_else(|| {
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        panic!("{replay:?}\n{complaint}")
    })
}

/// The command that runs the first failure of a report again.
fn replay(report: &Report) -> String {
    let case = report.not_passed("adder")[0];
    let replay = &report.case(case)["failure"]["replay"];
    replay.as_str().unwrap().to_owned()
}

#[test]
fn the_command_that_replays_a_failure_can_be_copied_from_the_reports_of_a_class() {
    let course = course();
    course
        .grader("batch class adder --out reports")
        .assert()
        .code(1);
    for name in NAMES {
        let report = course.report_on(name);
        let again = again(&course, &replay(&report));
        assert_eq!(again.0["seed"], report.0["seed"], "{name:?}");
        assert_eq!(
            again.not_passed("adder"),
            report.not_passed("adder"),
            "{name:?}"
        );
    }
    assert!(!course.path("made").exists(), "a name was run as a command");
}

#[test]
fn the_command_that_a_person_reads_is_the_one_that_programs_read() {
    let course = course();
    for name in NAMES {
        let mut check = course.program("class", "check adder --seed 7");
        // Beside the folder, so that its name begins the argument.
        let output = check
            .arg(format!("--from={name}"))
            .args(["--report", "json=report", "--report", "junit=junit"])
            .output()
            .unwrap();
        let read = |file: &str| std::fs::read_to_string(course.path("class").join(file)).unwrap();
        let replay = replay(&Report::read(&read("report")).unwrap());
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(printed.contains(&replay), "{replay}\n{printed}");
        let junit = crate::xml::parse(&read("junit"));
        let cases = junit.children[0].all("testcase");
        let mut failures = cases.iter().flat_map(|case| case.all("failure"));
        assert!(
            failures.any(|failure| failure.text.contains(&replay)),
            "{replay}"
        );
    }
}
