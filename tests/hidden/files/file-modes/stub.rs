//! Opens files with exactly the effect that Python's `open` gives them.

use std::error::Error;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
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

    fn from_str(mode: &str) -> Result<Self, Self::Err> {
        todo!("parse the mode string {mode:?}")
    }
}

impl Mode {
    /// The options that open a file as this mode says.
    pub fn options(self) -> OpenOptions {
        todo!("the OpenOptions for {self:?}")
    }

    /// Opens a file as this mode says.
    pub fn open(self, path: impl AsRef<Path>) -> io::Result<File> {
        todo!("open {:?} as {self:?}", path.as_ref())
    }
}

/// The text of a whole file; [`io::ErrorKind::InvalidData`] if it is not UTF-8.
pub fn read_text(path: impl AsRef<Path>) -> io::Result<String> {
    todo!("read the text of {:?}", path.as_ref())
}

/// The bytes of a whole file.
pub fn read_bytes(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    todo!("read the bytes of {:?}", path.as_ref())
}

/// Makes `text` all that the file holds.
pub fn write_text(path: impl AsRef<Path>, text: &str) -> io::Result<()> {
    todo!("write {text:?} to {:?}", path.as_ref())
}

/// Adds `text` at the end of the file.
pub fn append_text(path: impl AsRef<Path>, text: &str) -> io::Result<()> {
    todo!("append {text:?} to {:?}", path.as_ref())
}

/// Opens a file, lends it to `body` and closes it, also when `body` fails or panics.
pub fn with_file<T>(
    path: impl AsRef<Path>,
    mode: Mode,
    body: impl FnOnce(&mut File) -> io::Result<T>,
) -> io::Result<T> {
    let _ = body;
    todo!("open {:?} as {mode:?} for the body", path.as_ref())
}
