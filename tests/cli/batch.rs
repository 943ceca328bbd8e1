//! `batch`: classes as they come, and what is in the folder of reports.

use crate::course::{Course, Report, texts};
use predicates::prelude::*;
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

/// Refused before anything runs, which takes no time.
const BROKEN: &str = "pub fn half(";

fn hand_in(course: &Course, student: &str) {
    course.student(student).submit("adder", BROKEN);
}

fn json(course: &Course, file: &str) -> Value {
    let text = fs::read_to_string(course.path(&format!("reports/{file}")));
    serde_json::from_str(&text.unwrap()).unwrap()
}

/// The row of a student in the summary.
fn row(course: &Course, student: &str) -> Value {
    let summary = json(course, "summary.json");
    let students = summary["students"].as_array().unwrap();
    let row = students.iter().find(|row| row["student"] == student);
    row.unwrap_or_else(|| panic!("no {student} in {summary:#}"))
        .clone()
}

fn batch(course: &Course, args: &str) -> assert_cmd::assert::Assert {
    course
        .grader(&format!("batch class --out reports {args}"))
        .assert()
}

#[test]
fn a_folder_that_is_laid_out_otherwise_gets_a_warning_that_says_what_was_expected() {
    let course = Course::new();
    course.write("class/flat/lib.rs", BROKEN);
    for kata in ["adder", "ticket"] {
        course.write(&format!("class/both/mine/basics/{kata}/src/lib.rs"), BROKEN);
    }
    course.write("class/deep/exercises/basics/adder/src/lib.rs", BROKEN);
    course.write("class/bare/adder/src/lib.rs", BROKEN);
    course.write("class/no-src/adder/lib.rs", BROKEN);
    fs::create_dir_all(course.path("class/empty/.git")).unwrap();
    hand_in(&course, "good");
    let graded = batch(&course, "").code(1);
    let printed = String::from_utf8(graded.get_output().stdout.clone()).unwrap();
    for (student, expected) in [
        ("flat", "class/flat holds no kata of this course"),
        ("flat", "Passed over: lib.rs"),
        (
            "deep",
            "adder lies in class/deep/exercises/basics/adder, where it is not graded",
        ),
        (
            "both",
            "2 katas (adder, ticket) lie in class/both/mine, where they",
        ),
        ("bare", "adder lies in class/bare/adder"),
        ("no-src", "adder lies in class/no-src/adder"),
        ("empty", "It is empty"),
    ] {
        let warnings = texts(&row(&course, student)["warnings"]);
        assert!(warnings.contains(expected), "{student}: {warnings}");
        // Where what was found belongs, or the first of all katas.
        let kata = if ["flat", "empty"].contains(&student) {
            "threads/spawner"
        } else {
            "basics/adder"
        };
        let place = format!("Expected: class/{student}/{kata}/src/lib.rs");
        assert!(warnings.contains(&place), "{student}: {warnings}");
        assert!(printed.contains(expected), "{printed}");
        let report = course.report_on(student);
        assert_eq!(texts(&report.0["warnings"]), warnings);
    }
    assert_eq!(row(&course, "good")["warnings"], json!([]));
}

#[test]
fn another_folder_that_is_graded_is_warned_about_too() {
    let course = Course::new();
    course.write("anna/exercises/basics/adder/src/lib.rs", BROKEN);
    let report = course.report("--from anna");
    let warnings = texts(&report.0["warnings"]);
    assert!(
        warnings.contains("adder lies in anna/exercises/basics/adder"),
        "{warnings}"
    );
    let report = course.report("--from anna/exercises");
    assert_eq!(report.0["warnings"], json!([]));
}

#[test]
fn links_and_files_are_named_as_skipped_and_what_systems_leave_is_not() {
    let course = Course::new();
    hand_in(&course, "ann");
    course.write("elsewhere/basics/adder/src/lib.rs", BROKEN);
    symlink(course.path("elsewhere"), course.path("class/linked")).unwrap();
    course.write("class/zoe.zip", "");
    for left in ["__MACOSX/ann/x", ".git/x", ".DS_Store"] {
        course.write(&format!("class/{left}"), "");
    }
    batch(&course, "")
        .code(1)
        .stdout(predicate::str::contains("skipped: linked: it is a link"))
        .stdout(predicate::str::contains(
            "skipped: zoe.zip: it is not a folder",
        ))
        .stdout(predicate::str::contains("1 student graded"))
        .stdout(predicate::str::contains("MACOSX").not())
        .stdout(predicate::str::contains(".git").not());
    let summary = json(&course, "summary.json");
    let skipped = summary["skipped"].as_array().unwrap().iter();
    let skipped: Vec<&Value> = skipped.map(|one| &one["name"]).collect();
    assert_eq!(skipped, ["linked", "zoe.zip"]);
}

