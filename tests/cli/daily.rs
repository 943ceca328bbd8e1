//! What helps a student from day to day: `show`, `hint`, `reset`, `solution`, `list`, `doctor`.

use crate::course::{Course, original, solution};
use predicates::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn reset_brings_the_stub_back_byte_for_byte_and_keeps_what_was_there() {
    let course = Course::new();
    let mine = "// half a thought\r\npub fn half(";
    course.submit("adder", mine);
    course.write("exercises/basics/adder/src/more/notes.rs", "// mine too");
    let assert = course
        .grader_in("exercises/basics/adder", "reset")
        .assert()
        .code(0)
        .stdout(predicate::str::contains("adder is a stub again"));
    let said = String::from_utf8(assert.get_output().stdout.clone()).unwrap();

    let stub = fs::read(course.path("tests/hidden/basics/adder/stub.rs")).unwrap();
    assert_eq!(fs::read(course.lib("adder")).unwrap(), stub);
    assert!(!course.path("exercises/basics/adder/src/more").exists());

    let backups = backups(&course);
    assert_eq!(backups.len(), 1);
    assert!(
        said.contains(backups[0].file_name().unwrap().to_str().unwrap()),
        "{said}"
    );
    let kept = |file: &str| fs::read_to_string(backups[0].join("src").join(file)).unwrap();
    assert_eq!(kept("lib.rs"), mine);
    assert_eq!(kept("more/notes.rs"), "// mine too");
}

#[test]
fn every_reset_keeps_a_backup_of_its_own() {
    let course = Course::new();
    let texts = ["// first", "// second", "// third"];
    for text in texts {
        course.submit("adder", text);
        course.grader("reset adder").assert().code(0);
    }
    let mut kept: Vec<String> = backups(&course)
        .iter()
        .map(|backup| fs::read_to_string(backup.join("src/lib.rs")).unwrap())
        .collect();
    kept.sort();
    assert_eq!(kept, texts);
}

#[test]
fn reset_brings_a_deleted_kata_back() {
    let course = Course::new();
    fs::remove_dir_all(course.path("exercises/basics/adder/src")).unwrap();
    course.grader("reset adder").assert().code(0);
    let report = course.report("");
    assert_eq!(report.kata("adder")["verdict"], "not-attempted");
}

