//! Ctrl-C and SIGTERM: what is known is reported, and nothing is left behind.

use crate::course::{Course, Report, texts};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::{Child, ExitStatus, Stdio};

/// What never ends, in a course that lets it run on.
const ENDLESS: &str = "adder/loops";

fn patient(course: Course) -> Course {
    course.configure(
        "adder",
        "limits.cpu-seconds = 600\nlimits.wall-seconds = 600",
    );
    course
}

/// A grader whose progress is shown on a terminal.
struct Running {
    child: Child,
    terminal: File,
    scratch: tempfile::TempDir,
}

impl Running {
    fn start(course: &Course, args: &str) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let name = ptsname(&terminal, Vec::new())
            .unwrap()
            .into_string()
            .unwrap();
        let theirs = File::options().read(true).write(true).open(name).unwrap();
        let scratch = tempfile::tempdir().unwrap();
        let mut command = course.program("", args);
        command.env("TMPDIR", scratch.path()).process_group(0);
        command.stdout(Stdio::piped()).stderr(theirs);
        Self {
            child: command.spawn().unwrap(),
            terminal: terminal.into(),
            scratch,
        }
    }

    fn group(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed()).unwrap()
    }

    /// Waits until this is shown.
    fn wait_for(&mut self, text: &str) {
        let mut shown = String::new();
        let mut bytes = [0; 256];
        while !shown.contains(text) {
            let count = self.terminal.read(&mut bytes);
            let count = count.unwrap_or_else(|error| panic!("{error} after {shown:?}"));
            shown += &String::from_utf8_lossy(&bytes[..count]);
        }
    }

    /// Waits for the end: what was printed, after it was seen that nothing is left.
    fn ended(mut self) -> (ExitStatus, String) {
        let group = self.group().as_raw_pid();
        // A terminal takes only so much that nobody reads.
        let mut terminal = self.terminal;
        let reader = std::thread::spawn(move || {
            let _ = terminal.read_to_end(&mut Vec::new());
        });
        let mut printed = String::new();
        let mut stdout = self.child.stdout.take().unwrap();
        stdout.read_to_string(&mut printed).unwrap();
        let status = self.child.wait().unwrap();
        reader.join().unwrap();
        assert_eq!(processes_of(group), [""; 0]);
        assert_eq!(fs::read_dir(self.scratch.path()).unwrap().count(), 0);
        (status, printed)
    }
}

/// The processes of a group that have not ended, as `/proc` describes them.
fn processes_of(group: i32) -> Vec<String> {
    let processes = fs::read_dir("/proc").unwrap().map(Result::unwrap);
    let stats = processes.filter_map(|process| {
        let stat = fs::read_to_string(process.path().join("stat")).ok()?;
        // After the name: state, parent, group.
        let about = stat.rsplit_once(')')?.1.to_owned();
        let fields: Vec<&str> = about.split_whitespace().collect();
        let has_ended = ["Z", "X"].contains(&fields[0]);
        (!has_ended && fields[2] == group.to_string()).then_some(stat)
    });
    stats.collect()
}

#[test]
fn a_grade_that_is_interrupted_reports_and_notes_what_is_known() {
    let course = patient(Course::with(ENDLESS));
    for by_keyboard in [true, false] {
        let args = "check adder ticket --format json --no-cache --report plain=r/plain";
        let mut running = Running::start(&course, args);
        running.wait_for("grading 1/2 adder");
        if by_keyboard {
            kill_process_group(running.group(), Signal::INT).unwrap();
        } else {
            kill_process(running.group(), Signal::TERM).unwrap();
        }
        let (status, printed) = running.ended();
        assert_eq!(status.code(), Some(3));
        let report = Report::read(&printed).unwrap();
        assert_eq!(report.katas(), ["ticket"]);
        let warnings = texts(&report.0["warnings"]);
        let expected = "interrupted: 1 of 2 katas were not graded";
        assert!(warnings.contains(expected), "{warnings}");
        let plain = fs::read_to_string(course.path("r/plain")).unwrap();
        assert!(plain.contains(expected), "{plain}");

        let record = fs::read_to_string(course.path(".katas/progress.json")).unwrap();
        let record: Value = serde_json::from_str(&record).unwrap();
        assert_eq!(record["katas"]["ticket"]["last"], "not attempted");
        assert_eq!(record["katas"]["adder"], Value::Null);
        fs::remove_dir_all(course.path(".katas")).unwrap();
    }
}

#[test]
fn a_class_that_is_interrupted_keeps_the_reports_that_are_made() {
    let course = patient(Course::new());
    course.student("ann").hand_in("adder/unclosed");
    course.student("zoe").hand_in(ENDLESS);
    let mut running = Running::start(&course, "batch class --out reports");
    running.wait_for("graded 1/2 ann");
    kill_process_group(running.group(), Signal::INT).unwrap();
    let (status, printed) = running.ended();
    assert_eq!(status.code(), Some(3));
    assert!(printed.contains("1 student graded"), "{printed}");
    let summary = fs::read_to_string(course.path("reports/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["students"][0]["student"], "ann");
    assert_eq!(summary["not_graded"], serde_json::json!(["zoe"]));
    assert!(course.path("reports/ann.json").exists());
    assert!(!course.path("reports/zoe.json").exists());
}
