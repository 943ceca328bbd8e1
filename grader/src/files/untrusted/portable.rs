//! Lookups by path, where a name cannot be looked up in an open folder: what is checked may be
//! changed before it is read, though what is read is still a regular file.

use super::{Entry, Kind, Why};
use crate::files::atomic;
use std::ffi::OsStr;
use std::fs::{self, File, FileType};
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub(super) struct Handle(PathBuf);

impl Handle {
    pub(super) fn open(path: &Path) -> Result<Self, Why> {
        match kind(fs::metadata(path)?.file_type()) {
            Kind::Folder => Ok(Self(path.to_owned())),
            other => Err(Why::Is(other)),
        }
    }

    pub(super) fn dir(&self, name: &OsStr) -> Result<Self, Why> {
        self.expect(name, Kind::Folder).map(Self)
    }

    pub(super) fn file(&self, name: &OsStr) -> Result<File, Why> {
        let file = File::open(self.expect(name, Kind::File)?)?;
        match kind(file.metadata()?.file_type()) {
            Kind::File => Ok(file),
            other => Err(Why::Is(other)),
        }
    }

    pub(super) fn entries(&self, max: usize) -> io::Result<Vec<Entry>> {
        let entries = fs::read_dir(&self.0)?.take(max).map(|entry| {
            let entry = entry?;
            Ok(Entry {
                name: entry.file_name(),
                kind: kind(entry.file_type()?),
            })
        });
        entries.collect()
    }

    pub(super) fn make_dir(&self, name: &str) -> io::Result<()> {
        fs::create_dir(self.0.join(name))
    }

    pub(super) fn put(&self, name: &str, text: &str) -> io::Result<()> {
        atomic::write(&self.0.join(name), text)
    }

    /// Elsewhere a user's temporary folder is the user's own.
    pub(super) fn is_own(&self) -> bool {
        self.0.is_dir()
    }

    fn expect(&self, name: &OsStr, wanted: Kind) -> Result<PathBuf, Why> {
        let path = self.0.join(name);
        match kind(path.symlink_metadata()?.file_type()) {
            found if found == wanted => Ok(path),
            found => Err(Why::Is(found)),
        }
    }
}

fn kind(file_type: FileType) -> Kind {
    if file_type.is_symlink() {
        Kind::Link
    } else if file_type.is_dir() {
        Kind::Folder
    } else if file_type.is_file() {
        Kind::File
    } else {
        Kind::Other
    }
}
