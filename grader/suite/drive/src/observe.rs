//! What most suites observe: results in the student's own words, and what is in the working folder.

use std::fmt::{self, Debug};
use std::fs;
use std::io::{self, ErrorKind};
use wire::Wire;

/// A value in Rust's own notation, such as `Err(NotFound)`. A report shows it as it is, without the
/// quotes of a text.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown(String);

impl Shown {
    /// Of a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The debug form of a value.
    pub fn of(value: &impl Debug) -> Self {
        Self(format!("{value:?}"))
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Wire for Shown {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        String::take(bytes).map(Self)
    }
}

/// Bytes, shown as the text that they are, or as Rust writes others: `b"caf\xc3"`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match std::str::from_utf8(&self.0) {
            Ok(text) => Debug::fmt(text, f),
            Err(_) => write!(f, "b\"{}\"", self.0.escape_ascii()),
        }
    }
}

impl Wire for Bytes {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Vec::take(bytes).map(Self)
    }
}

/// A result as a student writes it: the value, or the kind of the error.
#[must_use]
pub fn result<T: Debug>(result: &io::Result<T>) -> Shown {
    match result {
        Ok(value) => Shown(format!("Ok({value:?})")),
        Err(error) => failure(error),
    }
}

/// The kind of an error, or its text where the kind says nothing.
#[must_use]
pub fn failure(error: &io::Error) -> Shown {
    let kind = format!("{:?}", error.kind());
    if kind == "Uncategorized" || error.kind() == ErrorKind::Other {
        Shown(format!("Err({error})"))
    } else {
        Shown(format!("Err({kind})"))
    }
}

/// The names of everything in a folder, in order.
///
/// # Errors
/// When it cannot be read.
pub fn listing(folder: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

/// Every text of these letters up to a length, shorter ones first.
#[must_use]
pub fn texts_of(letters: &str, longest: usize) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut from = 0;
    for _ in 0..longest {
        let to = texts.len();
        for at in from..to {
            for letter in letters.chars() {
                texts.push(format!("{}{letter}", texts[at]));
            }
        }
        from = to;
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_shown_as_a_student_writes_it() {
        assert_eq!(format!("{:?}", result(&Ok(Some("x")))), "Ok(Some(\"x\"))");
        let missing = io::Error::from(ErrorKind::NotFound);
        assert_eq!(failure(&missing).text(), "Err(NotFound)");
        let odd = io::Error::other("Bad file descriptor");
        assert_eq!(failure(&odd).text(), "Err(Bad file descriptor)");
    }

    #[test]
    fn every_text_of_some_letters_is_there_once() {
        assert_eq!(texts_of("ab", 2), ["", "a", "b", "aa", "ab", "ba", "bb"]);
        assert_eq!(texts_of("", 3), [""]);
    }

    #[test]
    fn bytes_are_shown_as_text_where_they_are_text() {
        let shown = |bytes: &[u8]| format!("{:?}", Bytes(bytes.to_vec()));
        assert_eq!(shown("é\r\n".as_bytes()), r#""é\r\n""#);
        assert_eq!(shown(b"caf\xc3"), r#"b"caf\xc3""#);
    }

    #[test]
    fn a_shown_value_travels() {
        let shown = Shown::of(&Some('x'));
        assert_eq!(Shown::from_bytes(&shown.to_bytes()), Some(shown));
    }
}
