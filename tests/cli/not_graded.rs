//! What of a student's folder is not graded, and how the student learns it.

use crate::course::{Course, Report, solution, texts};
use predicates::prelude::*;
use std::fs;

fn course_with(text: &str) -> Course {
    let course = Course::new();
    course.submit("adder", text);
    course
}

/// Grades `adder` with more at the end of its solution, next to these files.
fn graded(more: &str, files: &[(&str, &str)]) -> (Course, Report) {
    let text = format!("{}\n{more}\n", solution("adder"));
    let course = course_with(&text);
    for (name, text) in files {
        course.write(&format!("exercises/basics/adder/{name}"), text);
    }
    let report = course.report("adder");
    (course, report)
}

#[test]
fn a_crate_of_the_students_own_manifest_does_not_compile_and_the_report_says_why() {
    let manifest = "[package]\nname = \"adder\"\n[dependencies]\nrand = \"0.9\"\nanyhow = \"1\"\n";
    let (course, report) = graded("use rand::random;", &[("Cargo.toml", manifest)]);
    let kata = report.kata("adder");
    assert_eq!(kata["verdict"], "does-not-compile");
    let warnings = texts(&kata["warnings"]);
    assert!(
        warnings.contains("exercises/basics/adder/Cargo.toml lists `rand`"),
        "{warnings}"
    );
    assert!(!warnings.contains("anyhow"), "{warnings}");
    // Also where the verdict is kept.
    let shown = predicate::str::contains("warning: ").and(predicate::str::contains("lists `rand`"));
    for format in ["human", "plain", "junit"] {
        let output = course
            .grader(&format!("check adder --format {format}"))
            .output();
        let text = String::from_utf8(output.unwrap().stdout).unwrap();
        assert!(text.contains("lists `rand`"), "{format}: {text}");
    }
    course.grader("check adder").assert().stdout(shown);
}

#[test]
fn a_data_file_is_not_read_and_the_report_says_what_to_do() {
    let (_, report) = graded(
        "pub const DATA: &str = include_str!(\"data.txt\");",
        &[("src/data.txt", "1, 2, 3")],
    );
    let kata = report.kata("adder");
    assert_eq!(kata["verdict"], "does-not-compile");
    let warnings = texts(&kata["warnings"]);
    for part in ["adder/src/data.txt is not graded", "into a constant"] {
        assert!(warnings.contains(part), "{warnings}");
    }
}

#[test]
fn an_error_that_has_nothing_to_do_with_other_files_is_not_blamed_on_them() {
    let (_, report) = graded(
        "pub const DATA: u8 = \"\";",
        &[
            ("src/data.txt", ""),
            ("Cargo.toml", "[dependencies]\nrand = \"0.9\"\n"),
        ],
    );
    let kata = report.kata("adder");
    assert_eq!(kata["verdict"], "does-not-compile");
    assert_eq!(texts(&kata["warnings"]), "");
}

#[test]
fn what_cargo_says_of_a_package_can_be_asked_for_and_hidden_files_are_ignored() {
    let text = format!(
        "{}\npub const VERSION: &str = concat!(env!(\"CARGO_PKG_NAME\"), env!(\"CARGO_PKG_VERSION\"));\n",
        solution("adder")
    );
    let course = course_with(&text);
    // As macOS leaves them on foreign disks.
    let hidden = course.lib("adder").with_file_name("._lib.rs");
    fs::write(hidden, b"\x00\x05\x16\x07\x00\xff").unwrap();
    course.write("exercises/basics/adder/src/.trash/old.rs", "fn f( {");
    let report = course.report("adder");
    assert_eq!(report.kata("adder")["verdict"], "passed");
}

#[test]
fn a_stub_with_another_layout_and_other_comments_is_not_attempted() {
    let course = Course::new();
    let stub = fs::read_to_string(course.lib("adder")).unwrap();
    let reformatted = stub
        .replace("    ", "\t")
        .replace("todo!()", "todo!( ) // later");
    assert_ne!(reformatted, stub);
    course.submit("adder", &format!("// I begin tomorrow.\n\n{reformatted}"));
    let report = course.report("adder");
    assert_eq!(report.kata("adder")["verdict"], "not-attempted");
    assert_eq!(report.0["protection"], "nothing was compiled or run");
}

#[test]
fn a_grade_needs_nothing_that_can_be_written_but_a_cache_folder() {
    let course = Course::new();
    course.solve("adder");
    // Whoever runs the tests, nothing can be made below a file.
    course.write(".katas", "");
    course.write("exercises/.cargo", "");
    let command = || {
        let mut command = course.grader("check adder --from exercises");
        command.env("CARGO_TARGET_DIR", course.path(".katas/target"));
        command
    };
    command()
        .env("XDG_CACHE_HOME", course.path("own"))
        .assert()
        .code(0)
        .stdout(predicate::str::contains("6 of 6 points"));
    assert!(course.path("own/rust-katas").is_dir());
    let neither = predicate::str::contains(".katas/target").and(predicate::str::contains(
        "set CARGO_TARGET_DIR or XDG_CACHE_HOME",
    ));
    command()
        .env("XDG_CACHE_HOME", course.path(".katas/own"))
        .assert()
        .code(3)
        .stderr(neither);
}
