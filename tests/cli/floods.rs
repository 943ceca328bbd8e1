//! A flood costs the grader no memory, and nobody a long report.

use crate::course::{Course, Report, solution, with_body};
use std::fmt::Write;
use std::fs;
use std::process::{Child, Stdio};

/// What the grader may hold, in MiB.
const MEMORY: u64 = 64;
/// The longest report of one kata, in bytes.
const REPORT: usize = 1 << 20;
/// What one case may print here, in MiB.
const OUTPUT: u64 = 256;

/// What the grader made of a flood.
struct Flood {
    report: Report,
    json: String,
    junit: String,
    human: String,
}

/// Grades, and holds the grader and its reports to their bounds.
#[track_caller]
fn graded(course: &Course) -> Flood {
    let reports = "--report json=json --report junit=junit --report human=human";
    let mut grader = course
        .program("", &format!("check --seed 7 {reports}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let most = most_memory(&mut grader).unwrap() >> 10;
    let read = |file| fs::read_to_string(course.path(file)).unwrap();
    let flood = Flood {
        report: Report::read(&read("json")).unwrap(),
        json: read("json"),
        junit: read("junit"),
        human: read("human"),
    };
    assert!(most < MEMORY, "the grader held {most} MiB");
    for text in [&flood.json, &flood.junit, &flood.human] {
        assert!(text.len() < REPORT, "a report of {} bytes", text.len());
    }
    crate::xml::parse(&flood.junit);
    flood
}

/// The most memory that a process ever held, in KiB, as far as it was seen.
fn most_memory(child: &mut Child) -> Option<u64> {
    let status = format!("/proc/{}/status", child.id());
    let mut most = None;
    while child.try_wait().unwrap().is_none() {
        let seen = fs::read_to_string(&status).unwrap_or_default();
        let line = seen.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let seen = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        most = most.max(seen);
        std::thread::yield_now();
    }
    most
}

#[test]
fn a_quarter_of_a_gibibyte_of_output_is_counted_and_not_kept() {
    let water = r#"    let _ = (path, text);
    loop {
        println!("{}", "water ".repeat(10_000));
    }"#;
    let limits = format!("[limits]\noutput-mib = {OUTPUT}\nwall-seconds = 60\ncpu-seconds = 60");
    let course = Course::file_modes()
        .and_about("file-modes", &limits)
        .and_submission("file-modes", &with_body(&solution(), "write_text", water));
    let flood = graded(&course);
    let case = flood.report.case("writing_replaces_the_whole_file");
    assert_eq!(case["verdict"], "output-exceeded");
    let stdout = case["failure"]["stdout"].as_str().unwrap();
    assert!(stdout.contains("bytes left out"), "{stdout}");
}

#[test]
fn an_answer_of_a_million_values_is_shown_by_its_two_ends() {
    let text = with_body(
        &solution(),
        "read_bytes",
        "    let _ = path;\n    Ok(vec![7; 1_000_000])",
    );
    let course = Course::file_modes().and_submission("file-modes", &text);
    let flood = graded(&course);
    let case = flood.report.case("bytes_survive_and_text_is_checked");
    assert_eq!(case["verdict"], "failed");
    let got = case["failure"]["mismatches"][0]["got"].as_str().unwrap();
    assert!(got.starts_with("Some(\n    [\n        7,\n"), "{got}");
    assert!(got.contains("bytes left out"), "{got}");
    assert!(got.ends_with("        7,\n    ],\n)"), "{got}");
}

#[test]
fn an_answer_of_a_million_control_characters_is_no_longer_when_it_is_escaped() {
    let text = with_body(
        &solution(),
        "read_text",
        "    let _ = path;\n    Ok(\"\\u{1b}\".repeat(500_000))",
    );
    let course = Course::file_modes().and_submission("file-modes", &text);
    let flood = graded(&course);
    let case = flood.report.case("bytes_survive_and_text_is_checked");
    assert_eq!(case["verdict"], "failed");
}

#[test]
fn threads_that_panic_without_end_are_told_a_few_times() {
    let panics = r#"    let _ = (path, text);
    for _ in 0..1000 {
        let thread = std::thread::Builder::new().name("n".repeat(10_000));
        let _ = thread.spawn(|| panic!("{}", "\u{1b}".repeat(1_000_000))).unwrap().join();
    }
    Ok(())"#;
    let text = with_body(&solution(), "write_text", panics);
    let text = with_body(&text, "append_text", panics);
    let course = Course::file_modes().and_submission("file-modes", &text);
    let flood = graded(&course);
    let case = flood.report.case("writing_replaces_the_whole_file");
    let panics = case["failure"]["panics"].as_array().unwrap();
    assert_eq!(panics.len(), 16);
    let (told, _) = flood.human.split_once("… and 13 more panics").unwrap();
    assert_eq!(told.matches("panicked at").count(), 3, "{told}");
}

#[test]
fn the_first_of_ten_thousand_errors_are_shown_and_the_others_are_counted() {
    let mut text = solution();
    for number in 0..10_000 {
        writeln!(text, "const A{number}:u8=\"\";").unwrap();
    }
    let course = Course::file_modes().and_submission("file-modes", &text);
    let flood = graded(&course);
    let kata = flood.report.kata("file-modes");
    assert_eq!(kata["verdict"], "does-not-compile");
    let first = kata["compiler"][0].as_str().unwrap();
    assert!(first.contains("E0308"), "{first}");
    let left_out = kata["compiler_left_out"].as_u64().unwrap();
    assert!(left_out > 1000, "{left_out}");
    let more = format!("… and {left_out} more messages of the compiler");
    assert!(flood.human.contains(&more), "{}", flood.human);
    assert!(flood.junit.contains(&more), "{}", flood.junit);
}

#[test]
fn a_thousand_stray_manifests_are_fifty_warnings_and_a_number() {
    let course = Course::file_modes();
    for number in 0..1000 {
        course.write(&format!("exercises/files/stray-{number}/Cargo.toml"), "");
    }
    let flood = graded(&course);
    assert_eq!(flood.report.0["warnings"].as_array().unwrap().len(), 50);
    assert_eq!(flood.report.0["warnings_left_out"], 950);
    assert!(flood.human.contains("… and 950 more warnings"));
}
