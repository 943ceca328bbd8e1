//! What does not compile: one course, one mistake per kata, graded once.

use crate::course::{Course, Report, file_modes, replaced, solution, texts};
use std::sync::LazyLock;

struct Graded {
    report: Report,
    plain: String,
    status: Option<i32>,
}

static GRADED: LazyLock<Graded> = LazyLock::new(|| {
    let course = Course::file_modes()
        .and_twin("other-signature")
        .and_twin("renamed")
        .and_twin("syntax-error")
        .and_twin("reads-the-suite")
        .and_twin("names-the-driver");
    course.solve("file-modes", "exercises");
    let owned = replaced(
        &solution(),
        "pub fn write_text(path: impl AsRef<Path>, text: &str)",
        "pub fn write_text(path: impl AsRef<Path>, text: String)",
    );
    course.submit("other-signature", &owned);
    course.submit("renamed", &solution().replace("read_bytes", "bytes"));
    course.submit(
        "syntax-error",
        &replaced(&solution(), "fs::read(path)\n}", "fs::read(path\n}"),
    );
    let constants = ["suite.rs", "../suite.rs", "../../suite.rs"]
        .map(|path| format!("pub const _: &str = include_str!({path:?});\n"));
    course.submit("reads-the-suite", &(solution() + &constants.concat()));
    course.submit(
        "names-the-driver",
        &(solution() + "pub use suite_drive::serve;\nextern crate suite;\n"),
    );
    let output = course
        .grader("check --format json --report plain=plain")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Graded {
        report: Report::read(&text).unwrap(),
        plain: std::fs::read_to_string(course.path("plain")).unwrap(),
        status: output.status.code(),
    }
});

/// What the compiler said of a kata that does not compile, without its colours.
fn compiler(kata: &str) -> String {
    let kata = GRADED.report.kata(kata);
    assert_eq!(kata["verdict"], "does-not-compile", "{kata:#}");
    let text = texts(&kata["compiler"]);
    anstream::adapter::strip_str(&text).to_string()
}

/// What the compiler said, with every line break and indent a space.
fn prose(kata: &str) -> String {
    let words = compiler(kata);
    let words: Vec<&str> = words.split_whitespace().collect();
    words.join(" ")
}

/// Lines of the hidden suite of `file-modes` that the report shows to who wrote `kata`.
fn suite_lines_in(kata: &str) -> Vec<String> {
    let text = format!("{}{}", compiler(kata), GRADED.plain);
    let suite =
        file_modes("tests/hidden", "suite.rs").replace("file_modes", &kata.replace('-', "_"));
    let lines = suite.lines().map(str::trim).filter(|line| line.len() > 16);
    let shown = lines.filter(|line| text.contains(line));
    shown.map(str::to_owned).collect()
}

#[test]
fn a_syntax_error_is_told_in_rustcs_words_at_the_students_path() {
    let said = compiler("syntax-error");
    let line = solution()
        .lines()
        .position(|line| line.contains("fs::read(path)"))
        .unwrap();
    let place = format!("exercises/files/syntax-error/src/lib.rs:{}", line + 1);
    assert!(
        said.contains("error: mismatched closing delimiter: `}`"),
        "{said}"
    );
    assert!(said.contains(&place), "{said}");
    assert!(
        said.contains("fs::read(path"),
        "the line itself is not shown: {said}"
    );
    assert!(GRADED.plain.contains(&place), "{}", GRADED.plain);
}

#[test]
fn what_does_not_compile_leaves_the_others_alone() {
    let kata = GRADED.report.kata("file-modes");
    assert_eq!(kata["verdict"], "passed", "{kata:#}");
    assert_eq!(GRADED.status, Some(1));
}

#[test]
fn a_changed_signature_is_explained_and_shows_no_line_of_the_suite() {
    let said = prose("other-signature");
    assert!(
        said.contains("signature is no longer the one of the stub"),
        "{said}"
    );
    assert!(
        said.contains("cargo grader show other-signature --stub"),
        "{said}"
    );
    assert!(said.contains("error[E0308]: mismatched types"), "{said}");
    assert!(
        said.contains("exercises/files/other-signature/src/lib.rs:"),
        "{said}"
    );
    assert_eq!(suite_lines_in("other-signature"), Vec::<String>::new());
}

#[test]
fn a_public_name_that_is_gone_is_named() {
    let said = prose("renamed");
    assert!(said.contains("read_bytes"), "{said}");
    assert!(said.contains("cargo grader show renamed --stub"), "{said}");
    assert_eq!(suite_lines_in("renamed"), Vec::<String>::new());
}

#[test]
fn the_driver_cannot_be_named_and_the_suite_reads_as_if_nothing_in_it_decided() {
    let said = compiler("names-the-driver");
    assert!(said.contains("suite_drive"), "{said}");
    let everything = format!("{}{}", GRADED.report.0, GRADED.plain);
    assert!(!everything.contains("The contract of the README, read from left"));
}

#[test]
fn the_errors_of_a_lone_kata_come_before_everything_else_and_only_once() {
    let course = Course::file_modes();
    course.submit(
        "file-modes",
        &(solution() + "pub fn number() -> u32 { \"a text\" }\n"),
    );
    let output = course.grader("check --report json=json").output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let error = "error[E0308]: mismatched types";
    assert_eq!(printed.matches(error).count(), 1, "{printed}");
    let (before, after) = printed.split_once(error).unwrap();
    assert_eq!(before.trim(), "", "{printed}");
    assert!(after.contains("does not compile"), "{printed}");

    let report = Report::read(&std::fs::read_to_string(course.path("json")).unwrap()).unwrap();
    let said = texts(&report.kata("file-modes")["compiler"]);
    let said = anstream::adapter::strip_str(&said).to_string();
    assert!(said.contains(error), "{said}");
}
