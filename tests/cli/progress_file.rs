//! The record of what a student has reached, when several graders write it, or what lies in its
//! place is not the grader's.

use crate::course::{Course, KATAS};
use predicates::prelude::*;
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;

const RECORD: &str = ".katas/progress.json";

fn record(course: &Course) -> Value {
    let text = fs::read_to_string(course.path(RECORD)).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn graders_that_end_at_the_same_moment_all_put_their_kata_on_record() {
    let course = Course::new();
    for round in 0..10 {
        let start = |kata: &&str| {
            let mut command = course.program("", &format!("check {kata}"));
            command.stdout(Stdio::null()).spawn().unwrap()
        };
        let graders: Vec<_> = KATAS.iter().map(start).collect();
        for mut grader in graders {
            assert_eq!(grader.wait().unwrap().code(), Some(1));
        }
        let record = record(&course);
        for kata in KATAS {
            let last = &record["katas"][kata]["last"];
            assert_eq!(last, "not attempted", "{kata} in round {round}: {record:#}");
        }
        fs::remove_file(course.path(RECORD)).unwrap();
    }
}

#[test]
fn a_record_that_is_locked_for_good_is_told_and_left_as_it_is() {
    let course = Course::new();
    course.write(RECORD, r#"{"version": 1, "katas": {}}"#);
    course.write(".katas/progress.lock", "");
    let lock = fs::File::open(course.path(".katas/progress.lock")).unwrap();
    lock.lock().unwrap();
    course
        .grader("check")
        .assert()
        .code(3)
        .stdout(predicate::str::contains("not attempted"))
        .stderr(predicate::str::contains("another grader has kept"))
        .stderr(predicate::str::contains("progress.lock locked"));
    assert_eq!(record(&course)["katas"], serde_json::json!({}));
}

#[test]
fn a_link_in_the_place_of_the_record_or_its_folder_is_not_followed() {
    for link in [RECORD, ".katas/progress.lock", ".katas"] {
        let course = Course::new();
        course.write("elsewhere/progress.json", r#"{"version": 1, "katas": {}}"#);
        if link == ".katas" {
            symlink(course.path("elsewhere"), course.path(link)).unwrap();
        } else {
            course.write(".katas/keep", "");
            symlink(course.path("elsewhere/progress.json"), course.path(link)).unwrap();
        }
        course
            .grader("check --no-cache")
            .assert()
            .code(3)
            .stdout(predicate::str::contains("not attempted"))
            .stderr(predicate::str::contains("it is a link"));
        let text = fs::read_to_string(course.path("elsewhere/progress.json")).unwrap();
        assert!(!text.contains("adder"), "{link}: {text}");
    }
}
