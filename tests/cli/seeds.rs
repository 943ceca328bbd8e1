//! Inputs nobody could know, and the same ones again.

use crate::course::{Course, Report, file_modes, solution, with_body};
use serde_json::Value;

/// Fails two cases with what it was given, so that inputs and panics are in the report.
fn failing() -> Course {
    let text = with_body(&solution(), "append_text", "    fs::write(path, text)");
    let text = with_body(&text, "read_bytes", "    panic!(\"{:?}\", path.as_ref())");
    Course::file_modes().and_submission("file-modes", &text)
}

fn input(report: &Report) -> &str {
    let case = report.case("appending_keeps_what_is_there_and_creates_what_is_not");
    let input = case["failure"]["input"].as_str().unwrap();
    assert!(!input.is_empty(), "{case:#}");
    input
}

#[test]
fn the_same_seed_gives_the_same_report_in_all_but_times() {
    let course = failing();
    let first = course.report("--seed 4711");
    assert_eq!(first.0["seed"], 4711);
    assert_eq!(
        first.without_times(),
        course.report("--seed 4711").without_times()
    );
    assert_ne!(input(&first), input(&course.report("--seed 4712")));
}

/// The same submission under the same seed again and again: what is said of `case` each time.
fn again(times: usize, text: &str, case: &str) -> Vec<Value> {
    let course = Course::file_modes().and_submission("file-modes", text);
    let grade = |_| {
        let case = course.report("--seed 4711").case(case).clone();
        Report(case).without_times()
    };
    (0..times).map(grade).collect()
}

fn assert_same(cases: &[Value]) {
    let [first, others @ ..] = cases else {
        panic!("nothing to compare")
    };
    for other in others {
        assert_eq!(first["verdict"], other["verdict"]);
        assert_eq!(first["failure"], other["failure"]);
    }
}

#[test]
fn handles_that_are_never_closed_get_the_same_verdict_each_time() {
    let text = file_modes("solutions", "wrong/forgotten_handle.rs");
    assert_same(&again(5, &text, "no_handle_outlives_its_call"));
}

#[test]
fn what_is_said_of_a_todo_that_is_reached_again_and_again_is_the_same_each_time() {
    let todo = r#"    let _ = (path, mode, body);
    std::thread::sleep(std::time::Duration::from_millis(1));
    todo!("lend the file")"#;
    let text = with_body(&solution(), "with_file", todo);
    let cases = again(3, &text, "no_handle_outlives_its_call");
    assert_eq!(cases[0]["verdict"], "not-attempted");
    assert_same(&cases);
}

#[test]
fn a_grade_without_a_seed_draws_a_fresh_one_and_says_how_to_replay_it() {
    let course = failing();
    let first = course.report("--no-cache");
    let second = course.report("--no-cache");
    assert_ne!(first.0["seed"], second.0["seed"]);
    assert_ne!(input(&first), input(&second));

    let case = first.case("appending_keeps_what_is_there_and_creates_what_is_not");
    let replay = case["failure"]["replay"].as_str().unwrap();
    let replay = replay.strip_prefix("cargo grader check ").unwrap();
    let again = course.report(replay);
    assert_eq!(input(&first), input(&again));
}

#[test]
fn a_replay_of_another_folder_names_that_folder() {
    let course = failing();
    let exercises = course.path("exercises");
    std::fs::rename(exercises, course.path("anna")).unwrap();
    let report = course.report("--from anna --seed 5");
    let case = report.case("appending_keeps_what_is_there_and_creates_what_is_not");
    assert_eq!(
        case["failure"]["replay"],
        "cargo grader check file-modes --from anna --seed 5"
    );
}

#[test]
fn repeating_draws_new_inputs_and_reports_the_round_that_failed() {
    let course = failing();
    let report = course.report("--seed 9 --repeat 3");
    let kata = report.kata("file-modes");
    assert_eq!(kata["verdict"], "failed");
    assert_eq!(kata["seed"], 9, "the first round that fails counts");
    course
        .grader("check --solutions --seed 9 --repeat 3 --format json")
        .assert()
        .code(0)
        .stdout(predicates::str::contains("\"seed\": 11"));
}
