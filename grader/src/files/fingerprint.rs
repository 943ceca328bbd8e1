//! Fingerprints of contents: two things with the same fingerprint are the same.

use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// A fingerprint that is being computed. The order of what is added counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fingerprint(blake3::Hasher);

impl Fingerprint {
    /// Of nothing.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a text under a name.
    pub(crate) fn text(mut self, name: &str, text: &str) -> Self {
        for part in [name, text] {
            // Lengths keep "ab" + "c" apart from "a" + "bc".
            self.0.update(&(part.len() as u64).to_le_bytes());
            self.0.update(part.as_bytes());
        }
        self
    }

    /// Adds a variable of the environment, set or not.
    pub(crate) fn variable(self, name: &str) -> Self {
        let value = std::env::var_os(name);
        let value = value.map(|value| value.to_string_lossy().into_owned());
        self.text(name, &format!("{value:?}"))
    }

    /// Adds the content of a file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(crate) fn file(mut self, path: &Path) -> Result<Self> {
        let bytes = fs::read(path).map_err(|error| Error::io("read", path, &error))?;
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(&bytes);
        Ok(self)
    }

    /// Adds the names and contents of the files below a folder that `wanted` selects.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(crate) fn folder(mut self, root: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Self> {
        for path in files(root)?.into_iter().filter(|path| wanted(path)) {
            let name = path.strip_prefix(root).unwrap_or(&path);
            self = self.text("file", &name.to_string_lossy()).file(&path)?;
        }
        Ok(self)
    }

    /// The fingerprint, as 32 hexadecimal digits.
    pub(crate) fn finish(&self) -> String {
        self.0.finalize().to_hex()[..32].to_owned()
    }
}

fn files(root: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| Error::io("list", &folder, &error))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
