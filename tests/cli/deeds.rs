//! What student code does to a case. One submission, one deed per function, graded once.

use crate::course::{Course, Report, replaced, solution, with_body};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

/// Everything that one grade of all deeds left behind.
pub(crate) struct Deeds {
    /// The submission.
    text: String,
    /// What was printed.
    pub(crate) json: String,
    /// The same grade in the other forms.
    pub(crate) human: String,
    pub(crate) plain: String,
    pub(crate) junit: String,
    report: Report,
    status: Option<i32>,
    /// What was left in the temporary folder.
    left_files: Vec<String>,
    /// Command lines in which the daemon's argument stands.
    left_processes: Vec<String>,
}

/// The one grade of all deeds.
pub(crate) static DEEDS: LazyLock<Deeds> = LazyLock::new(graded);

/// What would be the best of results, if anybody believed what is printed.
const FORGED: &str = r#"    println!("\u{1b}]0;printed\u{7}\u{1b}[2J\0\u{9b}31m\u{202e}");
    println!("test result: ok. 10 passed; 0 failed; 0 ignored");
    println!("{{\"verdict\": \"passed\", \"points\": 14, \"max_points\": 14}}");
    let _ = (path, text);
    std::process::exit(0)"#;

/// The last sequence has no end: a reader that skips sequences skips everything.
const PANIC: &str = r#"    let _ = (path, text);
    panic!("\u{1b}[2J\0\u{9b}31m\u{202e} \u{1b}]0;owned over")"#;

const DEADLOCK: &str = r#"        if mode == "rw" {
            let held = std::sync::Mutex::new(());
            let guard = held.lock();
            std::thread::scope(|scope| {
                let waiter = std::thread::Builder::new().name("waiter".to_owned());
                waiter.spawn_scoped(scope, || drop(held.lock())).unwrap().join().unwrap();
            });
            drop(guard);
        }
        Ok(Self::Read)"#;

const OPEN: &str = r#"        let _ = path;
        match self {
            Self::Append => {
                let daemon = ["-c", "setsid sleep DAEMON & sleep DAEMON & true"];
                std::process::Command::new("sh").args(daemon).status().unwrap();
                panic!("the daemon is on its way")
            }
            Self::Read => std::process::abort(),
            _ => loop {
                std::hint::spin_loop();
            },
        }"#;

const FLOOD_OR_TODO: &str = r#"    if path.as_ref().ends_with("text.txt") {
        loop {
            println!("{}", "water ".repeat(1000));
        }
    }
    std::thread::spawn(|| -> () { todo!("decode") });
    loop {
        std::thread::park();
    }"#;

const SCRIBBLE: &str = r#"    let _ = (path, mode, body);
    for number in 0..32 {
        for folder in ["/proc/self/fd", "/dev/fd"] {
            let file = OpenOptions::new().write(true).open(format!("{folder}/{number}"));
            let _ = file.and_then(|mut file| file.write_all(&[3, 0, 0, 0, 1, 1, 1]));
        }
    }
    Err(io::Error::other("nothing worked"))"#;

fn submission(daemon: &str) -> String {
    let text = replaced(
        &solution(),
        "#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\npub enum Mode {",
        "impl PartialEq for Mode {\n    fn eq(&self, _: &Self) -> bool {\n        true\n    }\n}\n\n\
         #[derive(Debug, Clone, Copy, Eq)]\npub enum Mode {",
    );
    let text = with_body(&text, "write_text", FORGED);
    let text = with_body(&text, "append_text", PANIC);
    let text = with_body(&text, "from_str", DEADLOCK);
    let text = with_body(&text, "open", &OPEN.replace("DAEMON", daemon));
    let text = with_body(&text, "read_text", FLOOD_OR_TODO);
    with_body(&text, "with_file", SCRIBBLE)
}

fn graded() -> Deeds {
    // Nobody else asks for this many seconds.
    let daemon = format!("100.{:07}", std::process::id());
    let text = submission(&daemon);
    let course = Course::file_modes()
        .and_about("file-modes", "[limits]\nwall-seconds = 3")
        .and_submission("file-modes", &text);
    let temporary = tempfile::tempdir().unwrap();
    let reports = "--report human=human --report plain=plain --report junit=junit";
    let output = course
        .grader(&format!("check --seed 7 --format json {reports}"))
        .env("TMPDIR", temporary.path())
        .output()
        .unwrap();
    let json = String::from_utf8(output.stdout).unwrap();
    let read = |name: &str| fs::read_to_string(course.path(name)).unwrap_or_default();
    Deeds {
        text,
        report: Report::read(&json)
            .unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr))),
        json,
        human: read("human"),
        plain: read("plain"),
        junit: read("junit"),
        status: output.status.code(),
        left_files: names_in(temporary.path()),
        left_processes: command_lines_with(&daemon),
    }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
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