#[test]
fn a_name_that_no_report_can_have_stops_nobody() {
    let course = Course::new();
    hand_in(&course, "ann");
    hand_in(&course, "summary");
    let long = "é".repeat(126);
    hand_in(&course, &long);
    let folder = course.path("class").join(OsStr::from_bytes(b"b\xff"));
    fs::create_dir_all(folder.join("basics/adder/src")).unwrap();
    fs::write(folder.join("basics/adder/src/lib.rs"), BROKEN).unwrap();
    batch(&course, "")
        .code(1)
        .stdout(predicate::str::contains("4 students graded"));
    for student in ["ann", "summary", &long, "b%FF"] {
        let row = row(&course, student);
        let file = row["report"].as_str().unwrap();
        let report = Report::read_file(&course.path(&format!("reports/{file}")));
        assert_eq!(report.0["origin"], student);
        assert_eq!(report.verdict("adder"), "does-not-compile");
    }
    assert_eq!(row(&course, "ann")["report"], "ann.json");
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_report_of_a_class_has_the_mode_of_any_other_report() {
    let course = Course::new();
    hand_in(&course, "ann");
    batch(&course, "").code(1);
    course
        .grader("check --report json=check.json")
        .assert()
        .code(1);
    let expected = mode(&course.path("check.json"));
    for file in ["ann.json", "summary.json", "summary.csv"] {
        assert_eq!(
            mode(&course.path(&format!("reports/{file}"))),
            expected,
            "{file}"
        );
    }
}

#[test]
fn a_report_of_an_earlier_run_is_named_and_left_as_it_is() {
    let course = Course::new();
    for student in ["ann", "zoe"] {
        hand_in(&course, student);
    }
    batch(&course, "")
        .code(1)
        .stdout(predicate::str::contains("not of this run").not());
    fs::remove_dir_all(course.path("class/zoe")).unwrap();
    let said = "not of this run, and left as they are: zoe.json";
    batch(&course, "")
        .code(1)
        .stdout(predicate::str::contains(said));
    assert!(course.path("reports/zoe.json").exists());
    let summary = json(&course, "summary.json");
    assert_eq!(summary["students"].as_array().unwrap().len(), 1);
}

#[test]
fn only_the_katas_that_were_asked_for_are_graded_and_summed_up() {
    let course = Course::new();
    hand_in(&course, "ann");
    hand_in(&course, "=bob, jr");
    batch(&course, "adder")
        .code(1)
        .stdout(predicate::str::contains("0/1 katas"));
    let summary = json(&course, "summary.json");
    assert_eq!(summary["katas"], json!(["adder"]));
    let ann = row(&course, "ann");
    assert_eq!(ann["outcome"], "unsolved");
    assert_eq!(ann["katas"][0]["verdict"], "does not compile");
    assert_eq!(ann["katas"].as_array().unwrap().len(), 1);
    let csv = fs::read_to_string(course.path("reports/summary.csv")).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(
        lines[0],
        "student,outcome,points,max_points,passed,report,adder"
    );
    assert_eq!(
        lines[1],
        "\"'=bob, jr\",unsolved,0,6,0,\"'=bob, jr.json\",0"
    );
    assert_eq!(lines[2], "ann,unsolved,0,6,0,ann.json,0");
    batch(&course, "nothing")
        .code(2)
        .stderr(predicate::str::contains("no kata or track"));
}

#[test]
fn a_report_that_cannot_be_written_stops_nobody() {
    let course = Course::new();
    for student in ["ann", "zoe"] {
        hand_in(&course, student);
    }
    course.write("reports/ann.json/in-its-place", "");
    batch(&course, "")
        .code(3)
        .stdout(predicate::str::contains("2 students graded"))
        .stderr(predicate::str::contains("cannot write the report"))
        .stderr(predicate::str::contains("ann.json"));
    assert_eq!(row(&course, "ann")["report"], Value::Null);
    assert_eq!(row(&course, "zoe")["report"], "zoe.json");
}
