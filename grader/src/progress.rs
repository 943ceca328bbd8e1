//! What a student has reached: a small file in the workspace, keyed by kata.
//!
//! It is changed only by [`note`] and [`note_hint`], under a lock, so that graders side by side lose nothing.

use crate::course::Catalogue;
use crate::error::{Error, Result};
use crate::files::{Lock, atomic, regular};
use crate::record::{KataResult, NextKata};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Version of the file's form.
const VERSION: u32 = 1;
/// Name of [`folder`].
const FOLDER: &str = ".katas";
/// Longest file that is read, in bytes: far more than there will ever be katas for.
const MAX: u64 = 4 << 20;
/// How long to wait for another grader, which holds the lock for milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether what was reached is on record now.
#[derive(Debug)]
pub(crate) enum Noted {
    Kept,
    /// The disk is full, or not to be written: why.
    NotKept(Error),
}

/// Notes the results of a grade in the workspace at `root`.
///
/// # Errors
/// When what is on record cannot be read, or another grader keeps it locked. It is left as it is.
pub(crate) fn note(root: &Path, results: &[KataResult]) -> Result<Noted> {
    change(root, |progress| progress.merge(results))
}

/// Notes that a hint of a kata was given.
///
/// # Errors
/// As for [`note`].
pub(crate) fn note_hint(root: &Path, kata: &str, level: usize) -> Result<Noted> {
    change(root, |progress| {
        progress.hints.insert(kata.to_owned(), level);
    })
}

fn change(root: &Path, change: impl FnOnce(&mut Progress)) -> Result<Noted> {
    let folder = folder(root);
    let lock_file = folder.join("progress.lock");
    let locked = regular::make_folder(&folder).and_then(|()| Lock::exclusive(&lock_file, PATIENCE));
    let _lock = match locked {
        Ok(lock) => lock,
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            return Err(Error::grader(
                format!(
                    "another grader has kept {} locked for {} s",
                    lock_file.display(),
                    PATIENCE.as_secs()
                ),
                "end it, then run the command again",
            ));
        }
        Err(error) => return not_kept(&lock_file, &error),
    };
    let mut progress = Progress::load(root)?;
    change(&mut progress);
    match progress.save(root) {
        Ok(()) => Ok(Noted::Kept),
        Err(error) => not_kept(&file(root), &error),
    }
}

fn not_kept(path: &Path, error: &io::Error) -> Result<Noted> {
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    let told = Error::io("write", path, error);
    match error.kind() {
        PermissionDenied | QuotaExceeded | ReadOnlyFilesystem | StorageFull => {
            Ok(Noted::NotKept(told))
        }
        _ => Err(told),
    }
}

/// The state file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    version: u32,
    /// By kata.
    pub(crate) katas: BTreeMap<String, Reached>,
    /// The last hint that was given, by kata.
    #[serde(default)]
    pub(crate) hints: BTreeMap<String, usize>,
}

/// What has been reached in one kata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reached {
    /// Whether it has passed at least once.
    pub(crate) solved: bool,
    /// Most points in one grade.
    pub(crate) best: u32,
    /// Points there were in that grade.
    pub(crate) max: u32,
    /// Word for the last verdict.
    pub(crate) last: String,
    /// When that was, in seconds since 1970-01-01 UTC.
    pub(crate) at: u64,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            version: VERSION,
            katas: BTreeMap::new(),
            hints: BTreeMap::new(),
        }
    }
}

impl Progress {
    /// Reads the state of the workspace at `root`; nothing yet is an empty state.
    ///
    /// # Errors
    /// When the file is unreadable or newer than this grader. It is never overwritten then.
    pub(crate) fn load(root: &Path) -> Result<Self> {
        let file = file(root);
        let text = match regular::read(&file, MAX) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(Error::io("read", &file, &error)),
        };
        let state: Self = serde_json::from_str(&text).map_err(|error| {
            Error::grader(
                format!("{} is damaged: {error}", file.display()),
                "your solutions are safe; move the file away to start a new record",
            )
        })?;
        if state.version > VERSION {
            return Err(Error::grader(
                format!("{} was written by a newer grader", file.display()),
                "update the course, or move the file away to start a new record",
            ));
        }
        Ok(state)
    }

    /// A later failure takes nothing away, and a failure of the grader says nothing at all.
    pub(crate) fn merge(&mut self, results: &[KataResult]) {
        let results = results.iter();
        for result in results.filter(|result| !result.verdict.is_grader_error()) {
            let solved = result.verdict.is_passed();
            let before = self.katas.get(&result.kata);
            let best = before.map_or(0, |reached| reached.best).max(result.points);
            let reached = Reached {
                solved: solved || before.is_some_and(|reached| reached.solved),
                best,
                max: result.max_points,
                last: result.verdict.word().to_owned(),
                at: now(),
            };
            self.katas.insert(result.kata.clone(), reached);
        }
    }

    /// Writes the state: whole or not at all.
    fn save(&self, root: &Path) -> io::Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        atomic::write_durably(&file(root), &text)
    }

    /// Whether a kata has been solved once.
    pub(crate) fn is_solved(&self, kata: &str) -> bool {
        self.katas.get(kata).is_some_and(|reached| reached.solved)
    }
}

