//! Scratch folders: each has one owner that removes it, and what a killed grader left behind
//! is removed by the next one.

use super::removal;
use crate::error::{Error, Result};
use std::fs::{self, File};
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
        sweep(&parent);
        let made = tempfile::Builder::new()
            .prefix(PREFIX)
            .tempdir_in(&parent)
            .and_then(|folder| {
                let lock = File::create(folder.path().join(LOCK))?;
                lock.lock()?;
                Ok(Self {
                    folder: folder.keep(),
                    _lock: lock,
                })
            });
        made.map_err(|error| Error::io("make a scratch folder in", &parent, &error))
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
}
