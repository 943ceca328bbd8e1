//! Folders that somebody else may change while they are read.
//!
//! Every name is looked up in an open folder, never along a path, so that what was checked is
//! what is read. Links are never followed, only regular files are read, no more of one than was
//! asked for, and opening one never waits.

#[cfg(any(not(unix), grader_portable))]
mod portable;
#[cfg(test)]
#[cfg(unix)]
mod tests;
#[cfg(all(unix, not(grader_portable)))]
mod unix;

#[cfg(any(not(unix), grader_portable))]
use portable as platform;
#[cfg(all(unix, not(grader_portable)))]
use unix as platform;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// An open folder that somebody else may change.
#[derive(Debug)]
pub(crate) struct UntrustedDir {
    handle: platform::Handle,
    path: PathBuf,
}

/// What stands under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, wherever it leads.
    Link,
    /// A named pipe, a socket, a device.
    Other,
}

/// One entry of a folder, as it was when the folder was listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// Name.
    pub(crate) name: OsString,
    /// What stood there. Only opening it tells what stands there now.
    pub(crate) kind: Kind,
}

/// The entries of a folder.
#[derive(Debug)]
pub(crate) struct Listing {
    /// Sorted by name.
    pub(crate) entries: Vec<Entry>,
    /// Whether these are all.
    pub(crate) is_complete: bool,
}

/// Why something could not be opened or read.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// Where it should have been.
    pub(crate) path: PathBuf,
    /// Why.
    pub(crate) why: Why,
}

/// The reason of a [`Refusal`].
#[derive(Debug)]
pub(crate) enum Why {
    /// Nothing has this name.
    Missing,
    /// This stands there instead.
    Is(Kind),
    /// The file is longer than this many bytes.
    LongerThan(u64),
    /// What the system says.
    Io(io::Error),
}

impl Refusal {
    /// Whether nothing has this name.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self.why, Why::Missing)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::Is(Kind::Link) => f.write_str("is a link, and links are not followed"),
            Self::Is(Kind::Folder) => f.write_str("is a folder"),
            Self::Is(Kind::File) => f.write_str("is not a folder"),
            Self::Is(Kind::Other) => f.write_str("is neither a regular file nor a folder"),
            Self::LongerThan(bytes) => write!(f, "is longer than {} KiB", bytes >> 10),
            Self::Io(error) => write!(f, "cannot be read: {error}"),
        }
    }
}

impl UntrustedDir {
    /// Opens the folder that the user named. Only on the way to it are links followed: the user
    /// chose that path.
    ///
    /// # Errors
    /// When there is no folder, or it cannot be opened.
    pub(crate) fn open(path: &Path) -> Result<Self, Refusal> {
        let handle = platform::Handle::open(path).map_err(|why| Refusal {
            path: path.to_owned(),
            why,
        })?;
        Ok(Self {
            handle,
            path: path.to_owned(),
        })
    }

    /// Opens a folder in this one.
    ///
    /// # Errors
    /// When no folder has this name, or it cannot be opened.
    pub(crate) fn dir(&self, name: impl AsRef<OsStr>) -> Result<Self, Refusal> {
        let name = name.as_ref();
        let handle = self.look_up(name, |handle| handle.dir(name))?;
        let path = self.path_of(name);
        Ok(Self { handle, path })
    }

    /// Opens a regular file in this folder.
    ///
    /// # Errors
    /// When no regular file has this name, or it cannot be opened at once.
    pub(crate) fn open_file(&self, name: impl AsRef<OsStr>) -> Result<File, Refusal> {
        let name = name.as_ref();
        self.look_up(name, |handle| handle.file(name))
    }

    /// Reads a regular file in this folder.
    ///
    /// # Errors
    /// As for [`open_file`](Self::open_file), or when it is longer than `max` bytes.
    pub(crate) fn file(&self, name: impl AsRef<OsStr>, max: u64) -> Result<Vec<u8>, Refusal> {
        let name = name.as_ref();
        let file = self.open_file(name)?;
        let mut bytes = Vec::new();
        let why = match file.take(max + 1).read_to_end(&mut bytes) {
            Ok(length) if length as u64 <= max => return Ok(bytes),
            Ok(_) => Why::LongerThan(max),
            Err(error) => Why::Io(error),
        };
        Err(self.refusal(name, why))
    }

    /// Lists this folder, but no more than `max` entries.
    ///
    /// # Errors
    /// When it cannot be listed.
    pub(crate) fn entries(&self, max: usize) -> Result<Listing, Refusal> {
        let entries = self.handle.entries(max.saturating_add(1));
        let mut entries = entries.map_err(|error| Refusal {
            path: self.path.clone(),
            why: Why::Io(error),
        })?;
        let is_complete = entries.len() <= max;
        entries.truncate(max);
        entries.sort();
        Ok(Listing {
            entries,
            is_complete,
        })
    }

    /// Whether a regular file has this name.
    pub(crate) fn has_file(&self, name: impl AsRef<OsStr>) -> bool {
        self.open_file(name).is_ok()
    }

    /// Opens a folder in this one, and makes it if there is none.
    ///
    /// # Errors
    /// When something else has this name, or the folder cannot be made.
    pub(crate) fn make_dir(&self, name: &str) -> Result<Self, Refusal> {
        match self.dir(name) {
            Err(refusal) if refusal.is_missing() => {
                self.look_up(name.as_ref(), |handle| Ok(handle.make_dir(name)?))?;
                self.dir(name)
            }
            opened => opened,
        }
    }

    /// Puts a file in this folder under a name, in the place of what had it, whole or not at all.
    /// A link is replaced, not followed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn put(&self, name: &str, text: &str) -> Result<(), Refusal> {
        self.look_up(name.as_ref(), |handle| Ok(handle.put(name, text)?))
    }

    /// Whether it belongs to the user of this process.
    pub(crate) fn is_own(&self) -> bool {
        self.handle.is_own()
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where something in it is.
    pub(crate) fn path_of(&self, name: impl AsRef<OsStr>) -> PathBuf {
        self.path.join(name.as_ref())
    }

    fn look_up<T>(
        &self,
        name: &OsStr,
        act: impl FnOnce(&platform::Handle) -> Result<T, Why>,
    ) -> Result<T, Refusal> {
        let acted = if is_component(name) {
            act(&self.handle)
        } else {
            Err(Why::Io(io::ErrorKind::InvalidInput.into()))
        };
        acted.map_err(|why| self.refusal(name, why))
    }

    fn refusal(&self, name: &OsStr, why: Why) -> Refusal {
        let path = self.path_of(name);
        Refusal { path, why }
    }
}

impl From<io::Error> for Why {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io(error),
        }
    }
}

/// Whether a name means something in a folder itself, neither above nor below.
fn is_component(name: &OsStr) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(part)), None) if part == name)
}
