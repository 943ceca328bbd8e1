//! `author new`: a kata that can be graded and verified before a word of it is written.

use crate::course::{Course, Report};
use predicates::str::contains;

#[test]
fn a_new_kata_is_not_attempted_and_verifies_as_nothing_judged_yet() {
    let course = Course::new();
    course
        .grader("author new basics first-steps")
        .assert()
        .code(0)
        .stdout(contains("author verify first-steps"));
    let verified = course.grader("author verify first-steps").assert().code(1);
    let said = String::from_utf8(verified.get_output().stdout.clone()).unwrap();
    let problems: Vec<&str> = said.lines().filter(|line| line.contains(" - ")).collect();
    assert!(
        matches!(problems.as_slice(), [only] if only.contains("nothing is judged yet")),
        "{said}"
    );
    let report = Report::printed_by(&mut course.grader("check first-steps --format json"));
    assert_eq!(report.verdict("first-steps"), "not-attempted");
}

#[test]
fn what_is_there_is_left_alone_and_a_name_that_names_no_crate_is_refused() {
    let course = Course::new();
    let new = |args: &str| {
        course
            .grader(&format!("author new {args}"))
            .assert()
            .code(2)
    };
    new("basics adder").stderr(contains("there is a kata adder already"));
    for id in ["Big", "two_words", "-x", "a--b", "../x", "1st"] {
        let mut new = course.grader("author new basics --");
        let refused = new.arg(id).assert().code(2);
        refused.stderr(contains("cannot name a track or a kata"));
    }
    let stray = course.path("solutions/basics/fresh");
    std::fs::create_dir_all(stray.join("src")).unwrap();
    std::fs::write(stray.join("src/lib.rs"), "mine").unwrap();
    new("basics fresh").stderr(contains("is there already"));
    assert!(!course.path("exercises/basics/fresh").exists());
}
