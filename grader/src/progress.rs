//! What a student has reached: a small file in the workspace, keyed by kata.

use crate::error::{Error, Result};
use crate::files::atomic;
use crate::record::KataResult;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Version of the file's form.
const VERSION: u32 = 1;
/// The folder of everything the grader keeps in a student's workspace.
const FOLDER: &str = ".katas";

/// The state file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    version: u32,
    /// By kata.
    pub(crate) katas: BTreeMap<String, Reached>,
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
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
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

    /// Notes the results of a grade.
    pub(crate) fn note(&mut self, results: &[KataResult]) {
        for result in results {
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
    pub(crate) fn save(&self, root: &Path) -> Result<()> {
        let file = file(root);
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        atomic::write_durably(&file, &text).map_err(|error| Error::io("write", &file, &error))
    }

    /// Whether a kata has been solved once.
    pub(crate) fn is_solved(&self, kata: &str) -> bool {
        self.katas.get(kata).is_some_and(|reached| reached.solved)
    }
}

/// Where a kata's text goes before `reset` or `solution` touches it.
pub(crate) fn backup_folder(root: &Path, kata: &str) -> PathBuf {
    let backups = root.join(FOLDER).join("backup").join(kata);
    let stamp = now();
    let mut folders = (0..).map(|count| match count {
        0 => backups.join(stamp.to_string()),
        count => backups.join(format!("{stamp}-{count}")),
    });
    folders.find(|folder| !folder.exists()).unwrap_or(backups)
}

fn file(root: &Path) -> PathBuf {
    root.join(FOLDER).join("progress.json")
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_damaged_or_newer_is_reported_and_left_alone() {
        for text in ["{", r#"{"version": 999, "katas": {}}"#] {
            let root = tempfile::tempdir().unwrap();
            fs::create_dir(root.path().join(FOLDER)).unwrap();
            fs::write(file(root.path()), text).unwrap();
            assert!(Progress::load(root.path()).is_err());
            assert_eq!(fs::read_to_string(file(root.path())).unwrap(), text);
        }
    }

    #[test]
    fn a_state_comes_back_as_it_was_saved() {
        let root = tempfile::tempdir().unwrap();
        let mut progress = Progress::default();
        let reached = Reached {
            solved: true,
            best: 3,
            max: 5,
            last: "failed".to_owned(),
            at: 1,
        };
        progress.katas.insert("file-modes".to_owned(), reached);
        progress.save(root.path()).unwrap();
        assert_eq!(Progress::load(root.path()).unwrap(), progress);
    }
}
