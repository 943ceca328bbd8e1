//! Inputs nobody could know, and the same ones again.

use crate::course::{Course, Report};

fn input(report: &Report) -> &str {
    let case = report.case("negative_numbers_are_added");
    let input = case["failure"]["input"].as_str().unwrap();
    assert!(!input.is_empty(), "{case:#}");
    input
}

#[test]
fn the_same_seed_gives_the_same_report_in_all_but_times() {
    let course = Course::with("adder/half_right");
    let first = course.report("adder --seed 4711");
    assert_eq!(first.0["seed"], 4711);
    assert_eq!(
        first.without_times(),
        course.report("adder --seed 4711").without_times()
    );
    assert_ne!(input(&first), input(&course.report("adder --seed 4712")));
}

#[test]
fn a_grade_without_a_seed_draws_a_fresh_one_and_says_how_to_replay_it() {
    let course = Course::with("adder/half_right");
    let first = course.report("adder --no-cache");
    let second = course.report("adder --no-cache");
    assert_ne!(first.0["seed"], second.0["seed"]);
    assert_ne!(input(&first), input(&second));

    let case = first.case("negative_numbers_are_added");
    let replay = case["failure"]["replay"].as_str().unwrap();
    let replay = replay.strip_prefix("cargo grader check ").unwrap();
    let again = course.report(replay);
    assert_eq!(input(&first), input(&again));
}

#[test]
fn a_replay_of_another_folder_names_that_folder() {
    let course = Course::new();
    course.student("anna").hand_in("adder/half_right");
    let report = course.report("adder --from class/anna --seed 5");
    let case = report.case("negative_numbers_are_added");
    assert_eq!(
        case["failure"]["replay"],
        "cargo grader check adder --from class/anna --seed 5"
    );
}

#[test]
fn repeating_draws_new_inputs_and_reports_the_round_that_failed() {
    let course = Course::with("adder/half_right");
    let report = course.report("adder --seed 9 --repeat 3");
    assert_eq!(report.verdict("adder"), "failed");
    let kata = report.kata("adder");
    assert_eq!(kata["seed"], 9, "the first round that fails counts");
    course.solve("adder");
    let report = course.report("adder --seed 9 --repeat 3");
    assert_eq!(report.kata("adder")["seed"], 11, "the last round counts");
}