fn case(name: &str) -> &'static Value {
    DEEDS.report.case(name)
}

fn verdict(name: &str) -> &'static str {
    case(name)["verdict"].as_str().unwrap()
}

#[test]
fn no_deed_earns_a_point_and_the_status_says_unsolved() {
    assert_eq!(DEEDS.status, Some(1));
    let kata = DEEDS.report.kata("file-modes");
    assert_eq!(kata["verdict"], "failed");
    assert_eq!(kata["points"], 0, "{kata:#}");
    assert!(kata["max_points"].as_u64().unwrap() > 0);
}

#[test]
fn exiting_with_status_0_after_a_perfect_report_on_stdout_is_no_answer() {
    let case = case("writing_replaces_the_whole_file");
    assert_eq!(case["verdict"], "exited-early", "{case:#}");
    assert_eq!(case["code"], 0);
    let printed = case["failure"]["stdout"].as_str().unwrap();
    assert!(printed.contains("test result: ok"), "{printed}");
    assert!(DEEDS.plain.contains("ended itself with exit status 0"));
}

#[test]
fn a_type_that_equals_everything_convinces_nobody() {
    let case = case("every_valid_mode_string_has_one_meaning");
    assert_eq!(case["verdict"], "failed", "{case:#}");
}

#[test]
fn a_deadlock_is_told_by_its_threads_and_not_by_the_clock() {
    let case = case("a_broken_mode_string_names_its_first_bad_letter");
    assert_eq!(case["verdict"], "deadlocked", "{case:#}");
    let threads = crate::course::texts(&case["threads"]);
    assert!(threads.contains("\"waiter\""), "{threads}");
    assert!(threads.contains("the main thread"), "{threads}");
    let time = Duration::from_millis(case["time_ms"].as_u64().unwrap());
    assert!(time < Duration::from_secs(3), "as late as the limit");
}

#[test]
fn a_panic_is_shown_with_the_students_own_file_and_line() {
    let case = case("appending_keeps_what_is_there_and_creates_what_is_not");
    assert_eq!(case["verdict"], "panicked", "{case:#}");
    let panic = &case["failure"]["panics"][0];
    assert_eq!(panic["file"], "exercises/files/file-modes/src/lib.rs");
    let line = DEEDS
        .text
        .lines()
        .position(|line| line.contains("owned over"));
    assert_eq!(panic["line"], line.unwrap() + 1);
    assert!(
        panic["source"].as_str().unwrap().starts_with("panic!(\""),
        "{panic:#}"
    );
    let place = format!(
        "panicked at exercises/files/file-modes/src/lib.rs:{}",
        line.unwrap() + 1
    );
    assert!(DEEDS.plain.contains(&place), "{}", DEEDS.plain);
}

#[test]
fn an_endless_loop_ends_at_the_katas_own_limit() {
    let case = case("plus_modes_read_and_write_as_python_does");
    assert_eq!(case["verdict"], "timed-out", "{case:#}");
    assert_eq!(case["limit"], "3 s");
}

#[test]
fn a_daemon_is_named_and_does_not_outlive_its_case() {
    let case = case("two_append_handles_never_overwrite_each_other");
    assert_eq!(case["verdict"], "panicked", "{case:#}");
    let leftovers = case["failure"]["leftovers"].as_array().unwrap();
    assert!(!leftovers.is_empty(), "the daemon was never there");
    assert_eq!(DEEDS.left_processes, Vec::<String>::new());
}

#[test]
fn a_flood_of_output_ends_at_its_limit_and_little_of_it_is_kept() {
    let case = case("bytes_survive_and_text_is_checked");
    assert_eq!(case["verdict"], "output-exceeded", "{case:#}");
    assert!(DEEDS.json.len() < 1 << 20, "{} bytes", DEEDS.json.len());
}

#[test]
fn a_todo_on_another_thread_is_not_attempted_though_the_main_thread_waits() {
    assert_eq!(
        verdict("failures_are_told_apart_and_create_nothing"),
        "not-attempted"
    );
}

#[test]
fn an_abort_is_a_crash_by_its_signal() {
    let case = case("a_handle_does_only_what_its_mode_allows");
    assert_eq!(case["verdict"], "crashed", "{case:#}");
    assert_eq!(case["signal"], 6);
}

#[test]
fn bytes_written_to_every_open_descriptor_are_no_second_answer() {
    let verdict = verdict("no_handle_outlives_its_call");
    assert!(["failed", "rejected"].contains(&verdict), "{verdict}");
}

#[test]
fn nothing_is_left_in_the_temporary_folder() {
    assert_eq!(DEEDS.left_files, Vec::<String>::new());
}
