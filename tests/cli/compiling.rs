//! What does not compile.

use crate::course::{Course, Report, original, submission, texts};

/// What a student who handed in something that does not compile is told.
struct Told {
    /// The compiler's messages in the JSON report, without colours.
    compiler: String,
    /// The report in plain text.
    plain: String,
}

impl Told {
    fn of(submission: &str) -> Self {
        let course = Course::with(submission);
        let mut check = course.grader("check adder --format json --report plain=plain");
        let report = Report::printed_by(&mut check);
        assert_eq!(report.verdict("adder"), "does-not-compile");
        Self {
            compiler: report.compiler("adder"),
            plain: std::fs::read_to_string(course.path("plain")).unwrap(),
        }
    }

    /// The messages with every line break and indent a space.
    fn prose(&self) -> String {
        let words: Vec<&str> = self.compiler.split_whitespace().collect();
        words.join(" ")
    }

    /// Lines of the hidden suite that are shown.
    fn suite_lines(&self) -> Vec<String> {
        let suite = original("tests/hidden", "adder", "suite.rs");
        let lines = suite.lines().map(str::trim).filter(|line| line.len() > 16);
        let shown = |line: &&str| {
            [&self.compiler, &self.plain]
                .iter()
                .any(|it| it.contains(*line))
        };
        lines.filter(shown).map(str::to_owned).collect()
    }
}

/// Where a line of a submission of `adder` stands.
fn place_of(name: &str, line: &str) -> String {
    let text = submission(name);
    let number = text.lines().position(|other| other.contains(line)).unwrap() + 1;
    format!("exercises/basics/adder/src/lib.rs:{number}")
}

#[test]
fn a_syntax_error_is_told_in_rustcs_words_at_the_students_path() {
    let told = Told::of("adder/unclosed");
    let place = place_of("adder/unclosed", "a.wrapping_add(b");
    for text in [&told.compiler, &told.plain] {
        assert!(
            text.contains("error: mismatched closing delimiter: `}`"),
            "{text}"
        );
        assert!(text.contains(&place), "{text}");
        assert!(
            text.contains("a.wrapping_add(b"),
            "the line itself is not shown: {text}"
        );
    }
}

#[test]
fn what_does_not_compile_leaves_the_other_katas_alone() {
    let course = Course::with("adder/does_not_compile");
    course.solve("spawner");
    let report = course.report("adder spawner");
    assert_eq!(report.verdict("adder"), "does-not-compile");
    assert_eq!(report.verdict("spawner"), "passed");
    course.grader("check adder spawner").assert().code(1);
}

#[test]
fn a_changed_signature_is_explained_and_shows_no_line_of_the_suite() {
    let told = Told::of("adder/other_signature");
    let place = place_of("adder/other_signature", "pub fn greet");
    for said in [
        "signature is no longer the one of the stub",
        "cargo grader show adder --stub",
        "error[E0308]: mismatched types",
        &place,
    ] {
        assert!(told.prose().contains(said), "{said}:\n{}", told.compiler);
    }
    assert_eq!(told.suite_lines(), Vec::<String>::new());
}

#[test]
fn a_public_name_that_is_gone_is_named() {
    let told = Told::of("adder/renamed");
    for said in ["`adder::add`", "cargo grader show adder --stub"] {
        assert!(told.prose().contains(said), "{said}:\n{}", told.compiler);
    }
    assert_eq!(told.suite_lines(), Vec::<String>::new());
}

#[test]
fn a_submission_that_reads_the_suite_finds_nothing_in_it_that_decides() {
    let course = Course::new();
    let reads = r#"
        pub fn add(_: i32, _: i32) -> i32 {
            panic!("{}", include_str!("../suite.rs"))
        }

        pub fn greet(_: &str) -> String {
            String::new()
        }
    "#;
    course.submit("adder", reads);
    let report = course.report("adder");
    let case = report.case("small_numbers_are_added");
    let read = case["failure"]["panics"][0]["message"].as_str().unwrap();
    assert!(read.contains("small_numbers_are_added"), "{read}");
    for decides in ["wrapping_add", "Hello", "rng.range"] {
        assert!(!read.contains(decides), "{read}");
    }
}

#[test]
fn a_submission_cannot_name_the_crates_of_the_driver() {
    let course = Course::new();
    for name in ["suite", "suite_drive", "wire", "driver"] {
        course.submit("adder", &format!("pub extern crate {name};\n"));
        let report = course.report("adder");
        let said = report.compiler("adder");
        assert!(
            said.contains(&format!("can't find crate for `{name}`")),
            "{said}"
        );
    }
}

#[test]
fn the_errors_of_a_lone_kata_come_before_everything_else_and_only_once() {
    let course = Course::with("adder/does_not_compile");
    let output = course
        .grader("check adder --report json=json")
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let error = "error[E0308]: mismatched types";
    assert_eq!(printed.matches(error).count(), 1, "{printed}");
    let (before, after) = printed.split_once(error).unwrap();
    assert_eq!(before.trim(), "", "{printed}");
    assert!(after.contains("does not compile"), "{printed}");

    let said = Report::read_file(&course.path("json")).compiler("adder");
    assert!(said.contains(error), "{said}");
}

#[test]
fn warnings_are_reported_and_cost_no_points() {
    let report = Course::with("adder/warns").report("adder");
    assert_eq!(report.verdict("adder"), "passed");
    let warnings = texts(&report.kata("adder")["compiler"]);
    assert!(warnings.contains("unused variable"), "{warnings}");
    assert!(warnings.contains("never used"), "{warnings}");
}
