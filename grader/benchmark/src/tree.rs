//! Folders of files that are made of a list.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Files by their place below a folder.
pub(crate) type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Folders that belong to cargo and to the grader.
const THEIRS: &[&str] = &["target", ".katas"];

/// Makes `root` hold these files and no others. What is right already keeps its time, so
/// that cargo does not build it again.
///
/// # Errors
/// What the file system says.
pub(crate) fn lay(root: &Path, files: &Files) -> Result<()> {
    fs::create_dir_all(root).with_context(|| format!("{} cannot be made", root.display()))?;
    sweep(root, Path::new(""), files)?;
    for (place, bytes) in files {
        write(&root.join(place), bytes)?;
    }
    Ok(())
}

/// Makes a file hold these bytes, unless it does.
///
/// # Errors
/// What the file system says.
pub(crate) fn write(file: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    let bytes = bytes.as_ref();
    if fs::read(file).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, bytes).with_context(|| format!("{} cannot be written", file.display()))
}

/// Every file below `root`.
///
/// # Errors
/// What the file system says.
pub(crate) fn read(root: &Path) -> Result<Files> {
    let mut files = Files::new();
    collect(root, Path::new(""), &mut files)?;
    Ok(files)
}

fn collect(root: &Path, place: &Path, files: &mut Files) -> Result<()> {
    for entry in fs::read_dir(root.join(place))? {
        let entry = entry?;
        let place = place.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(root, &place, files)?;
        } else {
            files.insert(place, fs::read(entry.path())?);
        }
    }
    Ok(())
}

fn sweep(root: &Path, place: &Path, files: &Files) -> Result<()> {
    for entry in fs::read_dir(root.join(place))? {
        let entry = entry?;
        let name = entry.file_name();
        let place = place.join(&name);
        let is_theirs = THEIRS.iter().any(|theirs| name == *theirs);
        let path = entry.path();
        if is_theirs || files.contains_key(&place) {
            continue;
        }
        if !entry.file_type()?.is_dir() {
            fs::remove_file(path)?;
        } else if holds_any(files, &place) {
            sweep(root, &place, files)?;
        } else {
            fs::remove_dir_all(path)?;
        }
    }
    Ok(())
}

fn holds_any(files: &Files, folder: &Path) -> bool {
    let mut behind = files.range(folder.to_owned()..);
    behind
        .next()
        .is_some_and(|(file, _)| file.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> Files {
        let entries = list
            .iter()
            .map(|(place, text)| (place.into(), text.as_bytes().to_vec()));
        entries.collect()
    }

    #[test]
    fn a_folder_holds_what_is_listed_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        lay(root.path(), &files(&[("a/b", "1"), ("c/d/e", "2")])).unwrap();
        let second = files(&[("a/b", "3"), ("f", "4")]);
        lay(root.path(), &second).unwrap();
        assert_eq!(read(root.path()).unwrap(), second);
    }

    #[test]
    fn what_cargo_built_stays() {
        let root = tempfile::tempdir().unwrap();
        lay(root.path(), &files(&[("target/x", "built")])).unwrap();
        lay(root.path(), &files(&[("a", "1")])).unwrap();
        assert!(root.path().join("target/x").exists());
    }

    #[test]
    fn what_is_right_already_is_not_written_again() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a");
        write(&file, "1").unwrap();
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        fs::File::options()
            .write(true)
            .open(&file)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
        write(&file, "1").unwrap();
        assert_eq!(file.metadata().unwrap().modified().unwrap(), long_ago);
        write(&file, "2").unwrap();
        assert_ne!(file.metadata().unwrap().modified().unwrap(), long_ago);
    }
}
