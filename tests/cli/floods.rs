//! A flood costs the grader no memory, and nobody a long report.

use crate::course::{Course, Report, solution};
use crate::xml;
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
    junit: String,
    human: String,
}

impl Flood {
    /// Grades `adder`, and holds the grader and its reports to their bounds.
    #[track_caller]
    fn of(course: &Course) -> Self {
        let reports = "--report json=json --report junit=junit --report human=human";
        let mut command = course.program("", &format!("check adder --seed 7 {reports}"));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let most = most_memory(&mut command.spawn().unwrap()).unwrap() >> 10;
        assert!(most < MEMORY, "the grader held {most} MiB");
        let [json, junit, human] =
            ["json", "junit", "human"].map(|form| fs::read_to_string(course.path(form)).unwrap());
        for text in [&json, &junit, &human] {
            assert!(text.len() < REPORT, "a report of {} bytes", text.len());
        }
        xml::parse(&junit);
        Self {
            report: Report::read(&json).unwrap(),
            junit,
            human,
        }
    }
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
    let course = Course::with("adder/floods");
    course.configure(
        "adder",
        &format!("limits.output-mib = {OUTPUT}\nlimits.cpu-seconds = 60"),
    );
    let flood = Flood::of(&course);
    let case = flood.report.case("a_stranger_is_greeted_too");
    assert_eq!(case["verdict"], "output-exceeded", "{case:#}");
    let stdout = case["failure"]["stdout"].as_str().unwrap();
    assert!(stdout.contains("bytes left out"), "{stdout}");
}

/// What a case got that compares one greeting, from code that greets everybody with a million of
/// these characters.
fn greeting_of_a_million(letter: char) -> String {
    let course = Course::new();
    let text = format!(
        "pub fn add(a: i32, b: i32) -> i32 {{ a.wrapping_add(b) }}\n\
         pub fn greet(_: &str) -> String {{ {letter:?}.to_string().repeat(1_000_000) }}\n"
    );
    course.submit("adder", &text);
    let flood = Flood::of(&course);
    let case = flood.report.case("a_greeting_says_the_name");
    assert_eq!(case["verdict"], "failed", "{case:#}");
    let got = &case["failure"]["mismatches"][0]["got"];
    got.as_str().unwrap().to_owned()
}

#[test]
fn a_long_answer_is_shown_by_its_two_ends() {
    let got = greeting_of_a_million('x');
    assert!(got.starts_with("\"xxx"), "{got}");
    assert!(got.contains("bytes left out"), "{got}");
    assert!(got.ends_with("xxx\""), "{got}");
}

#[test]
fn a_long_answer_of_control_characters_is_no_longer_when_it_is_escaped() {
    let got = greeting_of_a_million('\u{1b}');
    assert!(got.contains("bytes left out"), "{got}");
}

#[test]
fn threads_that_panic_without_end_are_told_a_few_times() {
    let course = Course::with("adder/panics_on_threads");
    course.configure("adder", "limits.cpu-seconds = 60");
    let flood = Flood::of(&course);
    let case = flood.report.case("small_numbers_are_added");
    let panics = case["failure"]["panics"].as_array().unwrap();
    assert_eq!(panics.len(), 16);
    let more = "… and 13 more panics";
    assert!(flood.human.contains(more), "{}", flood.human);
}

#[test]
fn the_first_of_ten_thousand_errors_are_shown_and_the_others_are_counted() {
    let course = Course::new();
    let mut text = solution("adder");
    for number in 0..10_000 {
        writeln!(text, "const A{number}:u8=\"\";").unwrap();
    }
    course.submit("adder", &text);
    let flood = Flood::of(&course);
    assert_eq!(flood.report.verdict("adder"), "does-not-compile");
    let kata = flood.report.kata("adder");
    let first = kata["compiler"][0].as_str().unwrap();
    assert!(first.contains("E0308"), "{first}");
    let left_out = kata["compiler_left_out"].as_u64().unwrap();
    assert!(left_out > 1000, "{left_out}");
    let more = format!("… and {left_out} more messages of the compiler");
    assert!(flood.human.contains(&more), "{}", flood.human);
    assert!(flood.junit.contains(&more), "{}", flood.junit);
}
