//! Lookups by open descriptors.

use super::{Entry, Kind, Why};
use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, fstat, mkdirat, openat, renameat, statat, unlinkat,
};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

#[derive(Debug)]
pub(super) struct Handle(OwnedFd);

impl Handle {
    pub(super) fn open(path: &Path) -> Result<Self, Why> {
        match openat(CWD, path, FOLDER, Mode::empty()) {
            Ok(folder) => Ok(Self(folder)),
            Err(Errno::NOTDIR) => Err(Why::Is(Kind::File)),
            Err(error) => Err(io::Error::from(error).into()),
        }
    }

    pub(super) fn dir(&self, name: &OsStr) -> Result<Self, Why> {
        let opened = openat(&self.0, name, FOLDER | OFlags::NOFOLLOW, Mode::empty());
        let opened = opened.map_err(|error| self.why(name, Kind::Folder, error))?;
        Ok(Self(opened))
    }

    pub(super) fn file(&self, name: &OsStr) -> Result<File, Why> {
        // Without NONBLOCK the opening of a pipe waits for a writer.
        let flags =
            OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let opened = openat(&self.0, name, flags, Mode::empty());
        let opened = opened.map_err(|error| self.why(name, Kind::File, error))?;
        let about = fstat(&opened).map_err(io::Error::from)?;
        match kind(FileType::from_raw_mode(about.st_mode)) {
            Kind::File => Ok(opened.into()),
            other => Err(Why::Is(other)),
        }
    }

    pub(super) fn entries(&self, max: usize) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if [&b"."[..], b".."].contains(&name) {
                continue;
            }
            if entries.len() == max {
                break;
            }
            let name = OsString::from_vec(name.to_owned());
            let kind = match entry.file_type() {
                // Some file systems do not say.
                FileType::Unknown => self.kind(&name).unwrap_or(Kind::Other),
                known => kind(known),
            };
            entries.push(Entry { name, kind });
        }
        Ok(entries)
    }

    pub(super) fn make_dir(&self, name: &str) -> io::Result<()> {
        match mkdirat(&self.0, name, Mode::from_raw_mode(0o777)) {
            Err(Errno::EXIST) => Ok(()),
            made => Ok(made?),
        }
    }

    pub(super) fn put(&self, name: &str, text: &str) -> io::Result<()> {
        let new = format!(".{name}.{}", std::process::id());
        let put = self
            .create(&new)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .and_then(|()| Ok(renameat(&self.0, &new, &self.0, name)?));
        if put.is_err() {
            let _ = unlinkat(&self.0, &new, AtFlags::empty());
        }
        put
    }

    fn create(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let create = || openat(&self.0, name, flags, Mode::from_raw_mode(0o666));
        let created = match create() {
            // Of a grader that was killed.
            Err(Errno::EXIST) => {
                unlinkat(&self.0, name, AtFlags::empty())?;
                create()
            }
            created => created,
        };
        Ok(created?.into())
    }

    pub(super) fn is_own(&self) -> bool {
        let user = rustix::process::geteuid().as_raw();
        fstat(&self.0).is_ok_and(|about| about.st_uid == user)
    }

    fn kind(&self, name: &OsStr) -> rustix::io::Result<Kind> {
        let about = statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(kind(FileType::from_raw_mode(about.st_mode)))
    }

    /// Which error says that a link or another kind stands there differs between systems.
    fn why(&self, name: &OsStr, wanted: Kind, error: Errno) -> Why {
        match self.kind(name) {
            Ok(kind) if kind != wanted => Why::Is(kind),
            Err(Errno::NOENT) => Why::Missing,
            _ => Why::Io(error.into()),
        }
    }
}

fn kind(file_type: FileType) -> Kind {
    match file_type {
        FileType::RegularFile => Kind::File,
        FileType::Directory => Kind::Folder,
        FileType::Symlink => Kind::Link,
        _ => Kind::Other,
    }
}
