//! What most suites observe: results in the student's own words, and what is in the working folder.

use std::fmt::{self, Debug};
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::io::{self, ErrorKind};
use wire::Wire;

/// Longest text that is shown whole, in bytes.
const WHOLE: usize = 8 << 10;
/// Letters of a longer one that are shown at each end.
const END: usize = 200;

/// A value in Rust's own notation, such as `Err(NotFound)`. A report shows it as it is, without the
/// quotes of a text. A long one is told by its ends and by its length and a hash of all of it.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown(String);

impl Shown {
    /// Of a text.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.len() <= WHOLE {
            return Self(text);
        }
        let head: String = text.chars().take(END).collect();
        let tail = text
            .char_indices()
            .rev()
            .nth(END - 1)
            .map_or(0, |(at, _)| at);
        let (len, hash) = (text.len(), hash(text.as_bytes()));
        Self(format!(
            "{head}… {len} bytes, hash {hash:016x} …{}",
            &text[tail..]
        ))
    }

    /// The debug form of a value.
    pub fn of(value: &impl Debug) -> Self {
        Self::new(format!("{value:?}"))
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
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
            // Escaping every byte of a long one takes too long.
            Err(_) if self.0.len() > WHOLE => {
                let head = self.0[..END].escape_ascii();
                let (len, hash) = (self.0.len(), hash(&self.0));
                write!(f, "b\"{head}…\" ({len} bytes, hash {hash:016x})")
            }
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

wire::wire! {
    /// Bytes that are told by how they are made, such as `"a" + "你".repeat(9000)`.
    #[derive(Clone, Default, PartialEq, Eq)]
    pub struct Data {
        head: Bytes,
        part: Bytes,
        times: u64,
        tail: Bytes,
    }
}

impl Data {
    /// These bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            head: Bytes(bytes.into()),
            ..Self::default()
        }
    }

    /// `head`, so many times `part`, and `tail`.
    pub fn repeated(
        head: impl Into<Vec<u8>>,
        part: impl Into<Vec<u8>>,
        times: u64,
        tail: impl Into<Vec<u8>>,
    ) -> Self {
        let [head, part, tail] = [head.into(), part.into(), tail.into()].map(Bytes);
        Self {
            head,
            part,
            times,
            tail,
        }
    }

    /// All of them.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let times = usize::try_from(self.times).unwrap_or_default();
        [&self.head.0[..], &self.part.0.repeat(times), &self.tail.0].concat()
    }

    /// The text that they are; what is no text is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }
}

impl Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.times == 0 {
            return Debug::fmt(&self.head, f);
        }
        if !self.head.0.is_empty() {
            write!(f, "{:?} + ", self.head)?;
        }
        write!(f, "{:?}.repeat({})", self.part, self.times)?;
        if !self.tail.0.is_empty() {
            write!(f, " + {:?}", self.tail)?;
        }
        Ok(())
    }
}

/// A result as a student writes it: the value, or the kind of the error.
#[must_use]
pub fn result<T: Debug>(result: &io::Result<T>) -> Shown {
    match result {
        Ok(value) => Shown::new(format!("Ok({value:?})")),
        Err(error) => failure(error),
    }
}

/// The kind of an error, or its text where the kind says nothing.
#[must_use]
pub fn failure(error: &io::Error) -> Shown {
    let kind = format!("{:?}", error.kind());
    if kind == "Uncategorized" || error.kind() == ErrorKind::Other {
        Shown::new(format!("Err({error})"))
    } else {
        Shown::new(format!("Err({kind})"))
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
    fn long_values_are_told_by_their_ends_and_differ_by_their_middle() {
        let long = |middle| format!("{}{middle}{}", "你".repeat(9_000), "x".repeat(9_000));
        let shown = Shown::new(long("a"));
        assert!(shown.text().len() < 2_000, "{shown:?}");
        assert_eq!(shown, Shown::new(long("a")));
        assert_ne!(shown, Shown::new(long("b")));
    }

    #[test]
    fn data_is_told_by_how_it_is_made() {
        let data = Data::repeated("a", "你\n", 3, [0xff]);
        assert_eq!(format!("{data:?}"), r#""a" + "你\n".repeat(3) + b"\xff""#);
        assert_eq!(data.bytes(), ["a你\n你\n你\n".as_bytes(), b"\xff"].concat());
        assert_eq!(format!("{:?}", Data::new("x")), "\"x\"");
    }

    #[test]
    fn a_shown_value_travels() {
        let shown = Shown::of(&Some('x'));
        assert_eq!(Shown::from_bytes(&shown.to_bytes()), Some(shown));
    }
}
