//! The build cache: what is built once for all grades, under the fingerprint of everything it was
//! built from.
//!
//! An entry is filled in a temporary folder and then renamed: it is complete or absent.

use crate::error::{Error, Result};
use crate::files::{Fingerprint, can_write};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How many entries of one kind are kept.
const KEPT: usize = 3;

/// The file in an entry that lists its contents.
const INDEX: &str = "index.json";

/// A folder of entries.
#[derive(Debug, Clone)]
pub(crate) struct BuildCache {
    /// Where entries are made.
    root: PathBuf,
    /// Where others may have made them before: a cache of the course's owner that this user may
    /// only read. Whoever owns the course is trusted with what is built of it.
    read_only: Option<PathBuf>,
}

impl BuildCache {
    /// Opens the cache of this workspace: in its target folder or, where that cannot be written,
    /// in the user's own cache folder.
    ///
    /// # Errors
    /// When neither can be written.
    pub(crate) fn open(workspace: &Path) -> Result<Self> {
        let target = set("CARGO_TARGET_DIR");
        let target = target.map_or_else(|| workspace.join("target"), PathBuf::from);
        // Not every program that is given it runs in this working folder.
        let target = std::path::absolute(&target).unwrap_or(target);
        let mut candidates = vec![target.join("grader-cache")];
        candidates.extend(own_folder(workspace));
        Self::first_writable(&candidates)
    }

    fn first_writable(candidates: &[PathBuf]) -> Result<Self> {
        if let Some(at) = candidates.iter().position(|root| can_write(root)) {
            return Ok(Self {
                root: candidates[at].clone(),
                read_only: candidates[..at].first().cloned(),
            });
        }
        let tried = candidates.iter().map(|root| root.display().to_string());
        let tried: Vec<String> = tried.collect();
        Err(Error::grader(
            format!(
                "there is no folder to build in: {} cannot be written",
                tried.join(" and ")
            ),
            "set CARGO_TARGET_DIR or XDG_CACHE_HOME to a folder that you can write",
        ))
    }

    /// Where cargo builds crates of the registry.
    pub(super) fn cargo_folder(&self) -> PathBuf {
        self.root.join("cargo")
    }

    /// The entry of this kind and fingerprint. If there is none, `fill` makes it.
    ///
    /// # Errors
    /// When `fill` fails, or the entry cannot be renamed.
    pub(crate) fn entry(
        &self,
        kind: &str,
        fingerprint: &str,
        fill: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        if let Some(found) = self.find(kind, fingerprint) {
            return Ok(found);
        }
        let path = self.path(kind, fingerprint);
        fs::create_dir_all(&self.root).map_err(|error| Error::io("create", &self.root, &error))?;
        let making = tempfile::Builder::new()
            .prefix(".making-")
            .tempdir_in(&self.root)
            .map_err(|error| Error::io("make a folder in", &self.root, &error))?;
        fill(making.path())?;
        match fs::rename(making.path(), &path) {
            Ok(()) => drop(making.keep()),
            // Another grader was faster, and its entry is the same.
            Err(_) if path.is_dir() => {}
            Err(error) => return Err(Error::io("put a folder at", &path, &error)),
        }
        self.forget_old(kind);
        Ok(path)
    }

    /// Removes an entry, so that it is built again.
    pub(super) fn forget(&self, kind: &str, fingerprint: &str) {
        let _ = fs::remove_dir_all(self.path(kind, fingerprint));
    }

    /// The entry of this kind and fingerprint, if there is one. It becomes the most recently used.
    pub(crate) fn find(&self, kind: &str, fingerprint: &str) -> Option<PathBuf> {
        let name = format!("{kind}-{fingerprint}");
        let others = self.read_only.as_ref().map(|root| root.join(&name));
        if let Some(entry) = others.filter(|entry| fs::read_dir(entry).is_ok()) {
            return Some(entry);
        }
        let path = self.root.join(name);
        let folder = File::open(&path).ok()?;
        // Only the order in which entries are removed depends on it.
        let _ = folder.set_modified(SystemTime::now());
        Some(path)
    }

