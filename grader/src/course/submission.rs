//! A submission: what of a student's folder is graded.

use super::catalogue::Kata;
use super::scan::{Finding, scan};
use crate::error::Result;
use crate::text::printable_name;
use std::path::Path;

/// What a student's folder holds for one kata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Submission {
    /// No folder at all.
    Missing,
    /// The code of the stub.
    Untouched,
    /// Sources to compile.
    Sources(Vec<SourceFile>),
    /// Something that cannot be graded: what, and what to do about it.
    Rejected(String),
}

/// One source file, below `src`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceFile {
    /// Path relative to `src`, with `/`.
    pub(crate) path: String,
    /// Content.
    pub(crate) text: String,
}

impl Submission {
    /// Rejects sources from `folder` that hold what no submission may.
    pub(crate) fn scanned(self, folder: &Path) -> Self {
        let Self::Sources(sources) = &self else {
            return self;
        };
        // One file after the other, because tokens take far more memory than their text.
        let found = sources.iter().find_map(|file| {
            let Finding { line, reason } = scan(&file.text)?;
            let path = folder.join("src").join(&file.path);
            Some(format!("{}:{line}: {reason}", shown(&path)))
        });
        found.map_or(self, Self::Rejected)
    }
}

/// A submission whose `lib.rs` is this text, scanned.
///
/// # Errors
/// When the course's own files cannot be read.
pub(crate) fn of_text(kata: &Kata, text: String) -> Result<Submission> {
    let path = "lib.rs".to_owned();
    let mut sources = vec![SourceFile { path, text }];
    sources.extend(locked_sources(kata)?);
    Ok(Submission::Sources(sources).scanned(Path::new(".")))
}

/// The sources that are always the course's own, whatever the student's folder holds.
pub(super) fn locked_sources(kata: &Kata) -> Result<Vec<SourceFile>> {
    let locked = kata.about.locked.iter().map(|path| {
        Ok(SourceFile {
            path: path.clone(),
            text: kata.read_hidden(path)?,
        })
    });
    locked.collect()
}

/// A path as messages name it: from where the user stands.
pub(super) fn shown(path: &Path) -> String {
    let cwd = std::env::current_dir().unwrap_or_default();
    let path = path.strip_prefix(&cwd).unwrap_or(path);
    printable_name(&path.display().to_string())
}
