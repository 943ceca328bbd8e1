//! What a submission prints, or is called, cannot steer whoever reads the report.

use crate::course::Course;
use crate::xml;
use std::os::unix::fs::symlink;

const FORMATS: [&str; 4] = ["human", "plain", "json", "junit"];

/// What `check adder` prints in a format.
fn printed(submission: &str, format: &str) -> String {
    let course = Course::with(submission);
    let check = format!("check adder --seed 7 --format {format}");
    let output = course.grader(&check).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Everything that could steer a terminal: control characters of both sets.
fn steers(letter: char) -> bool {
    letter.is_control() && letter != '\n'
}

fn assert_steers_nothing(format: &str, text: &str) {
    let found: Vec<String> = text
        .lines()
        .filter(|line| line.contains(steers))
        .map(|line| format!("{line:?}"))
        .collect();
    assert!(found.is_empty(), "{format}:\n{}", found.join("\n"));
}

/// The text of every failure in a `JUnit` report of one kata.
fn failures(junit: &str) -> Vec<String> {
    let root = xml::parse(junit);
    let cases = root.children[0].all("testcase");
    let failures = cases.iter().flat_map(|case| &case.children);
    failures.map(|failure| failure.text.clone()).collect()
}

#[test]
fn escape_sequences_and_nul_are_shown_and_not_sent() {
    for format in FORMATS {
        let text = printed("adder/steers", format);
        assert_steers_nothing(format, &text);
        assert!(text.contains("]0;owned by"), "{format}:\n{text}");
    }
    for format in ["human", "plain"] {
        let text = printed("adder/steers", format);
        let shown = "\\u{1b}]0;printed\\u{7}\\u{1b}[2J\\u{0}\\u{9b}31m\\u{202e}";
        assert!(text.contains(shown), "{format}:\n{text}");
    }
}

#[test]
fn an_escape_sequence_without_an_end_does_not_swallow_the_rest_of_a_failure() {
    let failures = failures(&printed("adder/steers", "junit"));
    let panicked = failures.iter().find(|text| text.contains("panicked"));
    let panicked = panicked.unwrap();
    assert!(panicked.contains("owned by"), "{panicked}");
    assert!(
        panicked.contains("replay: cargo grader check"),
        "{panicked}"
    );
}

#[test]
fn junit_is_well_formed_whatever_code_panics_with_prints_or_is_called() {
    let root = xml::parse(&printed("adder/breaks_xml", "junit"));
    let cases = root.children[0].all("testcase");
    for (inside, said) in [
        ("failure", "main "),
        ("failure", "thread "),
        ("system-out", "printed "),
        ("system-err", "complained "),
    ] {
        let elements = cases.iter().flat_map(|case| case.all(inside));
        let mut texts = elements.map(|element| &element.text);
        let text = texts.find(|text| text.contains(said));
        let text = text.unwrap_or_else(|| panic!("no {said:?} in {root:?}"));
        assert!(text.contains("\\u{1b}"), "{text}");
        assert!(
            text.contains("\\u{fffe}\\u{ffff}\u{fdd0}]]>&amp;<![CDATA["),
            "{text}"
        );
    }
}

/// What a CI system would obey if it stood in a log.
fn commands(text: &str) -> Vec<&str> {
    let is_command = |line: &&str| {
        line.trim_start().starts_with("::") || ["##[", "##vso["].iter().any(|it| line.contains(it))
    };
    text.lines().filter(is_command).collect()
}

#[test]
fn no_form_of_a_report_holds_a_command_to_a_ci_system() {
    for format in ["human --color always", "plain", "json", "junit"] {
        let text = printed("adder/commands", format);
        assert!(text.contains("add-mask::x"), "{format}:\n{text}");
        assert_eq!(commands(&text), Vec::<&str>::new(), "{format}");
    }
}

#[test]
fn what_reads_a_junit_file_finds_no_command_in_it_either() {
    let texts = failures(&printed("adder/commands", "junit")).join("\n");
    assert!(texts.contains("add-mask::x"), "{texts}");
    assert_eq!(commands(&texts), Vec::<&str>::new());
}

#[test]
fn names_of_files_and_folders_cannot_steer_a_terminal_either() {
    let course = Course::new();
    course.write("exercises/basics/\u{1b}[2Jstray/Cargo.toml", "");
    course.write("exercises/basics/adder/Cargo.toml", "\u{1b}[2J = ");
    course.write("exercises/Cargo.toml", "[\"\u{9b}31m");
    let lib = course.lib("adder");
    std::fs::rename(&lib, lib.with_file_name("\u{1b}[2J.rs")).unwrap();
    symlink("lib.rs", lib).unwrap();
    for command in ["check --format plain", "check --format junit", "doctor"] {
        let output = course.grader(command).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.is_empty());
        assert_steers_nothing(command, &text);
    }
}

#[test]
fn what_rustc_quotes_cannot_steer_a_terminal_even_where_colour_is_asked_for() {
    let course = Course::new();
    course.submit(
        "adder",
        "pub fn add() -> u8 {\n    \"\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\"\n}\n",
    );
    let check = course.grader("check adder --color always").output();
    let text = String::from_utf8(check.unwrap().stdout).unwrap();
    assert!(text.contains("E0308"), "{text}");
    assert!(text.contains('\u{1b}'), "no colour: {text:?}");
    assert_steers_nothing("human", &without_colour(&text));
}

/// Takes sequences that change a colour out of a text; all others stay.
fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut shown = parts.next().unwrap().to_owned();
    for part in parts {
        let is_of_numbers = |numbers: &str| {
            let mut letters = numbers.chars();
            letters.all(|letter| letter.is_ascii_digit() || letter == ';')
        };
        match part.split_once('m') {
            Some((numbers, rest)) if is_of_numbers(numbers) => shown.push_str(rest),
            _ => shown = format!("{shown}\u{1b}[{part}"),
        }
    }
    shown
}
