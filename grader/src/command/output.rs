//! Printing, and the alias that makes `cargo grader` work inside `exercises`.

use crate::cli::Color;
use crate::error::{Error, Result};
use crate::files::{Refusal, UntrustedDir};
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

/// The first line of a file that [`write_alias`] may replace.
const WRITTEN: &str = "# Written by the grader, so that `cargo grader` works from here too.\n";
/// Longest configuration that [`write_alias`] reads, in bytes.
const MAX_CONFIG: u64 = 64 << 10;

/// Lets `cargo grader` work from inside a kata's folder too, where cargo sees only the
/// student's workspace. A convenience: where it cannot be written, or a configuration of the
/// student's own is there, everything else works.
pub(super) fn write_alias(root: &Path) {
    let manifest = root.join("Cargo.toml");
    let (Some(path), true) = (manifest.to_str(), manifest.is_file()) else {
        return;
    };
    // A string alias, because cargo joins arrays of two configuration files; it cannot express a
    // path with a space.
    if path.contains(char::is_whitespace) {
        return;
    }
    let alias = format!("run --profile grader --manifest-path {path} --package grader --");
    let text = format!("{WRITTEN}[alias]\ngrader = {alias:?}\n");
    if let Ok(exercises) = UntrustedDir::open(&root.join("exercises")) {
        let _ = put_config(&exercises, &text);
    }
}

/// Writes the student's cargo configuration, unless something else than an older one is there.
fn put_config(exercises: &UntrustedDir, text: &str) -> std::result::Result<(), Refusal> {
    let folder = exercises.make_dir(".cargo")?;
    match folder.file("config.toml", MAX_CONFIG) {
        Ok(old) if old == text.as_bytes() || !old.starts_with(WRITTEN.as_bytes()) => Ok(()),
        Err(refusal) if !refusal.is_missing() => Ok(()),
        _ => folder.put("config.toml", text),
    }
}
