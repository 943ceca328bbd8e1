//! The working folder in memory, for models of katas that use files.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind::{self, IsADirectory, NotADirectory, NotFound};
use suite_drive::{Bytes, FileCall, Shown};

/// What opening a file does and allows, as `std::fs::OpenOptions` names it.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are the switches of `std::fs::OpenOptions`"
)]
pub struct Access {
    /// Whether it can be read.
    pub read: bool,
    /// Whether it can be written.
    pub write: bool,
    /// Whether a missing file is made.
    pub create: bool,
    /// Whether the file is emptied.
    pub truncate: bool,
    /// Whether every write goes to the end.
    pub append: bool,
}

/// Files and folders, and the files that are open. An open file may not be removed.
#[derive(Debug, Clone, Default)]
pub struct Files {
    contents: BTreeMap<String, Vec<u8>>,
    folders: BTreeSet<String>,
    open: Vec<Result<Handle, ErrorKind>>,
}

#[derive(Debug, Clone)]
struct Handle {
    path: String,
    access: Access,
    /// Where the next read or write begins.
    at: usize,
}

impl Files {
    /// With these folders and no file.
    #[must_use]
    pub fn with_folders(folders: &[&str]) -> Self {
        let folders = folders.iter().map(|&folder| folder.to_owned()).collect();
        Self {
            folders,
            ..Self::default()
        }
    }

    /// What is in a file.
    ///
    /// # Errors
    /// `NotFound`, `IsADirectory` for a folder, `NotADirectory` for what is below a file.
    pub fn get(&self, path: &str) -> Result<&[u8], ErrorKind> {
        self.place(path)?;
        self.contents.get(path).map(Vec::as_slice).ok_or(NotFound)
    }

    /// A file to change; made if it is missing.
    ///
    /// # Errors
    /// As for [`Self::get`], but `NotFound` only if its folder is missing.
    pub fn get_mut(&mut self, path: &str) -> Result<&mut Vec<u8>, ErrorKind> {
        self.place(path)?;
        Ok(self.contents.entry(path.to_owned()).or_default())
    }

    /// Whether there may be a file.
    fn place(&self, path: &str) -> Result<(), ErrorKind> {
        let folder = path.rsplit_once('/').map(|(folder, _)| folder);
        match folder {
            _ if self.folders.contains(path) => Err(IsADirectory),
            Some(folder) if self.contents.contains_key(folder) => Err(NotADirectory),
            Some(folder) if !self.folders.contains(folder) => Err(NotFound),
            _ => Ok(()),
        }
    }

    /// Opens a file: until it is closed, calls are on it. A file that cannot be opened has to be
    /// closed as well.
    ///
    /// # Errors
    /// Those of [`Self::get`] and [`Self::get_mut`].
    pub fn open(&mut self, path: &str, access: Access) -> Result<(), ErrorKind> {
        let handle = self.handle(path, access);
        let opened = handle.as_ref().map(drop).map_err(|kind| *kind);
        self.open.push(handle);
        opened
    }

    fn handle(&mut self, path: &str, access: Access) -> Result<Handle, ErrorKind> {
        if !access.create {
            self.get(path)?;
        }
        let file = self.get_mut(path)?;
        if access.truncate {
            file.clear();
        }
        let path = path.to_owned();
        Ok(Handle {
            path,
            access,
            at: 0,
        })
    }

    /// Closes the file that was opened last.
    ///
    /// # Errors
    /// Why it could not be opened.
    pub fn close(&mut self) -> Result<(), ErrorKind> {
        self.open.pop().map_or(Ok(()), |handle| handle.map(drop))
    }

    /// What a call gives.
    pub fn call(&mut self, call: &FileCall) -> Shown {
        match call {
            FileCall::Put(path, data) => {
                let file = self.get_mut(path);
                Shown::of(&file.map(|file| *file = data.bytes()))
            }
            FileCall::Remove(path) => {
                let exists = self.get(path).map(drop);
                self.contents.remove(path);
                Shown::of(&exists)
            }
            FileCall::Look(path) => Shown::of(&self.get(path).map(|file| Bytes(file.to_vec()))),
            FileCall::List => Shown::new(format!("Ok({:?})", self.listing())),
            FileCall::Read | FileCall::Write(_) | FileCall::Seek(_) => self.on_handle(call),
        }
    }

    fn listing(&self) -> Vec<&str> {
        let paths = self.contents.keys().chain(&self.folders);
        let top = paths.map(|path| path.split('/').next().unwrap_or(path));
        top.collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn on_handle(&mut self, call: &FileCall) -> Shown {
        let Some(Ok(Handle { path, access, at })) = self.open.last_mut() else {
            return Shown::new("no file is open");
        };
        let file = self.contents.entry(path.clone()).or_default();
        match call {
            FileCall::Read => {
                *at = if access.read { file.len() } else { 0 };
                let bytes = access.read.then(|| Shown::of(&Bytes(file.clone())));
                bytes.unwrap_or(Shown::new("an error"))
            }
            // Nothing is written, not even zeros up to where it stands.
            FileCall::Write(text) if text.is_empty() => Shown::of(&()),
            FileCall::Write(text) if access.write || access.append => {
                let from = if access.append { file.len() } else { *at };
                *at = from + text.len();
                file.resize(file.len().max(*at), 0);
                file[from..*at].copy_from_slice(text.as_bytes());
                Shown::of(&())
            }
            FileCall::Seek(to) => {
                *at = usize::try_from(*to).unwrap_or(usize::MAX);
                Shown::of(to)
            }
            _ => Shown::new("an error"),
        }
    }
}
