//! `author mutants`: changes of a solution that no case catches.

use crate::course::Course;
use predicates::str::contains;

/// A change that the suite of the adder cannot see: it greets by words of three to eight letters.
const ESCAPES: &str = "greet: first `let name = name.trim();`";

#[test]
fn a_change_that_no_case_catches_is_shown_until_it_is_explained() {
    let course = Course::new();
    let trimmed = || course.grader("author mutants adder --only name.trim()");
    let shown = trimmed().assert().code(1);
    shown.stdout(contains(ESCAPES)).stdout(contains("1 never"));

    course.configure(
        "adder",
        &format!("equivalent = [{{ mutant = \"{ESCAPES}\", reason = \"words have no spaces\" }}]"),
    );
    let explained = trimmed().assert().code(0);
    explained.stdout(contains("0 never; 1 explained"));
}

#[test]
fn a_change_that_some_case_catches_in_every_round_is_counted_only() {
    let course = Course::new();
    let emptied = course.grader("author mutants adder --only once").assert();
    emptied.code(0).stdout(contains("0 sometimes, 0 never"));
}

#[test]
fn what_is_explained_and_does_not_escape_is_shown() {
    let course = Course::new();
    course.configure(
        "ticket",
        "equivalent = [{ mutant = \"Ticket::gone: none\", reason = \"it is no more\" }]",
    );
    let stale = course.grader("author mutants ticket").assert().code(1);
    stale.stdout(contains("does not escape: Ticket::gone: none"));
}