fn backups(course: &Course) -> Vec<PathBuf> {
    let folder = course.path(".katas/backup/adder");
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn no_command_but_reset_writes_to_a_students_files() {
    let course = Course::new();
    course.submit("adder", "pub fn half(");
    let before = files(&course.path("exercises/basics"));
    for command in [
        "check",
        "list",
        "show adder",
        "hint adder",
        "solution adder --give-up",
        "progress",
        "doctor",
    ] {
        course.grader(command).output().unwrap();
    }
    assert_eq!(files(&course.path("exercises/basics")), before);
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.clone(), fs::read(path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_solution_is_shown_to_those_who_give_up() {
    Course::new()
        .grader("solution adder --give-up")
        .assert()
        .code(0)
        .stdout(solution("adder"));
}

#[test]
fn hints_go_one_step_further_each_time_in_both_languages() {
    let course = Course::new();
    let hint = |args: &str| {
        let assert = course
            .grader(&format!("hint adder {args}"))
            .assert()
            .code(0);
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    };
    let about = original("tests/hidden", "adder", "kata.toml");
    let about: toml::Table = about.parse().unwrap();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (index, step) in about["hints"].as_array().unwrap().iter().enumerate() {
        for (language, flag) in [("en", ""), ("zh", "--lang zh")] {
            let shown = words(&hint(&format!("--level {} {flag}", index + 1)));
            let expected = words(step[language].as_str().unwrap());
            assert!(shown.contains(&expected), "{shown}\n{expected}");
        }
    }
    fs::remove_dir_all(course.path(".katas")).unwrap();
    let in_turn = [(); 4].map(|()| hint(""));
    assert!(in_turn[0].contains("more: `cargo grader hint adder`"));
    let steps = ["1", "2", "3", "3"].map(|level| hint(&format!("--level {level}")));
    assert_eq!(in_turn, steps);
    assert!(in_turn[3].contains("this is the last hint"));
    for level in ["0", "4"] {
        course
            .grader(&format!("hint adder --level {level}"))
            .assert()
            .code(2)
            .stderr(predicate::str::contains("adder has hints 1 to 3"));
    }
}

#[test]
fn show_prints_the_text_in_both_languages_or_the_pristine_stub() {
    let course = Course::new();
    course.submit("adder", "// not the stub");
    let inside = "exercises/basics/adder/src";
    for (args, expected) in [
        ("show", original("exercises", "adder", "README.md")),
        (
            "show --lang zh",
            original("exercises", "adder", "README.zh-CN.md"),
        ),
        ("show --stub", original("tests/hidden", "adder", "stub.rs")),
    ] {
        course
            .grader_in(inside, args)
            .assert()
            .code(0)
            .stdout(expected);
    }
}

#[test]
fn list_shows_the_way_through_the_course_and_where_to_go_on() {
    Course::new().grader("list").assert().code(0).stdout(
        predicate::str::is_match(
            "^spawner .*1/5 .*10 min  threads  The spawner\nadder .*\nticket .*\nwordlist .*\n\n\
             next: spawner \\(1 of 5, about 10 minutes\\): `cargo grader show spawner`\n$",
        )
        .unwrap(),
    );
}

#[test]
fn after_a_pass_our_solution_and_the_way_on_are_told() {
    let course = Course::new();
    course.solve("spawner");
    let said = "solved: see ours with `cargo grader solution spawner`\n\
                next: adder (1 of 5, about 10 minutes): `cargo grader show adder`\n";
    course
        .grader("check spawner")
        .assert()
        .code(0)
        .stdout(predicate::str::ends_with(said));
}

#[test]
fn warnings_about_code_that_passes_are_shown_as_advice() {
    let course = Course::new();
    course.submit("adder", &format!("{}\nfn idle() {{}}\n", solution("adder")));
    course
        .grader("check adder")
        .assert()
        .code(0)
        .stdout(predicate::str::contains(
            "adder passes, and the compiler has advice",
        ))
        .stdout(predicate::str::contains("`idle` is never used"));
}

#[test]
fn titles_are_shown_in_the_language_that_is_asked_for() {
    let course = Course::new();
    let about = original("tests/hidden", "adder", "kata.toml");
    let about: toml::Table = about.parse().unwrap();
    let title = about["title-zh"].as_str().unwrap();
    course
        .grader("list --lang zh")
        .assert()
        .code(0)
        .stdout(predicate::str::contains(title));
}

#[test]
fn doctor_says_what_is_in_place_and_warns_of_what_is_odd() {
    let course = Course::new();
    course
        .grader("doctor")
        .assert()
        .code(0)
        .stdout(predicate::str::is_match("course +.*, 4 katas\n").unwrap())
        .stdout(predicate::str::is_match("compiler +rustc 1").unwrap())
        .stdout(predicate::str::is_match("sandbox +[a-zA-Z]+").unwrap())
        .stdout(predicate::str::contains("0 katas on record"))
        .stdout(predicate::str::contains("all is well"));
    course.write("exercises/Cargo.toml", "[workspace");
    course
        .grader("doctor")
        .assert()
        .code(0)
        .stdout(predicate::str::contains(
            "exercises/Cargo.toml is not valid TOML",
        ));
}

#[test]
fn a_broken_course_is_the_courses_fault_and_names_the_file() {
    let course = Course::new();
    course.write("tests/hidden/basics/adder/kata.toml", "title = 3");
    course
        .grader("check")
        .assert()
        .code(3)
        .stderr(predicate::str::contains(
            "tests/hidden/basics/adder/kata.toml",
        ))
        .stderr(predicate::str::contains("this file belongs to the course"));
}
