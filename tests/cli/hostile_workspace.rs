//! A student's workspace that is broken decides nothing.

use crate::course::Course;

#[test]
fn broken_manifests_and_stray_crates_are_warnings_and_the_grade_is_what_it_was() {
    let course = Course::file_modes();
    course.solve("file-modes", "exercises");
    course.write("exercises/Cargo.toml", "[workspace\nmembers = ");
    course.write(
        "exercises/files/file-modes/Cargo.toml",
        "[package]\nname = \"file-modes",
    );
    course.write(
        "exercises/files/file-modes/build.rs",
        "fn main() { panic!() }",
    );
    course.write(
        "exercises/rust-toolchain.toml",
        "[toolchain]\nchannel = \"1.0.0\"",
    );
    course.write(
        "exercises/files/my-try/Cargo.toml",
        "[package]\nname = \"my-try\"",
    );
    course.write("exercises/files/my-try/src/lib.rs", "not even Rust");
    course.write(
        "exercises/scratch/Cargo.toml",
        "[package]\nname = \"scratch\"",
    );

    let output = course
        .grader("check --format json --report plain=plain")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let report = crate::course::Report::read(&String::from_utf8(output.stdout).unwrap()).unwrap();
    assert_eq!(report.kata("file-modes")["verdict"], "passed");
    let warnings = crate::course::texts(&report.0["warnings"]);
    for expected in [
        "exercises/Cargo.toml is not valid TOML",
        "exercises/files/file-modes/Cargo.toml is not valid TOML",
        "restore it with `git checkout exercises/Cargo.toml`",
        "exercises/files/my-try is not a kata of this course",
        "exercises/scratch is not a kata of this course",
    ] {
        assert!(
            warnings.contains(expected),
            "{expected} is not in\n{warnings}"
        );
    }
    let plain = std::fs::read_to_string(course.path("plain")).unwrap();
    assert_eq!(plain.matches("warning: ").count(), 4, "{plain}");
}

#[test]
fn a_missing_manifest_is_a_warning_too() {
    let course = Course::file_modes();
    std::fs::remove_file(course.path("exercises/Cargo.toml")).unwrap();
    std::fs::remove_file(course.path("exercises/files/file-modes/Cargo.toml")).unwrap();
    let report = course.report("");
    let warnings = crate::course::texts(&report.0["warnings"]);
    assert_eq!(warnings.matches("is missing").count(), 2, "{warnings}");
    assert_eq!(report.kata("file-modes")["verdict"], "not-attempted");
}
