//! Compiled crates that a rustc call may name.

use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A folder of compiled crates that holds nothing else, and the file of each by crate name.
#[derive(Debug, Clone, Default)]
pub(crate) struct CrateFolder {
    /// Files of the crates that may be named; others in the folder are what they use.
    pub(super) files: BTreeMap<String, PathBuf>,
    /// The folder; none for no crates.
    pub(super) folder: Option<PathBuf>,
}

/// The crates that one kata's code may use.
#[derive(Debug)]
pub(crate) struct Externs {
    parts: [CrateFolder; 2],
}

impl Externs {
    pub(super) fn new(course: CrateFolder, registry: CrateFolder) -> Self {
        Self {
            parts: [course, registry],
        }
    }

    /// The compiled crate that `name` (a package or a crate name) means.
    ///
    /// # Errors
    /// When it is not among them.
    pub(crate) fn get(&self, name: &str) -> Result<&Path> {
        let crate_name = name.replace('-', "_");
        let mut files = self.parts.iter();
        let found = files.find_map(|part| part.files.get(&crate_name));
        found.map(PathBuf::as_path).ok_or_else(|| {
            Error::grader(
                format!("no crate {name:?} was built for this kata"),
                "list it in `grader/kata-deps/Cargo.toml` and in the kata's `kata.toml`",
            )
        })
    }

    /// The folders that they lie in, with what they use themselves.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.parts.iter().filter_map(|part| part.folder.as_deref())
    }
}
