//! Scratch folders: each has one owner that removes it, and what a killed grader left behind
//! is removed by the next one.

use super::removal;
use crate::error::{Error, Result};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What every scratch folder's name begins with.
const PREFIX: &str = "grader-";
/// A file in it that its owner keeps locked, so that anybody can see whether it lives.
const LOCK: &str = ".lock";

/// A scratch folder of this process. Dropping it removes it.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    _lock: File,
}

impl Scratch {
    /// Makes one in the system's temporary folder.
    ///
    /// # Errors
    /// When the folder cannot be made there.
    pub(crate) fn new() -> Result<Self> {
        let parent = std::env::temp_dir();
        Self::new_in(&parent)
            .map_err(|error| Error::io("make a scratch folder in", &parent, &error))
    }

    fn new_in(parent: &Path) -> io::Result<Self> {
        sweep(parent);
        loop {
            if let Some(scratch) = Self::claim(parent)? {
                return Ok(scratch);
            }
        }
    }

    /// `None` if another grader took the folder for a dead one's before it was locked. It removes
    /// such a folder under the lock, so whoever has the lock sees whether the folder is still there.
    fn claim(parent: &Path) -> io::Result<Option<Self>> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        let lock_file = folder.path().join(LOCK);
        let lock = File::create(&lock_file)?;
        lock.lock()?;
        Ok(lock_file.exists().then(|| Self {
            folder: folder.keep(),
            _lock: lock,
        }))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed even so, the next grader tries again.
        let _ = removal::remove(&self.folder);
    }
}

/// Removes the scratch folders of graders that were killed. What cannot be removed, another
/// user's for example, stays.
fn sweep(parent: &Path) {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        let folder = entry.path();
        let Ok(lock) = File::open(folder.join(LOCK)) else {
            continue;
        };
        if lock.try_lock().is_ok() {
            let _ = removal::remove(&folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_owners_folder_is_swept_and_a_living_ones_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let [living, dead, strange] = ["grader-living", "grader-dead", "other-dead"].map(|name| {
            let folder = parent.path().join(name);
            fs::create_dir(&folder).unwrap();
            folder
        });
        let lock = File::create(living.join(LOCK)).unwrap();
        lock.lock().unwrap();
        File::create(dead.join(LOCK)).unwrap();
        File::create(strange.join(LOCK)).unwrap();

        sweep(parent.path());

        assert!(living.exists());
        assert!(!dead.exists());
        assert!(strange.exists());
    }

    #[test]
    fn graders_that_start_at_the_same_moment_leave_each_other_their_folders() {
        let parent = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let scratch = Scratch::new_in(parent.path()).unwrap();
                        assert!(scratch.path().join(LOCK).exists());
                    }
                });
            }
        });
    }
}
