//! What of a student's folder is refused, and why. Nothing of it is compiled.

use crate::course::{Course, solution, submission};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

/// Where the student's sources of `adder` lie.
const SRC: &str = "exercises/basics/adder/src";

/// Fails unless `adder` is refused, and the report says where and why.
fn assert_refused(course: &Course, why: &str) {
    let report = course.report("adder");
    let kata = report.kata("adder");
    assert_eq!(kata["verdict"], "rejected", "{kata:#}");
    let reason = kata["reason"].as_str().unwrap();
    assert!(reason.contains(why), "{reason}");
    assert!(reason.contains(SRC), "{reason} does not name {SRC}");
    assert_eq!(kata["points"], 0);
    assert_eq!(kata["cases"], serde_json::json!([]));
}

/// A course without `lib.rs` of `adder`, and where it was.
fn without_lib() -> (Course, PathBuf) {
    let course = Course::new();
    let lib = course.lib("adder");
    fs::remove_file(&lib).unwrap();
    (course, lib)
}

#[test]
fn a_deleted_source_is_missed_and_the_way_back_is_shown() {
    let (course, _) = without_lib();
    assert_refused(&course, "`cargo grader reset adder` brings the stub back");
}

#[test]
fn a_folder_in_the_place_of_a_source_is_no_source() {
    let (course, lib) = without_lib();
    fs::create_dir(lib).unwrap();
    assert_refused(&course, "lib.rs is missing");
}

#[test]
fn links_are_not_followed_even_to_a_right_solution() {
    let (course, lib) = without_lib();
    let solved = course.path("solutions/basics/adder/src");
    symlink(solved.join("lib.rs"), lib).unwrap();
    assert_refused(&course, "lib.rs is a link");

    fs::remove_dir_all(course.path(SRC)).unwrap();
    symlink(solved, course.path(SRC)).unwrap();
    assert_refused(&course, "src is a link");
}

#[test]
fn a_named_pipe_is_refused_and_not_waited_for() {
    let (course, lib) = without_lib();
    assert!(Command::new("mkfifo").arg(lib).status().unwrap().success());
    assert_refused(&course, "neither a regular file nor a folder");
}

#[test]
fn a_huge_source_is_refused() {
    let course = Course::new();
    let huge = format!("{}\n{}", solution("adder"), "// more\n".repeat(40_000));
    course.submit("adder", &huge);
    assert_refused(&course, "is longer than 256 KiB");
}

#[test]
fn sources_that_are_huge_together_are_refused() {
    let course = Course::new();
    for number in 0..5 {
        course.write(
            &format!("{SRC}/part_{number}.rs"),
            &"// more\n".repeat(30_000),
        );
    }
    assert_refused(&course, "KiB in all; at most 1024 KiB are graded");
}

#[test]
fn a_source_that_is_not_utf8_is_refused_with_the_place() {
    let course = Course::new();
    let solution = solution("adder");
    let latin = [solution.as_bytes(), b"// caf\xe9\n"].concat();
    fs::write(course.lib("adder"), latin).unwrap();
    let place = solution.len() + "// caf".len();
    assert_refused(&course, &format!("not UTF-8 (at byte {place})"));
}

#[test]
fn an_unsafe_attribute_is_refused_with_its_line() {
    let course = Course::with("adder/rejected");
    let text = submission("adder/rejected");
    let line = text.lines().position(|line| line.starts_with("#[unsafe"));
    let place = format!("lib.rs:{}: an unsafe attribute", line.unwrap() + 1);
    assert_refused(&course, &place);
}

#[test]
fn what_is_refused_stops_no_other_kata() {
    let course = Course::with("adder/rejected");
    course.solve("ticket");
    let report = course.report("");
    assert_eq!(report.verdict("adder"), "rejected");
    assert_eq!(report.verdict("ticket"), "passed");
    assert_eq!(report.verdict("spawner"), "not-attempted");
}
