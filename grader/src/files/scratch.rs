//! Scratch folders: each has one owner that removes it, and what a killed grader left behind
//! is removed by the next one.

use super::removal;
use super::untrusted::UntrustedDir;
use crate::error::{Error, Result};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What every scratch folder's name begins with.
const PREFIX: &str = "grader-";
/// A file in it that its owner keeps locked, so that others can see whether the owner still runs.
const LOCK: &str = ".lock";
/// How many scratch folders one sweep checks. Every user can make more in the temporary folder.
const SWEPT: usize = 1000;

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
        Self::make(&parent).map_err(|error| Error::io("make a scratch folder in", &parent, &error))
    }

    fn make(parent: &Path) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        // It is locked before it gets its name, so that an unlocked one always means a dead owner.
        let unnamed = folder.path().join(".new-lock");
        let lock = File::create(&unnamed)?;
        lock.lock()?;
        fs::rename(unnamed, folder.path().join(LOCK))?;
        Ok(Self {
            folder: folder.keep(),
            _lock: lock,
        })
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

/// Removes the scratch folders of this user's graders that were killed. It waits for nothing,
/// whatever others have put there.
fn sweep(parent: &Path) {
    let Ok(opened) = UntrustedDir::open(parent) else {
        return;
    };
    let names = fs::read_dir(parent).into_iter().flatten().flatten();
    let names = names.map(|entry| entry.file_name());
    let names = names.filter(|name| name.to_string_lossy().starts_with(PREFIX));
    for name in names.take(SWEPT) {
        // Held until the folder is gone, so that no two graders remove the same one.
        if let Some(_lock) = lock_of_dead(&opened, &name) {
            // What cannot be removed stays.
            let _ = removal::remove(&parent.join(name));
        }
    }
}

/// The lock of a scratch folder that is this user's and that nobody holds.
fn lock_of_dead(parent: &UntrustedDir, name: &OsStr) -> Option<File> {
    let folder = parent.dir(name).ok().filter(UntrustedDir::is_own)?;
    let lock = folder.open_file(LOCK).ok()?;
    lock.try_lock().is_ok().then_some(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of this name in `parent`, with a lock that nobody holds.
    fn unlocked(parent: &Path, name: &str) -> PathBuf {
        let folder = parent.join(name);
        fs::create_dir(&folder).unwrap();
        File::create(folder.join(LOCK)).unwrap();
        folder
    }

    #[test]
    fn a_dead_owners_folder_is_swept_and_a_living_ones_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let living = Scratch::make(parent.path()).unwrap();
        let dead = unlocked(parent.path(), "grader-dead");
        let strange = unlocked(parent.path(), "other-dead");

        sweep(parent.path());

        assert!(living.path().exists());
        assert!(!dead.exists());
        assert!(strange.exists());
        drop(living);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_or_a_link_in_the_place_of_a_lock_or_folder_is_neither_waited_for_nor_followed() {
        use rustix::fs::{CWD, Mode, mkfifoat};
        use std::os::unix::fs::symlink;

        let scratch = tempfile::tempdir().unwrap();
        let parent = scratch.path().join("temporary");
        fs::create_dir(&parent).unwrap();
        let kept = unlocked(scratch.path(), "kept");
        let [pipe, link] = ["grader-pipe", "grader-link"].map(|name| parent.join(name));
        fs::create_dir(&pipe).unwrap();
        fs::create_dir(&link).unwrap();
        mkfifoat(CWD, pipe.join(LOCK), Mode::RWXU).unwrap();
        symlink(kept.join(LOCK), link.join(LOCK)).unwrap();
        symlink(&kept, parent.join("grader-linked")).unwrap();
        fs::write(parent.join("grader-file"), "").unwrap();

        sweep(&parent);

        assert_eq!(fs::read_dir(&parent).unwrap().count(), 4);
        assert!(kept.join(LOCK).exists());
    }

    #[test]
    #[cfg(all(unix, not(grader_portable)))]
    fn another_users_folder_is_left_alone() {
        if !rustix::process::geteuid().is_root() {
            // Only root can make one.
            return;
        }
        let parent = tempfile::tempdir().unwrap();
        let folder = unlocked(parent.path(), "grader-theirs");
        std::os::unix::fs::chown(&folder, Some(65534), Some(65534)).unwrap();
        sweep(parent.path());
        assert!(folder.exists());
    }

    #[test]
    fn graders_that_start_at_the_same_moment_leave_each_other_their_folders() {
        let parent = tempfile::tempdir().unwrap();
        let start_and_end = || {
            for _ in 0..200 {
                sweep(parent.path());
                let scratch = Scratch::make(parent.path()).unwrap();
                assert!(scratch.path().join(LOCK).exists());
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(start_and_end);
            }
        });
    }
}
