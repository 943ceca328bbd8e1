//! Copies of folders.

use crate::environment::repository;
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// What is no source: what cargo, the grader and git keep.
const KEPT: [&str; 3] = ["target", ".katas", ".git"];

/// Makes `course` a copy of the repository's sources, and leaves what was built there.
pub(crate) fn renew(course: &Path) -> Result<()> {
    for sources in ["exercises", "grader", "solutions", "tests"] {
        remove(&course.join(sources))?;
    }
    copy(repository(), course).map(drop)
}

/// Copies sources with their times: cargo then builds again only what has changed. The copies.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(from).with_context(|| format!("{} is no folder", from.display()))?;
    fs::create_dir_all(to)?;
    let mut copies = Vec::new();
    for entry in entries {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if KEPT.iter().any(|kept| entry.file_name() == *kept) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copies.extend(copy(&entry.path(), &to)?);
        } else {
            fs::copy(entry.path(), &to)?;
            let file = File::options().write(true).open(&to)?;
            file.set_modified(entry.metadata()?.modified()?)?;
            copies.push(to);
        }
    }
    Ok(copies)
}

/// Removes a folder, if it is there.
pub(crate) fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}
