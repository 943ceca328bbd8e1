//! Drivers that were compiled for an earlier submission.

use crate::course::{Course, replaced, with_body};
use predicates::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

const LIB: &str = "exercises/threads/bank-balance/src/lib.rs";

/// A solved `bank-balance` that no other course has a driver for.
fn solved() -> Course {
    let course = Course::new(&["bank-balance"]);
    course.solve("bank-balance", "exercises");
    let name = course.path("").display().to_string();
    edit(&course, |text| {
        format!("{text}\n/// Whose it is.\npub const WHOSE: &str = {name:?};\n")
    });
    course
}

fn edit(course: &Course, change: impl FnOnce(&str) -> String) {
    let text = fs::read_to_string(course.path(LIB)).unwrap();
    fs::write(course.path(LIB), change(&text)).unwrap();
}

fn verdict(course: &Course) -> String {
    let report = course.report("");
    let verdict = report.kata("bank-balance")["verdict"].as_str();
    verdict.unwrap().to_owned()
}

/// Lets a generic function, which is compiled with the driver, say where it stands.
fn saying_where_it_stands(text: &str) -> String {
    let line = "        let mut cents = self.lock(account)?;\n        Ok(change(&mut cents))";
    let more = "        assert!(account > 1 << 40, \"compiled as {}\", file!());";
    replaced(text, line, &format!("{more}\n{line}"))
}

/// Every driver of `bank-balance` that is kept.
fn kept() -> Vec<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"));
    let depot = fs::read_dir(target.join("grader-depot")).unwrap();
    let entries = depot.map(|entry| entry.unwrap().path());
    let is_driver = |path: &PathBuf| path.to_string_lossy().contains("/driver-bank-balance-");
    entries.filter(is_driver).collect()
}

#[test]
fn an_edit_inside_a_function_is_judged_with_the_driver_that_was_kept() {
    let course = solved();
    assert_eq!(verdict(&course), "passed");
    let right = fs::read_to_string(course.path(LIB)).unwrap();
    edit(&course, |text| with_body(text, "total", "        Ok(7)"));
    assert_eq!(verdict(&course), "failed");
    fs::write(course.path(LIB), right).unwrap();
    assert_eq!(verdict(&course), "passed");
    edit(&course, |text| {
        let text = saying_where_it_stands(text);
        with_body(&text, "total", "        Ok(7)")
    });
    let report = course.report("").kata("bank-balance").to_string();
    assert!(
        report.contains("compiled as interface/src/lib.rs"),
        "{report}"
    );
}

#[test]
fn a_field_that_was_added_is_where_the_driver_expects_it() {
    let course = solved();
    assert_eq!(verdict(&course), "passed");
    edit(&course, |text| {
        let text = replaced(
            text,
            "pub struct Bank {\n",
            "pub struct Bank {\n    _before: [u64; 9],\n",
        );
        replaced(
            &text,
            "Self { accounts }",
            "Self { _before: [7; 9], accounts }",
        )
    });
    assert_eq!(verdict(&course), "passed");
}

#[test]
fn a_panic_in_code_that_is_compiled_with_the_driver_is_shown_where_it_was_written() {
    let course = solved();
    edit(&course, |text| {
        let text = saying_where_it_stands(text);
        with_body(
            &text,
            "outcomes",
            "\n\n        // Much more.\n\n        todo!(\"{start} {amounts:?}\")",
        )
    });
    let text = fs::read_to_string(course.path(LIB)).unwrap();
    let line = text
        .lines()
        .position(|line| line.contains("compiled as"))
        .unwrap();
    let report = course.report("");
    let cases = report.kata("bank-balance")["cases"]
        .as_array()
        .unwrap()
        .clone();
    let panics = cases
        .iter()
        .filter_map(|case| case["failure"]["panics"].as_array().cloned());
    let panic = panics
        .flatten()
        .find(|panic| {
            panic["message"]
                .as_str()
                .unwrap()
                .starts_with("compiled as")
        })
        .unwrap();
    assert_eq!(panic["line"], line + 1);
    assert_eq!(panic["file"], LIB);
    assert!(panic["source"].as_str().unwrap().starts_with("assert!("));
}

#[test]
fn a_driver_that_was_damaged_costs_nobody_anything() {
    let course = solved();
    assert_eq!(verdict(&course), "passed");
    for damage in [0, 100, 10_000] {
        for folder in kept() {
            let library = folder.join("libdriver.rlib");
            if let Ok(bytes) = fs::read(&library) {
                let _ = fs::write(&library, &bytes[..bytes.len().min(damage)]);
            }
        }
        edit(&course, |text| format!("{text}// {damage}\n"));
        assert_eq!(verdict(&course), "passed");
    }
}

#[test]
fn what_cannot_be_compiled_without_bodies_is_compiled_with_them() {
    let course = solved();
    edit(&course, |text| {
        format!("{text}\n/// Itself.\npub const TEXT: &str = include_str!(\"lib.rs\");\n")
    });
    assert_eq!(verdict(&course), "passed");
}

#[test]
fn students_whose_crates_look_the_same_from_outside_are_each_judged_by_their_own() {
    let course = solved();
    let right = fs::read_to_string(course.path(LIB)).unwrap();
    let wrong = with_body(&right, "total", "        Ok(7)");
    for (number, text) in [&right, &wrong].into_iter().cycle().take(6).enumerate() {
        let lib = format!("class/student{number}/threads/bank-balance/src/lib.rs");
        course.write(&lib, &format!("{text}// {number}\n"));
    }
    let graded = course.grader("batch class --jobs 1 --out reports").assert();
    let passed_and_failed = (0..6).map(|number| {
        let points = if number % 2 == 0 { "17/17" } else { r"\d+/17" };
        let katas = if number % 2 == 0 { "1/1" } else { "0/1" };
        format!(r"student{number} +{points} points +{katas} katas")
    });
    let all: Vec<String> = passed_and_failed.collect();
    graded
        .code(1)
        .stdout(predicate::str::is_match(all.join("\n")).unwrap());
}
