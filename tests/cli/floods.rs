//! A flood costs the grader no memory.

use crate::course::{Course, Report};
use std::fs;
use std::process::{Child, Stdio};

/// What one case may print here, in MiB.
const OUTPUT: u64 = 256;

#[test]
fn a_quarter_of_a_gibibyte_of_output_is_counted_and_not_kept() {
    let course = Course::with("adder/floods");
    course.configure(
        "adder",
        &format!("limits.output-mib = {OUTPUT}\nlimits.cpu-seconds = 60"),
    );
    let mut command = course.program("", "check adder --format json --report json=report");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let most = most_memory(&mut command.spawn().unwrap()).unwrap() >> 10;

    let report = Report::read_file(&course.path("report"));
    let case = report.case("a_stranger_is_greeted_too");
    assert_eq!(case["verdict"], "output-exceeded", "{case:#}");
    let printed = case["failure"]["printed"].as_str().unwrap();
    assert!(printed.contains("bytes left out"), "{printed}");
    let size = report.0.to_string().len();
    assert!(size < 1 << 20, "a report of {size} bytes");
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
