//! Colour is never sent where nobody wants it, and nothing is said by colour alone.

use crate::course::Course;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::File;
use std::io::Read;
use std::process::Stdio;

const ESCAPE: &str = "\u{1b}";

fn piped(args: &str) -> String {
    let output = Course::new().grader(args).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// What the grader writes to a terminal.
fn on_a_terminal(args: &str, env: &[(&str, &str)]) -> String {
    let course = Course::new();
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new())
        .unwrap()
        .into_string()
        .unwrap();
    let reader = std::thread::spawn(move || {
        let mut shown = Vec::new();
        // Ends with an error when the last program has closed its end.
        let _ = File::from(terminal).read_to_end(&mut shown);
        String::from_utf8(shown).unwrap()
    });
    let theirs = File::options().read(true).write(true).open(name).unwrap();
    let mut command = course.program("", args);
    command
        .envs(env.iter().copied())
        .stdout(theirs)
        .stderr(Stdio::null());
    assert_eq!(command.status().unwrap().code(), Some(1));
    // Its own handles of the terminal go with it.
    drop(command);
    reader.join().unwrap()
}

#[test]
fn a_pipe_gets_no_colour_unless_it_is_asked_for() {
    assert!(!piped("check").contains(ESCAPE));
    assert!(!piped("check --color never").contains(ESCAPE));
    assert!(piped("check --color always").contains(ESCAPE));
}

#[test]
fn colour_says_nothing_that_is_not_said_in_words() {
    let coloured = piped("check --color always --seed 1");
    let bare = anstream::adapter::strip_str(&coloured).to_string();
    assert_ne!(bare, coloured);
    let never = piped("check --color never --seed 1");
    assert_eq!(without_times(&bare), without_times(&never));
}

fn without_times(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace);
    words
        .filter(|word| word.trim().parse::<f64>().is_err())
        .collect()
}

#[test]
fn forms_for_programs_and_logs_have_no_colour_even_when_it_is_asked_for() {
    for form in ["plain", "json", "junit"] {
        let text = piped(&format!("check --color always --format {form}"));
        assert!(!text.contains(ESCAPE), "{text}");
    }
}

#[test]
fn a_terminal_gets_colour_unless_no_color_is_set() {
    assert!(on_a_terminal("check", &[]).contains(ESCAPE));
    let without = on_a_terminal("check", &[("NO_COLOR", "1")]);
    assert!(without.contains("not attempted"), "{without}");
    assert!(!without.contains(ESCAPE), "{without}");
    // The convention says that an empty variable is not set.
    assert!(on_a_terminal("check", &[("NO_COLOR", "")]).contains(ESCAPE));
}

#[test]
fn what_is_asked_for_on_the_command_line_wins() {
    assert!(!on_a_terminal("check --color never", &[]).contains(ESCAPE));
    let asked = on_a_terminal("--color always check", &[("NO_COLOR", "1")]);
    assert!(asked.contains(ESCAPE));
}
