//! What the compiler keeps of a student's katas from one grade to the next. It only saves time, so
//! it is bounded, and a grade goes on without it where the disk has no room.

use crate::files::regular::make_folder;
use crate::files::{Lock, removal};
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Free space below which nothing is kept, in bytes.
const ROOM: u64 = 256 << 20;
/// Most that is kept of one kata, in bytes. Katas are a few MiB; large statics are more.
const MOST_OF_KATA: u64 = 64 << 20;
/// Most that is kept in all, in bytes.
const MOST: u64 = 512 << 20;

/// The folder, in use. Dropping it brings it back to its bounds.
#[derive(Debug)]
pub(crate) struct Incremental {
    folder: PathBuf,
    lock_file: PathBuf,
    in_use: Option<Lock>,
}

impl Incremental {
    /// The folder of the workspace whose state lies in `state`.
    ///
    /// # Errors
    /// When nothing can be kept there: why.
    pub(crate) fn open(state: &Path) -> io::Result<Self> {
        let (folder, lock_file) = (state.join("incremental"), state.join("incremental.lock"));
        for folder in [state, &folder] {
            make_folder(folder)?;
        }
        if free_space(&folder).is_some_and(|free| free < ROOM) {
            let why = format!("less than {} MiB are free", ROOM >> 20);
            return Err(io::Error::new(io::ErrorKind::StorageFull, why));
        }
        let in_use = Some(Lock::shared(&lock_file)?);
        Ok(Self {
            folder,
            lock_file,
            in_use,
        })
    }

    /// Where compilers may keep something.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Incremental {
    fn drop(&mut self) {
        self.in_use = None;
        // Who else uses the folder now looks after it in the end.
        if let Ok(_alone) = Lock::exclusive(&self.lock_file, Duration::ZERO) {
            sweep(&self.folder, MOST_OF_KATA, MOST);
        }
    }
}

/// What is kept of one kata.
#[derive(Debug)]
struct Kept {
    used: SystemTime,
    size: u64,
    folder: PathBuf,
}

/// Removes what is larger than a kata may be, and then what was not used for longest until the rest
/// is no larger than all may be.
fn sweep(folder: &Path, most_of_kata: u64, most: u64) {
    let submissions = folders(folder);
    let katas = submissions.iter().flat_map(|folder| folders(folder));
    let mut kept: Vec<Kept> = katas.map(kept).collect();
    kept.sort_by_key(|one| one.used);
    let mut left: u64 = kept.iter().map(|one| one.size).sum();
    let (too_large, rest): (Vec<_>, Vec<_>) =
        kept.into_iter().partition(|one| one.size > most_of_kata);
    for one in too_large.into_iter().chain(rest) {
        if one.size > most_of_kata || left > most {
            // What cannot be removed now, the next grade tries again.
            let _ = removal::remove(&one.folder);
            left -= one.size;
        }
    }
    for submission in submissions {
        // Only if nothing is in it.
        let _ = fs::remove_dir(submission);
    }
}

fn kept(folder: PathBuf) -> Kept {
    let mut kept = Kept {
        used: SystemTime::UNIX_EPOCH,
        size: 0,
        folder: folder.clone(),
    };
    let mut left = vec![folder];
    while let Some(folder) = left.pop() {
        for entry in entries(&folder) {
            if let Ok(about) = entry.metadata() {
                kept.size += about.len();
                kept.used = about.modified().map_or(kept.used, |at| at.max(kept.used));
            }
            left.extend(as_folder(&entry));
        }
    }
    kept
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder)
        .filter_map(|entry| as_folder(&entry))
        .collect()
}

fn entries(folder: &Path) -> impl Iterator<Item = DirEntry> {
    fs::read_dir(folder).into_iter().flatten().flatten()
}

fn as_folder(entry: &DirEntry) -> Option<PathBuf> {
    let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
    is_folder.then(|| entry.path())
}

#[cfg(unix)]
fn free_space(folder: &Path) -> Option<u64> {
    let about = rustix::fs::statvfs(folder).ok()?;
    Some(about.f_bavail.saturating_mul(about.f_frsize))
}

#[cfg(not(unix))]
fn free_space(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    fn keep(folder: &Path, kata: &str, size: u64, used: u64) {
        let crate_folder = folder.join(kata).join("crate/session");
        fs::create_dir_all(&crate_folder).unwrap();
        let file = File::create(crate_folder.join("unit.o")).unwrap();
        file.set_len(size).unwrap();
        for path in [&crate_folder, crate_folder.parent().unwrap()] {
            let at = SystemTime::UNIX_EPOCH;
            File::open(path).unwrap().set_modified(at).unwrap();
        }
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(used);
        file.set_modified(at).unwrap();
    }

    fn left(folder: &Path) -> Vec<String> {
        let katas = folders(folder);
        let katas = katas.iter().flat_map(|submission| folders(submission));
        let name = |kata: PathBuf| kata.file_name().unwrap().to_str().unwrap().to_owned();
        let mut left: Vec<String> = katas.map(name).collect();
        left.sort();
        left
    }

    #[test]
    fn a_kata_that_keeps_too_much_keeps_nothing_and_takes_nothing_from_others() {
        let folder = tempfile::tempdir().unwrap();
        keep(folder.path(), "one/large", 10 << 20, 3);
        keep(folder.path(), "two/small", 1 << 20, 1);
        sweep(folder.path(), 5 << 20, 5 << 20);
        assert_eq!(left(folder.path()), ["small"]);
        assert!(!folder.path().join("one").exists());
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        for (kata, used) in [("one/a", 4), ("one/b", 1), ("two/c", 2), ("two/d", 3)] {
            keep(folder.path(), kata, 2 << 20, used);
        }
        sweep(folder.path(), 5 << 20, 5 << 20);
        assert_eq!(left(folder.path()), ["a", "d"]);
    }

    #[test]
    fn nothing_is_swept_while_another_grader_uses_it() {
        let state = tempfile::tempdir().unwrap();
        let [first, second] = [(); 2].map(|()| Incremental::open(state.path()).unwrap());
        keep(first.path(), "one/large", MOST_OF_KATA + 1, 1);
        let folder = first.path().to_owned();
        drop(first);
        assert_eq!(left(&folder), ["large"]);
        drop(second);
        assert_eq!(left(&folder), [""; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let (state, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let link = state.path().join("incremental");
        std::os::unix::fs::symlink(elsewhere.path(), link).unwrap();
        assert!(Incremental::open(state.path()).is_err());
    }
}
