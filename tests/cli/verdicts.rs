//! What student code does to a case, and what is said of it.

use crate::course::{Course, Report, submission, texts};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// A grade of one submission.
struct Graded {
    course: Course,
    report: Report,
}

impl Graded {
    fn of(submission: &str) -> Self {
        let (kata, _) = submission.split_once('/').unwrap();
        let course = Course::with(submission);
        let mut check = course.grader(&format!("check {kata} --format json --report plain=plain"));
        let report = Report::printed_by(&mut check);
        assert_eq!(report.verdict(kata), "failed", "{submission}");
        Self { course, report }
    }

    /// A case of which this is the verdict.
    fn case(&self, name: &str, verdict: &str) -> &Value {
        let case = self.report.case(name);
        assert_eq!(case["verdict"], verdict, "{case:#}");
        assert_eq!(case["points"], 0);
        case
    }

    fn plain(&self) -> String {
        fs::read_to_string(self.course.path("plain")).unwrap()
    }
}

const STRANGER: &str = "a_stranger_is_greeted_too";

#[test]
fn a_wrong_answer_is_shown_beside_the_right_one() {
    let graded = Graded::of("adder/wrong");
    let case = graded.case(STRANGER, "failed");
    let mismatch = &case["failure"]["mismatches"][0];
    assert!(
        mismatch["expected"]
            .as_str()
            .unwrap()
            .contains("Hello, stranger!")
    );
    assert!(mismatch["got"].as_str().unwrap().contains("Hello, !"));
}

#[test]
fn exiting_with_status_0_after_a_perfect_report_on_stdout_is_no_answer() {
    let graded = Graded::of("adder/exits");
    let case = graded.case("small_numbers_are_added", "exited-early");
    assert_eq!(case["code"], 0);
    let printed = case["failure"]["stdout"].as_str().unwrap();
    assert!(printed.contains("test result: ok"), "{printed}");
    let plain = graded.plain();
    assert!(plain.contains("ended itself with exit status 0"), "{plain}");
}

#[test]
fn a_panic_is_shown_with_the_students_own_file_and_line() {
    let graded = Graded::of("adder/panics");
    let panic = &graded.case("small_numbers_are_added", "panicked")["failure"]["panics"][0];
    let text = submission("adder/panics");
    let line = text.lines().position(|line| line.contains("cannot add"));
    let line = line.unwrap() + 1;
    assert_eq!(panic["file"], "exercises/basics/adder/src/lib.rs");
    assert_eq!(panic["line"], line);
    assert_eq!(panic["source"], "panic!(\"cannot add {a} and {b}\")");
    let place = format!("panicked at exercises/basics/adder/src/lib.rs:{line}");
    assert!(graded.plain().contains(&place), "{}", graded.plain());
}

#[test]
fn an_abort_is_a_crash_by_its_signal() {
    let graded = Graded::of("adder/aborts");
    let case = graded.case("small_numbers_are_added", "crashed");
    assert_eq!(case["signal"], 6);
}

#[test]
fn an_endless_loop_ends_at_the_katas_own_limit() {
    let graded = Graded::of("adder/loops");
    let case = graded.case(STRANGER, "timed-out");
    assert_eq!(case["limit"], "1 s of CPU time");
}

#[test]
fn memory_threads_and_files_without_end_are_each_told_by_their_limit() {
    for (submission, verdict, limit) in [
        ("adder/hogs_memory", "memory-exceeded", "64 MiB"),
        (
            "adder/bombs_threads",
            "processes-exceeded",
            "64 threads and processes",
        ),
        ("adder/leaks_files", "files-exceeded", "64 open files"),
    ] {
        let graded = Graded::of(submission);
        assert_eq!(graded.case(STRANGER, verdict)["limit"], limit);
    }
}

#[test]
fn a_flood_of_output_ends_at_its_limit_and_little_of_it_is_kept() {
    let graded = Graded::of("adder/floods");
    let case = graded.case(STRANGER, "output-exceeded");
    assert_eq!(case["limit"], "1 MiB of output");
    let printed = case["failure"]["stdout"].as_str().unwrap();
    assert!(printed.contains("bytes left out"), "{printed}");
    assert!(printed.len() < 1 << 18, "{} bytes", printed.len());
}

#[test]
fn a_deadlock_is_told_by_its_threads_and_not_by_the_clock() {
    let graded = Graded::of("spawner/deadlocks");
    let case = graded.case("the_closures_value_comes_back", "deadlocked");
    let threads = texts(&case["threads"]);
    assert!(threads.contains("thread \"waiter\""), "{threads}");
    assert!(threads.contains("the main thread"), "{threads}");
    let time = Duration::from_millis(case["time_ms"].as_u64().unwrap());
    assert!(time < Duration::from_secs(5), "as late as the limit");
}

#[test]
fn a_todo_that_is_reached_is_not_attempted_and_the_rest_counts() {
    let graded = Graded::of("adder/todo");
    graded.case(STRANGER, "not-attempted");
    assert_eq!(graded.report.0["points"], 3);
}

#[test]
fn a_todo_on_another_thread_is_not_attempted_though_the_main_thread_waits() {
    let graded = Graded::of("spawner/todo_on_a_thread");
    graded.case("the_closures_value_comes_back", "not-attempted");
}

#[test]
fn bytes_written_to_every_open_descriptor_are_no_second_answer() {
    let graded = Graded::of("adder/writes_everywhere");
    let verdict = &graded.report.case("small_numbers_are_added")["verdict"];
    assert!(*verdict == "failed" || *verdict == "rejected", "{verdict}");
}

#[test]
fn a_daemon_is_named_and_does_not_outlive_its_case() {
    // Nobody else asks for this many seconds.
    let seconds = format!("100.{:07}", std::process::id());
    let text = format!(
        r#"
        pub fn add(_: i32, _: i32) -> i32 {{
            let daemon = ["-c", "setsid sleep {seconds} & sleep {seconds} & true"];
            std::process::Command::new("sh").args(daemon).status().unwrap();
            panic!("the daemon is on its way")
        }}

        pub fn greet(_: &str) -> String {{
            String::new()
        }}
        "#
    );
    let course = Course::new();
    course.submit("adder", &text);
    let report = course.report("adder");
    let case = report.case("small_numbers_are_added");
    assert_eq!(case["verdict"], "panicked", "{case:#}");
    let leftovers = case["failure"]["leftovers"].as_array().unwrap();
    assert!(!leftovers.is_empty(), "the daemon was never there");
    assert_eq!(command_lines_with(&seconds), Vec::<String>::new());
}

/// The command lines, on this machine, in which `argument` stands.
fn command_lines_with(argument: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().map(Result::unwrap);
    processes
        .filter_map(|process| fs::read(process.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(argument))
        .collect()
}

#[test]
fn nothing_is_left_in_the_temporary_folder() {
    let course = Course::with("adder/leaves_processes");
    let temporary = tempfile::tempdir().unwrap();
    let mut check = course.grader("check adder --format json");
    let report = Report::printed_by(check.env("TMPDIR", temporary.path()));
    assert_eq!(report.verdict("adder"), "failed");
    assert_eq!(names_in(temporary.path()), Vec::<String>::new());
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}
