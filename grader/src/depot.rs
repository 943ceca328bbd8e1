//! What was built once for all grades (katas' crates, the oracle), kept under the
//! fingerprint of everything it was built from, so that a grade need not ask cargo.
//!
//! An entry is made beside its place and renamed into it: it is whole or absent.

use crate::error::{Error, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Entries of one kind that are kept, if nobody says otherwise.
const KEPT: usize = 3;

/// The folder of all entries.
#[derive(Debug, Clone)]
pub(crate) struct Depot {
    root: PathBuf,
    kept: usize,
}

impl Depot {
    /// The depot of this workspace.
    pub(crate) fn of(workspace: &Path) -> Self {
        let target = std::env::var_os("CARGO_TARGET_DIR");
        let target = target.map_or_else(|| workspace.join("target"), PathBuf::from);
        Self {
            root: target.join("grader-depot"),
            kept: KEPT,
        }
    }

    /// The same depot, in which so many entries of a kind are kept when another is made.
    pub(crate) fn keeping(self, kept: usize) -> Self {
        Self { kept, ..self }
    }

    /// The entry of this kind and fingerprint; `fill` makes it if it is not there.
    ///
    /// # Errors
    /// What `fill` says, or that the entry cannot be put in its place.
    pub(crate) fn entry(
        &self,
        kind: &str,
        fingerprint: &str,
        fill: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        if let Some(found) = self.find(kind, fingerprint) {
            return Ok(found);
        }
        let place = self.place(kind, fingerprint);
        fs::create_dir_all(&self.root).map_err(|error| Error::io("create", &self.root, &error))?;
        let making = tempfile::Builder::new()
            .prefix(".making-")
            .tempdir_in(&self.root)
            .map_err(|error| Error::io("make a folder in", &self.root, &error))?;
        fill(making.path())?;
        match fs::rename(making.path(), &place) {
            Ok(()) => drop(making.keep()),
            // Another grader was faster; what it put there is the same.
            Err(_) if place.is_dir() => {}
            Err(error) => return Err(Error::io("put a folder at", &place, &error)),
        }
        self.forget_old(kind);
        Ok(place)
    }

    /// Whether entries can be made here: somebody else's depot may be there to be read only.
    pub(crate) fn can_keep(&self) -> bool {
        fs::create_dir_all(&self.root).is_ok() && tempfile::tempdir_in(&self.root).is_ok()
    }

    /// Removes an entry, so that it is made again.
    pub(crate) fn forget(entry: &Path) {
        let _ = fs::remove_dir_all(entry);
    }

    /// The entry of this kind and fingerprint, if it is there; now it is the last to be forgotten.
    pub(crate) fn find(&self, kind: &str, fingerprint: &str) -> Option<PathBuf> {
        let place = self.place(kind, fingerprint);
        let folder = File::open(&place).ok()?;
        // A depot that cannot be written serves as well.
        let _ = folder.set_modified(SystemTime::now());
        Some(place)
    }

    fn place(&self, kind: &str, fingerprint: &str) -> PathBuf {
        self.root.join(format!("{kind}-{fingerprint}"))
    }

    fn forget_old(&self, kind: &str) {
        let entries = fs::read_dir(&self.root).into_iter().flatten().flatten();
        let is_of_kind = |name: &str| {
            name.rsplit_once('-')
                .is_some_and(|(other, _)| other == kind)
        };
        let mut old: Vec<_> = entries
            .filter(|entry| is_of_kind(&entry.file_name().to_string_lossy()))
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        old.sort();
        let surplus = old.len().saturating_sub(self.kept);
        for (_, path) in old.into_iter().take(surplus) {
            Self::forget(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depot(root: &Path) -> Depot {
        Depot {
            root: root.to_owned(),
            kept: KEPT,
        }
    }

    #[test]
    fn an_entry_is_filled_once() {
        let root = tempfile::tempdir().unwrap();
        let depot = depot(root.path());
        let fill = |folder: &Path| {
            fs::write(folder.join("file"), "text").unwrap();
            Ok(())
        };
        let place = depot.entry("crates", "a", fill).unwrap();
        assert_eq!(fs::read_to_string(place.join("file")).unwrap(), "text");
        let again = depot.entry("crates", "a", |_| panic!("filled twice"));
        assert_eq!(again.unwrap(), place);
    }

    #[test]
    fn what_could_not_be_filled_is_absent() {
        let root = tempfile::tempdir().unwrap();
        let depot = depot(root.path());
        let failed = depot.entry("crates", "a", |folder| {
            fs::write(folder.join("half"), "").unwrap();
            Err(Error::grader("no", "no"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }

    #[test]
    fn only_the_newest_entries_stay() {
        let root = tempfile::tempdir().unwrap();
        let depot = depot(root.path());
        for name in ["a", "b", "c", "d", "e"] {
            depot.entry("crates", name, |_| Ok(())).unwrap();
        }
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), KEPT);
    }

    #[test]
    fn the_last_to_be_asked_for_stays_and_so_does_what_only_begins_with_the_same_word() {
        let root = tempfile::tempdir().unwrap();
        let depot = depot(root.path()).keeping(2);
        for (kind, name) in [("b", "x"), ("b-c", "x"), ("b", "y")] {
            depot.entry(kind, name, |_| Ok(())).unwrap();
        }
        let long_ago = SystemTime::UNIX_EPOCH;
        for name in ["b-x", "b-y", "b-c-x"] {
            let folder = File::open(root.path().join(name)).unwrap();
            folder.set_modified(long_ago).unwrap();
        }
        assert!(depot.find("b", "x").is_some());
        depot.entry("b", "z", |_| Ok(())).unwrap();
        let left = |kind: &str, name: &str| depot.place(kind, name).is_dir();
        assert!(left("b", "x") && left("b", "z") && left("b-c", "x"));
        assert!(!left("b", "y"));
    }
}
