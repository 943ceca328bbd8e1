//! What the grader keeps in a student's workspace, and a disk that takes nothing.

use crate::course::{Course, Report};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const INCREMENTAL: &str = ".katas/incremental";

fn solved() -> Course {
    let course = Course::new();
    course.solve("adder");
    course
}

#[test]
fn only_a_students_own_work_is_kept_by_the_compiler() {
    let course = solved();
    for args in ["--no-cache", "--from exercises", "--solutions"] {
        let report = course.report(&format!("adder --seed 1 {args}"));
        assert_eq!(report.verdict("adder"), "passed");
        assert!(!course.path(INCREMENTAL).exists(), "{args}");
    }
    course.report("adder");
    assert!(course.path(INCREMENTAL).is_dir());
}

/// The folders in which the compiler keeps something of a crate.
fn kept_crates(course: &Course) -> Vec<PathBuf> {
    let mut folders = vec![course.path(INCREMENTAL)];
    for _ in ["submissions", "katas", "crates"] {
        let below = folders
            .iter()
            .flat_map(|folder| fs::read_dir(folder).unwrap());
        folders = below.map(|entry| entry.unwrap().path()).collect();
    }
    folders
}

#[test]
fn what_the_compiler_kept_and_cannot_use_is_not_the_students_fault() {
    let course = solved();
    course.report("adder");
    let crates = kept_crates(&course);
    assert!(!crates.is_empty());
    for folder in crates {
        fs::remove_dir_all(&folder).unwrap();
        fs::write(folder, "a file in its place").unwrap();
    }
    let report = course.report("adder --seed 1");
    let kata = report.kata("adder");
    assert_eq!(kata["verdict"], "passed", "{kata:#}");
}

/// The grader on a course whose `.katas` is a disk with no more than this, prepared by a command
/// of the shell. `None` where no file system may be mounted.
fn on_a_disk_of(course: &Course, size: &str, prepared: &str) -> Option<(Report, String)> {
    fs::create_dir_all(course.path(".katas")).unwrap();
    let mounted = format!("mount -t tmpfs -o size={size} tmpfs .katas");
    let in_namespace = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", script, "sh"]);
        command.arg(env!("CARGO_BIN_EXE_grader"));
        command.current_dir(course.path("")).env_remove("CI");
        command.output()
    };
    if !in_namespace(&mounted).is_ok_and(|tried| tried.status.success()) {
        eprintln!("skipped: no file system may be mounted here");
        return None;
    }
    let script = format!("{mounted} && {prepared} && exec \"$1\" check adder --format json");
    let output = in_namespace(&script).unwrap();
    let report = Report::read(&String::from_utf8(output.stdout).unwrap());
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    Some((report.unwrap(), told))
}

#[test]
fn a_disk_with_little_room_costs_time_and_no_verdict() {
    let course = solved();
    let Some((report, told)) = on_a_disk_of(&course, "512k", "true") else {
        return;
    };
    assert_eq!(report.verdict("adder"), "passed");
    assert!(told.contains("the compiler keeps nothing in"), "{told}");
}

#[test]
fn a_disk_that_is_full_costs_the_record_and_no_verdict() {
    let course = solved();
    let fill = "{ cat /dev/zero > .katas/full 2>/dev/null || true; }";
    let Some((report, told)) = on_a_disk_of(&course, "64k", fill) else {
        return;
    };
    assert_eq!(report.verdict("adder"), "passed");
    assert!(told.contains("was not put on record"), "{told}");
    assert!(told.contains("No space left on device"), "{told}");
}

#[test]
fn a_workspace_that_cannot_be_written_is_graded_and_told() {
    if rustix::process::geteuid().is_root() {
        // Nothing is closed to root.
        return;
    }
    let course = solved();
    set_mode(&course.path(""), 0o555);
    let output = course.grader("check adder --format json").output();
    // Else the folder could not be removed.
    set_mode(&course.path(""), 0o755);
    let output = output.unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("was not put on record"), "{told}");
}

fn set_mode(folder: &Path, mode: u32) {
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
}
