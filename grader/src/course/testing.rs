//! A course of one kata in a temporary folder, for tests.

use super::catalogue::{Catalogue, Kata};
use std::fs;
use std::path::PathBuf;

/// A course whose only kata is `track/kata`.
pub(super) struct Course {
    folder: tempfile::TempDir,
    /// Its kata.
    pub(super) kata: Kata,
}

impl Course {
    /// A kata with a stub, and with these files that are always the course's own.
    pub(super) fn new(locked: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let hidden = folder.path().join("tests/hidden/track/kata");
        let about = format!(
            "title = ''\ntitle-zh = ''\ndifficulty = 1\nminutes = 1\nteaches = []\nhints = []\n\
             dependencies = ['tokio']\nlocked = {locked:?}\n"
        );
        put(hidden.join("kata.toml"), &about);
        put(hidden.join("stub.rs"), "/// Adds.\nfn add() { todo!() }\n");
        for file in locked {
            put(hidden.join(file), "// locked\n");
        }
        let mut katas = Catalogue::find(folder.path()).unwrap().katas;
        let kata = katas.remove(0);
        Self { folder, kata }
    }

    /// The same with a student's folder in which everything is in order.
    pub(super) fn attempted() -> Self {
        let course = Self::new(&[]);
        course.write("exercises/Cargo.toml", "[workspace]");
        course.write("exercises/track/kata/Cargo.toml", "[package]");
        course.write("exercises/track/kata/src/lib.rs", "fn add() {}");
        course
    }

    /// The course.
    pub(super) fn catalogue(&self) -> Catalogue {
        Catalogue::find(self.folder.path()).unwrap()
    }

    /// Something below the course's root.
    pub(super) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes a file below the course's root, with its folders.
    pub(super) fn write(&self, below: &str, text: &str) {
        put(self.path(below), text);
    }
}

fn put(file: PathBuf, text: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}
