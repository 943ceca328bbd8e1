//! `author new`: lays out the files of a kata.

use super::Here;
use super::output::say;
use crate::cli::NewKata;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::text::grader_command;
use std::fs;
use std::path::Path;

/// The files below the course's root, with `@` for `<track>/<id>`, and their texts, in which
/// `new-track`, `new-kata`, `new_kata` and `New kata` stand for those of the kata.
const FILES: [(&str, &str); 10] = [
    (
        "exercises/@/Cargo.toml",
        include_str!("../../templates/kata/exercise.toml"),
    ),
    (
        "exercises/@/README.md",
        include_str!("../../templates/kata/README.md"),
    ),
    (
        "exercises/@/README.zh-CN.md",
        include_str!("../../templates/kata/README.zh-CN.md"),
    ),
    (
        "exercises/@/src/lib.rs",
        include_str!("../../templates/kata/stub.rs"),
    ),
    (
        "exercises/@/tests/examples.rs",
        include_str!("../../templates/kata/examples.rs"),
    ),
    (
        "solutions/@/Cargo.toml",
        include_str!("../../templates/kata/solution.toml"),
    ),
    (
        "solutions/@/src/lib.rs",
        include_str!("../../templates/kata/solution.rs"),
    ),
    (
        "tests/hidden/@/kata.toml",
        include_str!("../../templates/kata/kata.toml"),
    ),
    (
        "tests/hidden/@/stub.rs",
        include_str!("../../templates/kata/stub.rs"),
    ),
    (
        "tests/hidden/@/suite.rs",
        include_str!("../../templates/kata/suite.rs"),
    ),
];

/// Writes every file of a new kata, and none if one of them is there.
pub(super) fn new(here: &Here, args: &NewKata) -> Result<ExitCode> {
    let NewKata { track, id } = args;
    for name in [track, id] {
        check_name(name)?;
    }
    if here.catalogue.katas.iter().any(|kata| kata.id == *id) {
        return Err(Error::usage(
            format!("there is a kata {id} already"),
            "choose another id",
        ));
    }
    let place = format!("{track}/{id}");
    let root = &here.catalogue.root;
    let files = FILES.map(|(file, text)| (root.join(file.replace('@', &place)), text));
    if let Some((file, _)) = files.iter().find(|(file, _)| file.exists()) {
        return Err(Error::usage(
            format!("{} is there already", file.display()),
            "move it away, or choose another id",
        ));
    }
    for (file, text) in files {
        write(&file, &text_of(text, track, id))?;
    }
    let verify = grader_command(["author", "verify", id]);
    say(&format!(
        "{id} is laid out in exercises/{place}, solutions/{place} and tests/hidden/{place}\n\
         next: write the README and the stub, then the first case (docs/authoring.md); `{verify}` says \
         what is missing\n"
    ))?;
    Ok(ExitCode::Passed)
}

fn check_name(name: &str) -> Result<()> {
    let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let is_word = |word: &str| !word.is_empty() && word.chars().all(is_letter);
    if name.starts_with(|letter: char| letter.is_ascii_lowercase()) && name.split('-').all(is_word)
    {
        return Ok(());
    }
    Err(Error::usage(
        format!("{name:?} cannot name a track or a kata"),
        "use small letters and digits, in words with a hyphen between them",
    ))
}

fn text_of(text: &str, track: &str, id: &str) -> String {
    let title = id.replace('-', " ");
    let title = title[..1].to_uppercase() + &title[1..];
    text.replace("new-track", track)
        .replace("new-kata", id)
        .replace("new_kata", &id.replace('-', "_"))
        .replace("New kata", &title)
}

fn write(file: &Path, text: &str) -> Result<()> {
    let failed = |error| Error::io("write", file, &error);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(file, text).map_err(failed)
}
