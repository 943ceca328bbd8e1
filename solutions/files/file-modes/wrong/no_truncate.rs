// Mistake: opens for writing without emptying the file, so the tail of a longer text stays.
// Caught by: writing_replaces_the_whole_file

//! Opens files with exactly the effect that Python's `open` gives them.

use std::error::Error;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::str::FromStr;

/// What Python's `open` would do. A `b` in the mode string changes nothing in Rust.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// `r`: reads a file that exists.
    Read,
    /// `w`: creates the file or empties it, and writes.
    Write,
    /// `a`: creates the file if need be; every write goes to its end.
    Append,
    /// `r+`: reads and writes a file that exists.
    ReadUpdate,
    /// `w+`: creates the file or empties it, reads and writes.
    WriteUpdate,
    /// `a+`: creates the file if need be, reads anywhere; every write goes to its end.
    AppendUpdate,
}

/// Why a text is no mode string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseModeError {
    /// None of `r`, `w`, `a`, in a text without any other mistake. Example: `"b+"`
    MissingBase,
    /// Another of `r`, `w`, `a` after the first. Example: the `w` of `"rw"`
    SecondBase(char),
    /// A letter that was there before. Example: the second `r` of `"rr"`
    Repeated(char),
    /// A letter that no mode string has. Example: the `x` of `"rx"`
    Unknown(char),
}

impl fmt::Display for ParseModeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingBase => f.write_str("a mode needs one of `r`, `w`, `a`"),
            Self::SecondBase(letter) => write!(f, "`{letter}` is a second base mode"),
            Self::Repeated(letter) => write!(f, "`{letter}` is there twice"),
            Self::Unknown(letter) => write!(f, "`{letter}` means nothing in a mode"),
        }
    }
}

impl Error for ParseModeError {}

impl FromStr for Mode {
    type Err = ParseModeError;

    // One pass, because the first bad letter from the left is the one to name: tests such
    // as `mode.contains('w')` know what is in a text, but not where.
    fn from_str(mode: &str) -> Result<Self, Self::Err> {
        let (mut base, mut update, mut binary) = (None, false, false);
        for letter in mode.chars() {
            match letter {
                'r' | 'w' | 'a' => match base {
                    None => base = Some(letter),
                    Some(same) if same == letter => return Err(ParseModeError::Repeated(letter)),
                    Some(_) => return Err(ParseModeError::SecondBase(letter)),
                },
                '+' if !update => update = true,
                'b' if !binary => binary = true,
                '+' | 'b' => return Err(ParseModeError::Repeated(letter)),
                _ => return Err(ParseModeError::Unknown(letter)),
            }
        }
        match (base.ok_or(ParseModeError::MissingBase)?, update) {
            ('r', false) => Ok(Self::Read),
            ('r', true) => Ok(Self::ReadUpdate),
            ('w', false) => Ok(Self::Write),
            ('w', true) => Ok(Self::WriteUpdate),
            (_, false) => Ok(Self::Append),
            (_, true) => Ok(Self::AppendUpdate),
        }
    }
}

impl Mode {
    /// The options that open a file as this mode says.
    // The table of the README, one arm a row. `append` brings `write` with it.
    pub fn options(self) -> OpenOptions {
        let mut options = OpenOptions::new();
        match self {
            Self::Read => options.read(true),
            Self::Write => options.write(true).create(true).truncate(true),
            Self::Append => options.append(true).create(true),
            Self::ReadUpdate => options.read(true).write(true),
            Self::WriteUpdate => options.read(true).write(true).create(true).truncate(true),
            Self::AppendUpdate => options.read(true).append(true).create(true),
        };
        options
    }

    /// Opens a file as this mode says.
    pub fn open(self, path: impl AsRef<Path>) -> io::Result<File> {
        self.options().open(path)
    }
}

/// The text of a whole file; [`io::ErrorKind::InvalidData`] if it is not UTF-8.
pub fn read_text(path: impl AsRef<Path>) -> io::Result<String> {
    // std opens, reads, checks and closes in one call; `from_utf8_lossy` would hide damage.
    fs::read_to_string(path)
}

/// The bytes of a whole file.
pub fn read_bytes(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    fs::read(path)
}

/// Makes `text` all that the file holds.
pub fn write_text(path: impl AsRef<Path>, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    file.write_all(text.as_bytes())
}

/// Adds `text` at the end of the file.
pub fn append_text(path: impl AsRef<Path>, text: &str) -> io::Result<()> {
    // `write_all`, not `write`: one `write` may take only a part of the text.
    with_file(path, Mode::Append, |file| file.write_all(text.as_bytes()))
}

/// Opens a file, lends it to `body` and closes it, also when `body` fails or panics.
pub fn with_file<T>(
    path: impl AsRef<Path>,
    mode: Mode,
    body: impl FnOnce(&mut File) -> io::Result<T>,
) -> io::Result<T> {
    // Nothing closes the file here, and nothing can forget to: `file` is dropped at the end
    // of this scope on every way out of it, an unwinding panic included.
    let mut file = mode.open(path)?;
    body(&mut file)
}
