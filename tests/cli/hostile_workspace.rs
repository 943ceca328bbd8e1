//! A student's workspace that is broken decides nothing.

use crate::course::{Course, Report, texts};
use std::fs;

#[test]
fn broken_manifests_and_stray_crates_are_warnings_and_the_grade_is_what_it_was() {
    let course = Course::new();
    course.solve("adder");
    for (file, text) in [
        ("exercises/Cargo.toml", "[workspace\nmembers = "),
        (
            "exercises/basics/adder/Cargo.toml",
            "[package]\nname = \"adder",
        ),
        ("exercises/basics/adder/build.rs", "fn main() { panic!() }"),
        (
            "exercises/basics/adder/.cargo/config.toml",
            "build.rustc = \"false\"",
        ),
        (
            "exercises/rust-toolchain.toml",
            "[toolchain]\nchannel = \"1.0.0\"",
        ),
        (
            "exercises/basics/my-try/Cargo.toml",
            "[package]\nname = \"my-try\"",
        ),
        ("exercises/basics/my-try/src/lib.rs", "not even Rust"),
        (
            "exercises/scratch/Cargo.toml",
            "[package]\nname = \"scratch\"",
        ),
    ] {
        course.write(file, text);
    }

    let mut check = course.grader("check adder --format json --report plain=plain");
    let report = Report::printed_by(&mut check);
    assert_eq!(report.verdict("adder"), "passed");
    check.assert().code(0);
    let warnings = texts(&report.0["warnings"]);
    for expected in [
        "exercises/Cargo.toml is not valid TOML",
        "exercises/basics/adder/Cargo.toml is not valid TOML",
        "restore it with `git checkout exercises/Cargo.toml`",
        "exercises/basics/my-try is not a kata of this course",
        "exercises/scratch is not a kata of this course",
    ] {
        assert!(
            warnings.contains(expected),
            "{expected} is not in\n{warnings}"
        );
    }
    let plain = fs::read_to_string(course.path("plain")).unwrap();
    assert_eq!(plain.matches("warning: ").count(), 4, "{plain}");
}

#[test]
fn a_missing_manifest_is_a_warning_too() {
    let course = Course::new();
    fs::remove_file(course.path("exercises/Cargo.toml")).unwrap();
    fs::remove_file(course.path("exercises/basics/adder/Cargo.toml")).unwrap();
    let report = course.report("");
    let warnings = texts(&report.0["warnings"]);
    assert_eq!(
        warnings.matches("is missing. Your grade").count(),
        2,
        "{warnings}"
    );
    assert_eq!(report.verdict("adder"), "not-attempted");
}
