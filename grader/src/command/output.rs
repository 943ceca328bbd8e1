//! Printing, and the alias that makes `cargo grader` work inside `exercises`.

use crate::cli::Color;
use crate::error::{Error, Result};
use crate::text::{inert, printable};
use std::io::Write;
use std::path::Path;

/// Makes clap's and our own streams follow the choice.
pub(super) fn set_colour(choice: Color) {
    match choice {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
}

/// Prints to standard output; a reader that has gone away is no error.
pub(super) fn say(text: &str) -> Result<()> {
    let mut stdout = std::io::stdout().lock();
    let printed = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match printed {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::grader(
            format!("cannot print: {error}"),
            "is standard output open and the disk not full?",
        )),
        _ => Ok(()),
    }
}

/// Prints an error, once.
pub(super) fn complain(error: &Error) {
    tell(&format!("error: {error}"));
}

/// Prints what is not as it might be, though the command does its job.
pub(super) fn warn(what: &str) {
    tell(&format!("warning: {what}"));
}

fn tell(text: &str) {
    let mut stderr = anstream::stderr().lock();
    // Nobody to tell it to is no reason to stop.
    let _ = writeln!(stderr, "{}", inert(&printable(text)));
}

/// Lets `cargo grader` work from inside a kata's folder too, where cargo sees only the
/// student's workspace. A convenience: if it cannot be written, nothing is lost.
pub(super) fn write_alias(root: &Path) {
    let manifest = root.join("Cargo.toml");
    let exercises = root.join("exercises");
    let (Some(manifest), true) = (manifest.to_str(), exercises.is_dir() && manifest.is_file())
    else {
        return;
    };
    // A string alias, because arrays of two configuration files are merged; it cannot
    // express a path with a space.
    if manifest.contains(char::is_whitespace) {
        return;
    }
    let alias = format!(
        "# Written by the grader, so that `cargo grader` works from here too.\n[alias]\ngrader = \
         {:?}\n",
        format!("run --profile grader --manifest-path {manifest} --package grader --")
    );
    let file = exercises.join(".cargo/config.toml");
    if std::fs::read_to_string(&file).is_ok_and(|text| text == alias) {
        return;
    }
    let _ = std::fs::create_dir_all(exercises.join(".cargo"))
        .and_then(|()| std::fs::write(&file, alias));
}
