//! A submission: what of a student's folder is graded.

use super::catalogue::Kata;
use super::same_code::is_same_code;
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
    /// Reads the tokens of sources from `folder`: rejects them if they hold what no submission
    /// may, and finds the stub if only its layout and comments have changed.
    ///
    /// # Errors
    /// When the course's own stub cannot be read.
    pub(crate) fn inspected(self, kata: &Kata, folder: &Path) -> Result<Self> {
        let Self::Sources(sources) = &self else {
            return Ok(self);
        };
        if let Some(reason) = forbidden(sources, folder) {
            return Ok(Self::Rejected(reason));
        }
        let mut own = sources
            .iter()
            .filter(|file| !kata.about.locked.contains(&file.path));
        let is_stub = match (own.next(), own.next()) {
            (Some(only), None) => is_same_code(&only.text, &kata.stub()?),
            _ => false,
        };
        Ok(if is_stub { Self::Untouched } else { self })
    }
}

/// A submission whose `lib.rs` is this text, scanned. It may be the stub.
///
/// # Errors
/// When the course's own files cannot be read.
pub(crate) fn of_text(kata: &Kata, text: String) -> Result<Submission> {
    let path = "lib.rs".to_owned();
    let mut sources = vec![SourceFile { path, text }];
    sources.extend(locked_sources(kata)?);
    let found = forbidden(&sources, Path::new("."));
    Ok(found.map_or(Submission::Sources(sources), Submission::Rejected))
}

/// The first thing in sources from `folder` that no submission may hold.
fn forbidden(sources: &[SourceFile], folder: &Path) -> Option<String> {
    // One file after the other, because tokens take far more memory than their text.
    sources.iter().find_map(|file| {
        let Finding { line, reason } = scan(&file.text)?;
        let path = folder.join("src").join(&file.path);
        Some(format!("{}:{line}: {reason}", shown(&path)))
    })
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
    printable_name(&from_here(path).display().to_string())
}

/// The path from the working folder to what is in it.
pub(super) fn from_here(path: &Path) -> &Path {
    std::env::current_dir()
        .ok()
        .and_then(|here| path.strip_prefix(here).ok())
        .unwrap_or(path)
}