    fn path(&self, kind: &str, fingerprint: &str) -> PathBuf {
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
        let surplus = old.len().saturating_sub(KEPT);
        for (_, path) in old.into_iter().take(surplus) {
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// The folder for this workspace in the user's own cache folder.
fn own_folder(workspace: &Path) -> Option<PathBuf> {
    let caches = set("XDG_CACHE_HOME").map(PathBuf::from);
    let caches = caches.or_else(|| Some(Path::new(&set("HOME")?).join(".cache")))?;
    let course = Fingerprint::new().text("course", &workspace.to_string_lossy());
    Some(caches.join("rust-katas").join(course.finish()))
}

/// A variable of the environment; set to nothing is not set.
fn set(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Reads the index of an entry, if it has a valid one.
pub(super) fn read_index<T: DeserializeOwned>(entry: &Path) -> Option<T> {
    let text = fs::read_to_string(entry.join(INDEX)).ok()?;
    serde_json::from_str(&text).ok()
}

/// Writes the index of an entry that is being filled.
pub(super) fn write_index(entry: &Path, index: &impl Serialize) -> Result<()> {
    let file = entry.join(INDEX);
    let text = serde_json::to_string_pretty(index).unwrap_or_default();
    fs::write(&file, text).map_err(|error| Error::io("write", &file, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(root: &Path) -> BuildCache {
        BuildCache {
            root: root.to_owned(),
            read_only: None,
        }
    }

    #[test]
    fn what_was_built_by_the_owner_of_the_course_serves_who_may_only_read_it() {
        let [owner, own] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let made = cache(owner.path())
            .entry("crates", "a", |_| Ok(()))
            .unwrap();
        let reader = BuildCache {
            read_only: Some(owner.path().to_owned()),
            ..cache(own.path())
        };
        let found = reader.entry("crates", "a", |_| panic!("built twice"));
        assert_eq!(found.unwrap(), made);
        let other = reader.entry("crates", "b", |_| Ok(())).unwrap();
        assert!(other.starts_with(own.path()));
    }

    #[test]
    fn the_first_folder_that_can_be_written_is_taken() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        let [no, yes] = [file.join("cache"), root.path().join("new/cache")];
        let cache = BuildCache::first_writable(&[no.clone(), yes.clone()]).unwrap();
        assert_eq!(cache.root, yes);

        let error = BuildCache::first_writable(std::slice::from_ref(&no)).unwrap_err();
        let error = error.to_string();
        assert!(error.contains(no.to_str().unwrap()), "{error}");
        assert!(error.contains("set CARGO_TARGET_DIR or XDG_CACHE_HOME"));
    }

    #[test]
    fn an_entry_is_filled_once() {
        let root = tempfile::tempdir().unwrap();
        let cache = cache(root.path());
        let fill = |folder: &Path| {
            fs::write(folder.join("file"), "text").unwrap();
            Ok(())
        };
        let place = cache.entry("crates", "a", fill).unwrap();
        assert_eq!(fs::read_to_string(place.join("file")).unwrap(), "text");
        let again = cache.entry("crates", "a", |_| panic!("filled twice"));
        assert_eq!(again.unwrap(), place);
    }

    #[test]
    fn an_entry_that_could_not_be_filled_is_absent() {
        let root = tempfile::tempdir().unwrap();
        let cache = cache(root.path());
        let failed = cache.entry("crates", "a", |folder| {
            fs::write(folder.join("half"), "").unwrap();
            Err(Error::grader("no", "no"))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }

    #[test]
    fn only_the_most_recent_entries_are_kept() {
        let root = tempfile::tempdir().unwrap();
        let cache = cache(root.path());
        for name in ["a", "b", "c", "d", "e"] {
            cache.entry("crates", name, |_| Ok(())).unwrap();
        }
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), KEPT);
    }

    #[test]
    fn an_entry_that_was_used_is_kept_and_so_is_another_kind_with_the_same_prefix() {
        let root = tempfile::tempdir().unwrap();
        let cache = cache(root.path());
        let old = ["x", "y", "z"].map(|name| ("b", name));
        for (kind, name) in old.into_iter().chain([("b-c", "x")]) {
            cache.entry(kind, name, |_| Ok(())).unwrap();
            let folder = File::open(cache.path(kind, name)).unwrap();
            folder.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        }
        assert!(cache.find("b", "x").is_some() && cache.find("b", "z").is_some());
        cache.entry("b", "new", |_| Ok(())).unwrap();
        let left = |kind: &str, name: &str| cache.path(kind, name).is_dir();
        assert!(left("b", "x") && left("b", "z") && left("b", "new") && left("b-c", "x"));
        assert!(!left("b", "y"));
    }
}
