//! Verdicts that need not be made again.

use crate::course::{Course, Report, solution, with_body};
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

#[test]
fn an_unchanged_kata_keeps_its_verdict_until_its_text_or_the_course_changes() {
    let wrong = with_body(&solution(), "append_text", "    fs::write(path, text)");
    let course = Course::file_modes().and_submission("file-modes", &wrong);
    let first = course.report("");
    assert_eq!(first.kata("file-modes")["kept"], false);

    let second = course.report("");
    let kata = second.kata("file-modes");
    assert_eq!(kata["kept"], true);
    for field in ["verdict", "points", "cases", "seed"] {
        assert_eq!(kata[field], first.kata("file-modes")[field], "{field}");
    }
    let asked_for = course.report("--no-cache");
    assert_eq!(asked_for.kata("file-modes")["kept"], false);

    course.submit("file-modes", &solution());
    let mended = course.report("");
    assert_eq!(mended.kata("file-modes")["kept"], false);
    assert_eq!(mended.kata("file-modes")["verdict"], "passed");

    let course = course.and_about("file-modes", "[limits]\nopen-files = 63");
    assert_eq!(course.report("").kata("file-modes")["kept"], false);
}

#[test]
fn a_verdict_names_paths_as_they_are_seen_from_where_it_is_asked_for() {
    let body = "    let _ = (path, text);\n    panic!(\"over\")";
    let course = Course::file_modes()
        .and_submission("file-modes", &with_body(&solution(), "write_text", body));
    let seen_from = |folder: &str, arguments: &str| {
        let command = format!("check --format json {arguments}");
        let output = course.grader_in(folder, &command).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let report = Report::read(&text).unwrap();
        let case = report.case("writing_replaces_the_whole_file");
        let failure = &case["failure"];
        let texts = [&failure["panics"][0]["file"], &failure["replay"]];
        texts.map(|text| text.as_str().unwrap().to_owned())
    };
    let [file, _] = seen_from("", "");
    assert_eq!(file, "exercises/files/file-modes/src/lib.rs");
    let [file, _] = seen_from("exercises", "");
    assert_eq!(file, "files/file-modes/src/lib.rs");
    let [file, _] = seen_from("exercises/files/file-modes", "");
    assert_eq!(file, "./src/lib.rs");
    let [file, replay] = seen_from("exercises", "--from .");
    assert_eq!(file, "files/file-modes/src/lib.rs");
    assert!(
        replay.contains("check file-modes --from . --seed"),
        "{replay}"
    );
    let [file, replay] = seen_from("", "--from exercises");
    assert_eq!(file, "exercises/files/file-modes/src/lib.rs");
    assert!(
        replay.contains("check file-modes --from exercises --seed"),
        "{replay}"
    );
    let [_, replay] = seen_from("", "");
    assert!(replay.contains("check file-modes --seed"), "{replay}");
}

/// The only kept verdict of a course of one kata.
fn kept(course: &Course) -> PathBuf {
    let folders = fs::read_dir(course.path(".katas/verdicts")).unwrap();
    let folder = folders.map(|entry| entry.unwrap().path()).next().unwrap();
    folder.join("file-modes.json")
}

#[test]
fn a_damaged_verdict_is_made_again() {
    let course = Course::file_modes().and_submission("file-modes", &solution());
    course.report("");
    let whole = fs::read(kept(&course)).unwrap();
    let half = &whole[..whole.len() / 2];
    for damaged in [half, b"", &[0xff; 64]] {
        fs::write(kept(&course), damaged).unwrap();
        let again = course.report("");
        assert_eq!(again.kata("file-modes")["kept"], false);
        assert_eq!(again.kata("file-modes")["verdict"], "passed");
    }
}

#[test]
fn ci_takes_no_verdict_from_the_disk() {
    let wrong = with_body(&solution(), "append_text", "    fs::write(path, text)");
    let course = Course::file_modes().and_submission("file-modes", &wrong);
    course.report("");
    let forged = fs::read_to_string(kept(&course)).unwrap();
    let forged = forged.replace("\"failed\"", "\"passed\"");
    fs::write(kept(&course), forged).unwrap();
    let mut ci = course.grader("check --format json --sandbox best");
    let output = ci.env("CI", "true").output().unwrap();
    let report = Report::read(&String::from_utf8(output.stdout).unwrap()).unwrap();
    assert_eq!(report.kata("file-modes")["verdict"], "failed");
}

#[test]
fn a_clock_that_was_set_back_hides_no_change() {
    let course = Course::file_modes().and_submission("file-modes", &solution());
    let written = fs::metadata(course.lib("file-modes")).unwrap().modified();
    course.report("");
    let wrong = with_body(&solution(), "append_text", "    fs::write(path, text)");
    course.submit("file-modes", &wrong);
    let file = File::options()
        .write(true)
        .open(course.lib("file-modes"))
        .unwrap();
    file.set_modified(written.unwrap() - Duration::from_hours(24))
        .unwrap();
    let report = course.report("");
    assert_eq!(report.kata("file-modes")["verdict"], "failed");
    assert_eq!(report.kata("file-modes")["kept"], false);
}

#[test]
fn graders_side_by_side_do_not_disturb_each_other() {
    let course = Course::file_modes().and_submission("file-modes", &solution());
    let verdicts = std::thread::scope(|scope| {
        let graders = [(); 3].map(|()| scope.spawn(|| course.report("")));
        graders.map(|grader| grader.join().unwrap().kata("file-modes")["verdict"].clone())
    });
    assert_eq!(verdicts, ["passed"; 3]);
    assert_eq!(course.report("").kata("file-modes")["kept"], true);
}

#[test]
fn a_killed_grade_leaves_nothing_that_misleads_the_next() {
    let course = Course::file_modes().and_submission("file-modes", &solution());
    let program = assert_cmd::cargo::cargo_bin!("grader");
    let mut killed = Command::new(program)
        .arg("check")
        .current_dir(course.path(""))
        .env_remove("CI")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Once the compiler's folder is there, grading is under way.
    while !course.path(".katas/incremental").exists() {
        assert_eq!(killed.try_wait().unwrap(), None);
        std::thread::yield_now();
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let report = course.report("");
    assert_eq!(report.kata("file-modes")["verdict"], "passed");
    assert_eq!(report.kata("file-modes")["kept"], false);
}
