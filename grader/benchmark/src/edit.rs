//! Changes of sources that make nobody's earlier work of use.

use crate::tree::{self, Files};
use anyhow::{Context, Result};
use std::cell::Cell;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// Which code a change is made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The body of a function that is compiled once, with its crate.
    Body,
    /// Generic code, which every crate that uses it compiles for itself.
    Generic,
}

/// Makes changes that were never made before, in this run or in an earlier one.
#[derive(Debug)]
pub(crate) struct Edits {
    next: Cell<u64>,
}

impl Edits {
    /// Begins where no earlier run has been.
    pub(crate) fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = now.map_or(0, |time| time.as_millis());
        Self {
            next: Cell::new(u64::try_from(millis).unwrap_or_default() << 16),
        }
    }

    /// A number that no change has had.
    pub(crate) fn number(&self) -> u64 {
        self.next.set(self.next.get() + 1);
        self.next.get()
    }

    /// Writes a solution with a change into a kata's folder.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn change(&self, solution: &Files, part: Part, folder: &Path) -> Result<()> {
        let number = self.number();
        put(&changed(solution, part, number)?, folder)
    }

    /// Writes a solution that does not compile into a kata's folder.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn spoil(&self, solution: &Files, folder: &Path) -> Result<()> {
        let text = format!(
            "\n/// Which attempt this is.\npub fn attempt() -> u64 {{\n    \"{}\"\n}}\n",
            self.number()
        );
        put(&with_end(solution, &text)?, folder)
    }
}

/// The error that a spoiled solution has.
pub(crate) const ERROR: &str = "E0308";

/// A solution with a function of its own: as much work as a change of one function, and nothing
/// that the kata asks for is touched.
///
/// # Errors
/// When there is no `src/lib.rs`.
pub(crate) fn changed(solution: &Files, part: Part, number: u64) -> Result<Files> {
    let code = match part {
        Part::Body => format!("pub fn attempt() -> u64 {{\n    {number}\n}}"),
        Part::Generic => {
            format!("pub fn attempt<T>(of: T) -> (T, u64) {{\n    (of, {number})\n}}")
        }
    };
    with_end(solution, &format!("\n/// Which attempt this is.\n{code}\n"))
}

fn with_end(solution: &Files, text: &str) -> Result<Files> {
    let mut files = solution.clone();
    let lib = files.get_mut(Path::new("src/lib.rs"));
    lib.context("a solution without src/lib.rs")?
        .extend_from_slice(text.as_bytes());
    Ok(files)
}

/// Writes files into a folder, those that are not the same already.
///
/// # Errors
/// What the file system says.
pub(crate) fn put(files: &Files, folder: &Path) -> Result<()> {
    files
        .iter()
        .try_for_each(|(place, bytes)| tree::write(&folder.join(place), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_a_new_one() {
        let root = tempfile::tempdir().unwrap();
        let solution = Files::from([("src/lib.rs".into(), b"pub fn f() {}\n".to_vec())]);
        let edits = Edits::new();
        let mut texts = Vec::new();
        for part in [Part::Body, Part::Body, Part::Generic, Part::Generic] {
            edits.change(&solution, part, root.path()).unwrap();
            texts.push(std::fs::read_to_string(root.path().join("src/lib.rs")).unwrap());
        }
        assert!(texts.iter().all(|text| text.starts_with("pub fn f() {}\n")));
        texts.dedup();
        assert_eq!(texts.len(), 4);
    }
}
