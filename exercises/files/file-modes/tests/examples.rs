//! The contract by example: `cargo test` in this folder runs it.

use file_modes::{Mode, ParseModeError, append_text, read_bytes, read_text, with_file, write_text};
use std::io::Write;

#[test]
fn a_mode_string_may_have_its_letters_in_any_order() {
    assert_eq!("rb+".parse(), Ok(Mode::ReadUpdate));
    assert_eq!("+ab".parse(), Ok(Mode::AppendUpdate));
    assert_eq!("wb".parse(), Ok(Mode::Write));
}

#[test]
fn a_broken_mode_string_says_what_is_wrong() {
    assert_eq!("rw".parse::<Mode>(), Err(ParseModeError::SecondBase('w')));
    assert_eq!("rr".parse::<Mode>(), Err(ParseModeError::Repeated('r')));
    assert_eq!("xr".parse::<Mode>(), Err(ParseModeError::Unknown('x')));
    assert_eq!("b+".parse::<Mode>(), Err(ParseModeError::MissingBase));
}

#[test]
fn writing_replaces_and_appending_adds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("greeting.txt");

    write_text(&path, "Hello, world!").unwrap();
    assert_eq!(read_bytes(&path).unwrap().len(), 13);

    write_text(&path, "Hi").unwrap();
    append_text(&path, ", 世界").unwrap();
    assert_eq!(read_text(&path).unwrap(), "Hi, 世界");
}

#[test]
fn with_file_lends_an_open_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.txt");

    let lines = with_file(&path, Mode::Write, |file| {
        writeln!(file, "tea")?;
        writeln!(file, "milk")?;
        Ok(2)
    });
    assert_eq!(lines.unwrap(), 2);
    assert_eq!(read_text(&path).unwrap(), "tea\nmilk\n");
}
