//! Verdicts that need not be made again.

use crate::course::{Course, Report};
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, SystemTime};

/// Whether the verdict on `adder` was made in an earlier grade.
fn is_kept(report: &Report) -> bool {
    report.kata("adder")["kept"].as_bool().unwrap()
}

#[test]
fn an_unchanged_kata_keeps_its_verdict_until_its_text_or_the_course_changes() {
    let course = Course::with("adder/wrong");
    let first = course.report("adder");
    assert!(!is_kept(&first));

    let second = course.report("adder");
    assert!(is_kept(&second));
    for field in ["verdict", "points", "cases", "seed"] {
        assert_eq!(
            second.kata("adder")[field],
            first.kata("adder")[field],
            "{field}"
        );
    }
    assert!(!is_kept(&course.report("adder --no-cache")));

    course.solve("adder");
    let mended = course.report("adder");
    assert!(!is_kept(&mended));
    assert_eq!(mended.verdict("adder"), "passed");

    course.configure("adder", "limits.open-files = 63");
    assert!(!is_kept(&course.report("adder")));
}

#[test]
fn what_a_file_says_decides_and_not_how_old_it_is() {
    const OLD: Duration = Duration::from_secs(1_000_000_000);
    let course = Course::new();
    course.solve("adder");
    let suite = course.path("tests/hidden/basics/adder/suite.rs");
    let original = fs::read_to_string(&suite).unwrap();
    let other = original.replace("a.wrapping_add(b)", "a.wrapping_sub(b)");
    assert_ne!(other, original);
    // Each older than the one before, as a backup is that somebody restores.
    for (age, text, verdict) in [
        (1, &original, "passed"),
        (2, &other, "failed"),
        (3, &original, "passed"),
    ] {
        fs::write(&suite, text).unwrap();
        let file = File::options().write(true).open(&suite).unwrap();
        file.set_modified(SystemTime::now() - OLD * age).unwrap();
        let report = course.report("adder --no-cache");
        assert_eq!(report.verdict("adder"), verdict, "suite number {age}");
        assert_eq!(course.report("adder").verdict("adder"), verdict);
    }
}

#[test]
fn a_verdict_names_paths_as_they_are_seen_from_where_it_is_asked_for() {
    let course = Course::with("adder/panics");
    let seen_from = |folder: &str, args: &str| {
        let check = format!("check adder --format json {args}");
        let report = Report::printed_by(&mut course.grader_in(folder, &check));
        let failure = &report.case("small_numbers_are_added")["failure"];
        let texts = [&failure["panics"][0]["file"], &failure["replay"]];
        texts.map(|text| text.as_str().unwrap().to_owned())
    };
    for (folder, args, expected) in [
        ("", "", "exercises/basics/adder/src/lib.rs"),
        ("exercises", "", "basics/adder/src/lib.rs"),
        ("exercises/basics/adder", "", "./src/lib.rs"),
        ("exercises", "--from .", "basics/adder/src/lib.rs"),
        ("", "--from exercises", "exercises/basics/adder/src/lib.rs"),
    ] {
        let [file, replay] = seen_from(folder, args);
        assert_eq!(file, expected, "{args} in {folder}");
        let command = format!("cargo grader check adder {args}");
        let command = format!("{} --seed ", command.trim_end());
        assert!(replay.starts_with(&command), "{replay}");
    }
}

/// The only kept verdict of a course.
fn kept(course: &Course) -> PathBuf {
    let folders = fs::read_dir(course.path(".katas/verdicts")).unwrap();
    let folder = folders.map(|entry| entry.unwrap().path()).next().unwrap();
    folder.join("adder.json")
}

#[test]
fn a_damaged_verdict_is_made_again() {
    let course = Course::new();
    course.solve("adder");
    course.report("adder");
    let whole = fs::read(kept(&course)).unwrap();
    let half = &whole[..whole.len() / 2];
    for damaged in [half, b"", &[0xff; 64]] {
        fs::write(kept(&course), damaged).unwrap();
        let again = course.report("adder");
        assert!(!is_kept(&again));
        assert_eq!(again.verdict("adder"), "passed");
    }
}

#[test]
fn ci_takes_no_verdict_from_the_disk() {
    let course = Course::with("adder/wrong");
    course.report("adder");
    let forged = fs::read_to_string(kept(&course)).unwrap();
    let forged = forged.replace("\"failed\"", "\"passed\"");
    fs::write(kept(&course), forged).unwrap();
    // At home the disk is the student's own.
    assert_eq!(course.report("adder").verdict("adder"), "passed");
    let mut ci = course.grader("check adder --format json --sandbox best");
    let report = Report::printed_by(ci.env("CI", "true"));
    assert_eq!(report.verdict("adder"), "failed");
}

#[test]
fn a_clock_that_was_set_back_hides_no_change() {
    let course = Course::new();
    course.solve("adder");
    let written = fs::metadata(course.lib("adder")).unwrap().modified();
    course.report("adder");
    course.hand_in("adder/wrong");
    let file = File::options()
        .write(true)
        .open(course.lib("adder"))
        .unwrap();
    file.set_modified(written.unwrap() - Duration::from_hours(24))
        .unwrap();
    let report = course.report("adder");
    assert_eq!(report.verdict("adder"), "failed");
    assert!(!is_kept(&report));
}

#[test]
fn graders_that_run_at_once_agree_and_leave_a_verdict_that_can_be_read() {
    let course = Course::new();
    course.solve("adder");
    let verdicts = std::thread::scope(|scope| {
        let graders = [(); 3].map(|()| scope.spawn(|| course.report("adder")));
        graders.map(|grader| grader.join().unwrap().verdict("adder").to_owned())
    });
    assert_eq!(verdicts, ["passed"; 3]);
    assert!(is_kept(&course.report("adder")));
}

#[test]
fn a_killed_grade_leaves_nothing_that_misleads_the_next() {
    let course = Course::new();
    course.solve("adder");
    let mut command = course.program("", "check adder");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut killed = command.spawn().unwrap();
    // Once the compiler's folder is there, grading is under way.
    while !course.path(".katas/incremental").exists() {
        assert_eq!(killed.try_wait().unwrap(), None);
        std::thread::yield_now();
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(course.report("adder").verdict("adder"), "passed");
}
