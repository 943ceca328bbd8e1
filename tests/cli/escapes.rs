//! What a submission prints, or is called, cannot steer whoever reads the report.

use crate::course::{Course, solution, with_body};
use crate::deeds::DEEDS;

/// Everything that could steer a terminal: control characters of both sets.
fn steers(letter: char) -> bool {
    letter.is_control() && letter != '\n'
}

fn assert_steers_nothing(form: &str, text: &str) {
    let found: Vec<String> = text
        .lines()
        .filter(|line| line.contains(steers))
        .map(|line| format!("{line:?}"))
        .collect();
    assert!(found.is_empty(), "{form}:\n{}", found.join("\n"));
}

#[test]
fn a_report_for_people_shows_escape_sequences_and_nul_instead_of_sending_them() {
    for text in [&DEEDS.human, &DEEDS.plain] {
        assert!(
            text.contains("\\u{1b}]0;printed\\u{7}\\u{1b}[2J\\u{0}"),
            "{text}"
        );
        assert!(text.contains("\\u{1b}]0;owned over"), "{text}");
        assert_steers_nothing("human", text);
    }
}

#[test]
fn junit_shows_escape_sequences_and_nul_instead_of_sending_them() {
    assert_steers_nothing("junit", &DEEDS.junit);
}

#[test]
fn an_escape_sequence_without_an_end_does_not_swallow_the_rest_of_a_junit_failure() {
    let root = crate::xml::parse(&DEEDS.junit);
    let cases = root.children[0].all("testcase");
    let panicked = cases.iter().find_map(|case| {
        case.children
            .first()
            .filter(|failure| failure.text.contains("panicked"))
    });
    let text = &panicked.unwrap().text;
    assert!(text.contains("owned over"), "{text}");
    assert!(text.contains("replay: cargo grader check"), "{text}");
}

#[test]
fn junit_is_well_formed_whatever_code_panics_with_prints_or_is_called() {
    let body = r#"    let forbidden: String = ('\0'..' ').chain('\u{7f}'..'\u{a0}').collect();
    let forbidden = format!("{forbidden}\u{fffe}\u{ffff}\u{fdd0}]]>&amp;<![CDATA[");
    println!("printed {forbidden}");
    eprintln!("complained {forbidden}");
    let name = forbidden.replace('\0', "");
    let thread = std::thread::Builder::new().name(name);
    let _ = thread.spawn({
        let forbidden = forbidden.clone();
        move || panic!("thread {forbidden}")
    });
    let _ = (path, text);
    panic!("main {forbidden}")"#;
    let course = Course::file_modes();
    course.submit("file-modes", &with_body(&solution(), "write_text", body));
    let output = course.grader("check --format junit").output().unwrap();
    let root = crate::xml::parse(&String::from_utf8(output.stdout).unwrap());
    let cases = root.children[0].all("testcase");
    for (inside, said) in [
        ("failure", "main "),
        ("system-out", "printed "),
        ("system-err", "complained "),
    ] {
        let texts = cases.iter().flat_map(|case| case.all(inside));
        let text = texts
            .map(|inside| &inside.text)
            .find(|text| text.contains(said));
        let text = text.unwrap_or_else(|| panic!("no {said:?} in {root:?}"));
        assert!(text.contains("\\u{1b}"), "{text}");
        assert!(
            text.contains("\\u{fffe}\\u{ffff}\u{fdd0}]]>&amp;<![CDATA["),
            "{text}"
        );
    }
}

#[test]
fn json_escapes_escape_sequences_and_nul() {
    assert!(DEEDS.json.contains("\\u001b]0;printed"), "{}", DEEDS.json);
    assert_steers_nothing("json", &DEEDS.json);
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
    let body = r#"    let thread = std::thread::Builder::new().name("\n::error::named".into());
    thread.spawn(|| println!("std::fs\n::error::x\n##[error]y")).unwrap().join().unwrap();
    let _ = (path, text);
    panic!("first std::fs::File\n ::add-mask::x\nlast ##vso[task.complete]y")"#;
    let course = Course::file_modes();
    course.submit("file-modes", &with_body(&solution(), "write_text", body));
    for form in ["human --color always", "plain", "json", "junit"] {
        let command = format!("check --format {form}");
        let output = course.grader(&command).output().unwrap();
        let texts = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        assert!(texts[0].contains("first std::fs::File"), "{form}");
        for text in &texts {
            assert_eq!(commands(text), Vec::<&str>::new(), "{form}");
        }
    }
}

#[test]
fn what_reads_a_junit_file_finds_no_command_in_it_either() {
    let body = "    let _ = (path, text);\n    panic!(\"\\n::error::x\\n##[error]y\")";
    let course = Course::file_modes();
    course.submit("file-modes", &with_body(&solution(), "write_text", body));
    let output = course.grader("check --format junit").output().unwrap();
    let root = crate::xml::parse(&String::from_utf8(output.stdout).unwrap());
    let cases = root.children[0].all("testcase");
    let failures = cases.iter().flat_map(|case| &case.children);
    let texts: Vec<&str> = failures.map(|failure| failure.text.as_str()).collect();
    assert!(
        texts.iter().any(|text| text.contains("error::x")),
        "{texts:?}"
    );
    assert_eq!(commands(&texts.join("\n")), Vec::<&str>::new());
}

#[test]
fn names_of_files_and_folders_cannot_steer_a_terminal_either() {
    let course = Course::file_modes();
    course.write("exercises/files/\u{1b}[2Jstray/Cargo.toml", "");
    course.write("exercises/files/file-modes/Cargo.toml", "\u{1b}[2J = ");
    course.write("exercises/Cargo.toml", "[\"\u{9b}31m");
    let lib = course.lib("file-modes");
    std::fs::rename(&lib, lib.with_file_name("\u{1b}[2J.rs")).unwrap();
    std::os::unix::fs::symlink("lib.rs", lib).unwrap();
    for command in ["check --format plain", "check --format junit", "doctor"] {
        let output = course.grader(command).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.is_empty());
        assert_steers_nothing(command, &text);
    }
}

#[test]
fn what_rustc_quotes_cannot_steer_a_terminal_even_where_colour_is_asked_for() {
    let line = "    let _ = (path, text, \"\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\");\n    0";
    let course = Course::file_modes();
    course.submit("file-modes", &with_body(&solution(), "write_text", line));
    let output = course.grader("check --color always").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("error[E0308]") || text.contains("E0308"),
        "{text}"
    );
    // The compiler's own colours may stay; nothing else may.
    let mut rest = text.as_str();
    let mut shown = String::new();
    while let Some(start) = rest.find("\u{1b}[") {
        let (before, sequence) = rest.split_at(start);
        let end = sequence.find('m').unwrap();
        let numbers = &sequence[2..end];
        assert!(
            numbers
                .chars()
                .all(|letter| letter.is_ascii_digit() || letter == ';'),
            "{numbers:?}"
        );
        shown.push_str(before);
        rest = &sequence[end + 1..];
    }
    shown.push_str(rest);
    assert_steers_nothing("human", &shown);
}
