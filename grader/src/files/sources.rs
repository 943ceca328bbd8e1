//! The fingerprint of the sources that the grader is built from. The build script, which includes
//! this file, embeds it in the program.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files and folders below the workspace.
pub(crate) const PARTS: [&str; 6] = [
    "Cargo.lock",
    "grader/src",
    "grader/suite/drive/src",
    "grader/suite/judge/src",
    "grader/thread_state/src",
    "grader/wire/src",
];

/// The fingerprint of their contents, as hexadecimal digits.
///
/// # Errors
/// When one cannot be read.
pub(crate) fn fingerprint(workspace: &Path) -> io::Result<String> {
    let mut hasher = blake3::Hasher::new();
    for part in PARTS {
        let mut files = files(workspace.join(part))?;
        files.sort();
        for file in files {
            let bytes = fs::read(&file)?;
            let name = file
                .strip_prefix(workspace)
                .unwrap_or(&file)
                .to_string_lossy();
            // Lengths keep "ab" + "c" apart from "a" + "bc".
            for part in [name.as_bytes(), &bytes] {
                hasher.update(&(part.len() as u64).to_le_bytes());
                hasher.update(part);
            }
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}

fn files(root: PathBuf) -> io::Result<Vec<PathBuf>> {
    let (mut found, mut left) = (Vec::new(), vec![root]);
    while let Some(path) = left.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                left.push(entry?.path());
            }
        } else {
            found.push(path);
        }
    }
    Ok(found)
}
