//! What of a student's folder is rejected: one course, one oddity per kata, nothing compiled.

use crate::course::{Course, Report, solution};
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::LazyLock;

static INTAKE: LazyLock<(Report, Option<i32>)> = LazyLock::new(graded);

fn graded() -> (Report, Option<i32>) {
    let mut course = Course::file_modes();
    for id in [
        "deleted",
        "folder",
        "linked",
        "linked-folder",
        "huge",
        "latin",
        "pipe",
        "hidden-unsafe",
        "in-all",
    ] {
        course = course.and_twin(id);
    }
    fs::remove_file(course.lib("deleted")).unwrap();

    fs::remove_file(course.lib("folder")).unwrap();
    fs::create_dir(course.lib("folder")).unwrap();

    // What the link leads to is right, and still not taken.
    fs::remove_file(course.lib("linked")).unwrap();
    symlink(
        course.path("solutions/files/file-modes/src/lib.rs"),
        course.lib("linked"),
    )
    .unwrap();

    let src = course.path("exercises/files/linked-folder/src");
    fs::remove_dir_all(&src).unwrap();
    symlink(course.path("solutions/files/file-modes/src"), src).unwrap();

    let huge = format!("{}\n{}", solution(), "// more\n".repeat(40_000));
    course.submit("huge", &huge);

    let latin = [solution().as_bytes(), b"// caf\xe9\n"].concat();
    fs::write(course.lib("latin"), latin).unwrap();

    fs::remove_file(course.lib("pipe")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(course.lib("pipe"))
        .status();
    assert!(made.unwrap().success());

    let naked = format!(
        "{}\n#[unsafe(no_mangle)]\npub fn memcmp() {{}}\n",
        solution()
    );
    course.submit("hidden-unsafe", &naked);

    for number in 0..5 {
        let part = format!("exercises/files/in-all/src/part_{number}.rs");
        course.write(&part, &"// more\n".repeat(30_000));
    }

    let report = course.path("report");
    let status = course
        .grader("check --report json=report")
        .output()
        .unwrap()
        .status;
    let report = Report::read(&fs::read_to_string(report).unwrap()).unwrap();
    (report, status.code())
}

fn assert_rejected(kata: &str, why: &str) -> &'static str {
    let result = INTAKE.0.kata(kata);
    assert_eq!(result["verdict"], "rejected", "{result:#}");
    assert_eq!(result["points"], 0);
    let reason = result["reason"].as_str().unwrap();
    assert!(reason.contains(why), "{reason}");
    reason
}

fn assert_rejected_at(kata: &str, why: &str) {
    let reason = assert_rejected(kata, why);
    let place = format!("exercises/files/{kata}/src");
    assert!(reason.contains(&place), "{reason} does not name {place}");
}

#[test]
fn a_deleted_source_is_missed_and_the_way_back_is_shown() {
    assert_rejected_at(
        "deleted",
        "`cargo grader reset deleted` brings the stub back",
    );
}

#[test]
fn a_folder_in_the_place_of_a_source_is_no_source() {
    assert_rejected_at("folder", "lib.rs is missing");
}

#[test]
fn links_are_not_followed() {
    assert_rejected_at("linked", "lib.rs is a link");
    assert_rejected_at("linked-folder", "src is a link");
}

#[test]
fn a_named_pipe_is_rejected_and_not_waited_for() {
    assert_rejected_at("pipe", "is neither a regular file nor a folder");
}

#[test]
fn a_huge_source_is_rejected() {
    assert_rejected_at("huge", "is longer than 256 KiB");
}

#[test]
fn sources_that_are_huge_together_are_rejected() {
    assert_rejected("in-all", "KiB in all; at most 1024 KiB are graded");
}

#[test]
fn a_source_that_is_not_utf8_is_rejected_with_the_place() {
    let place = format!("not UTF-8 (at byte {})", solution().len() + "// caf".len());
    assert_rejected_at("latin", &place);
}

#[test]
fn an_unsafe_attribute_is_rejected_with_its_line() {
    let line = solution().lines().count() + 2;
    assert_rejected_at(
        "hidden-unsafe",
        &format!("lib.rs:{line}: an unsafe attribute"),
    );
}

#[test]
fn what_is_rejected_neither_stops_the_others_nor_compiles_anything() {
    let (report, status) = &*INTAKE;
    assert_eq!(*status, Some(1));
    assert_eq!(report.kata("file-modes")["verdict"], "not-attempted");
    assert_eq!(report.0["protection"], "nothing was compiled or run");
}
