//! A flood costs the grader no memory.

use crate::course::{Course, solution, with_body};
use std::fs;
use std::process::{Child, Command, Stdio};

const FLOOD: &str = r#"    let _ = (path, text);
    loop {
        println!("{}", "water ".repeat(10_000));
    }"#;

/// What one case may print here, in MiB.
const OUTPUT: u64 = 256;

#[test]
fn a_quarter_of_a_gibibyte_of_output_is_counted_and_not_kept() {
    let limits = format!("[limits]\noutput-mib = {OUTPUT}\nwall-seconds = 60\ncpu-seconds = 60");
    let course = Course::file_modes()
        .and_about("file-modes", &limits)
        .and_submission("file-modes", &with_body(&solution(), "write_text", FLOOD));
    let mut grader = Command::new(env!("CARGO_BIN_EXE_grader"))
        .args(["check", "--format", "json", "--report", "json=report"])
        .current_dir(course.path(""))
        .env_remove("CI")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let most = most_memory(&mut grader);
    let report = fs::read_to_string(course.path("report")).unwrap();
    assert!(report.contains("\"output-exceeded\""), "{report}");
    assert!(report.contains("bytes left out"), "{report}");
    assert!(report.len() < 1 << 20, "a report of {} bytes", report.len());
    let most = most.unwrap() >> 10;
    assert!(most < OUTPUT / 2, "the grader held {most} MiB");
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
