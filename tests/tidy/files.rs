//! The files of the course.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The course's root.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        here.canonicalize().unwrap()
    });
    &ROOT
}

/// Every file that git tracks or would track, relative to the root, with `/`.
pub(crate) fn all() -> &'static [String] {
    static FILES: LazyLock<Vec<String>> = LazyLock::new(|| {
        let listed = Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(listed.status.success(), "house rules need a git checkout");
        let names = String::from_utf8(listed.stdout).unwrap();
        let names = names.split_terminator('\0').map(str::to_owned);
        let mut files: Vec<String> = names.filter(|name| root().join(name).is_file()).collect();
        files.sort();
        files
    });
    &FILES
}

/// The files below a folder whose names end so.
pub(crate) fn below(folder: &str, end: &str) -> Vec<&'static str> {
    let folder = format!("{folder}/");
    let files = all().iter().map(String::as_str);
    files
        .filter(|file| file.starts_with(&folder) && file.ends_with(end))
        .collect()
}

/// A file's text; `None` where it is no text.
pub(crate) fn text_of(file: &str) -> Option<String> {
    String::from_utf8(std::fs::read(root().join(file)).unwrap()).ok()
}

/// A file's text.
pub(crate) fn text(file: &str) -> String {
    text_of(file).unwrap_or_else(|| panic!("{file} is not UTF-8"))
}

/// Fails with what was found, and what to do about it.
#[track_caller]
pub(crate) fn assert_none(found: &[String], what_to_do: &str) {
    assert!(found.is_empty(), "{}\n\n{what_to_do}\n", found.join("\n"));
}