/// The first kata of the course that is not solved and builds only on what is.
pub(crate) fn next_kata(catalogue: &Catalogue, progress: &Progress) -> Option<NextKata> {
    let is_here = |id: &String| catalogue.katas.iter().any(|kata| kata.id == *id);
    let is_done = |id: &String| progress.is_solved(id) || !is_here(id);
    let open = catalogue.katas.iter().find(|kata| {
        kata.is_available()
            && !progress.is_solved(&kata.id)
            && kata.about.prerequisites.iter().all(is_done)
    })?;
    Some(NextKata {
        kata: open.id.clone(),
        track: open.track.clone(),
        difficulty: open.about.difficulty,
        minutes: open.about.minutes,
    })
}

/// Where a kata's text goes before `reset` or `solution` touches it.
pub(crate) fn backup_folder(root: &Path, kata: &str) -> PathBuf {
    let backups = folder(root).join("backup").join(kata);
    let stamp = now();
    let mut folders = (0..).map(|count| match count {
        0 => backups.join(stamp.to_string()),
        count => backups.join(format!("{stamp}-{count}")),
    });
    folders.find(|folder| !folder.exists()).unwrap_or(backups)
}

/// The folder of everything the grader keeps in the workspace at `root`.
pub(crate) fn folder(root: &Path) -> PathBuf {
    root.join(FOLDER)
}

fn file(root: &Path) -> PathBuf {
    folder(root).join("progress.json")
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Verdict;
    use std::fs;

    fn result(kata: &str, verdict: Verdict, points: u32) -> KataResult {
        KataResult {
            kata: kata.to_owned(),
            track: String::new(),
            title: String::new(),
            verdict,
            seed: 0,
            kept: false,
            points,
            max_points: 5,
            time_ms: 0,
            warnings: Vec::new(),
            compiler: crate::record::CompilerMessages::default(),
            cases: Vec::new(),
        }
    }

    #[test]
    fn what_is_damaged_or_newer_is_reported_and_left_alone() {
        for text in ["{", r#"{"version": 999, "katas": {}}"#] {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir(folder(root.path())).unwrap();
            fs::write(file(root.path()), text).unwrap();
            assert!(note(root.path(), &[]).is_err());
            assert_eq!(fs::read_to_string(file(root.path())).unwrap(), text);
        }
    }

    #[test]
    fn nothing_takes_away_what_was_reached() {
        let root = tempfile::tempdir().unwrap();
        let broken = Verdict::GraderError {
            reason: String::new(),
        };
        for (verdict, points) in [(Verdict::Passed, 5), (Verdict::Failed, 3), (broken, 0)] {
            note(root.path(), &[result("one", verdict, points)]).unwrap();
        }
        let progress = Progress::load(root.path()).unwrap();
        assert!(progress.is_solved("one"));
        let reached = &progress.katas["one"];
        assert_eq!((reached.best, reached.last.as_str()), (5, "failed"));
    }

    #[test]
    fn who_notes_at_the_same_moment_loses_nothing() {
        let root = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for kata in ["a", "b", "c", "d", "e", "f", "g", "h"] {
                let root = root.path();
                scope.spawn(move || note(root, &[result(kata, Verdict::Passed, 5)]).unwrap());
            }
        });
        assert_eq!(Progress::load(root.path()).unwrap().katas.len(), 8);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_neither_read_nor_replaced() {
        let (root, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(folder(root.path())).unwrap();
        let target = elsewhere.path().join("target");
        fs::write(&target, r#"{"version": 1, "katas": {}}"#).unwrap();
        std::os::unix::fs::symlink(&target, file(root.path())).unwrap();
        assert!(note(root.path(), &[result("one", Verdict::Passed, 5)]).is_err());
        assert!(file(root.path()).is_symlink());
    }
}
