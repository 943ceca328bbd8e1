//! Intake: what of a student's folder is taken, and what is refused.

use super::catalogue::{Catalogue, Kata};
use super::scan::{Finding, scan};
use crate::error::{Error, Result};
use crate::text::{grader_command, printable_name};
use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Longest source file, in bytes.
const MAX_FILE: u64 = 256 << 10;
/// Most source files of one kata.
const MAX_FILES: usize = 64;
/// Deepest folder below `src`.
const MAX_DEPTH: usize = 8;

/// What a student's folder holds for one kata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Submission {
    /// No folder at all.
    Missing,
    /// The stub as it came.
    Untouched,
    /// Sources to be compiled.
    Sources(Vec<SourceFile>),
    /// Something that cannot be taken: what, and what to do.
    Rejected(String),
}

impl Submission {
    /// Refuses sources from `folder` that hold what no submission may; what is refused already
    /// stays so.
    pub(crate) fn scanned(self, folder: &Path) -> Self {
        let Self::Sources(sources) = &self else {
            return self;
        };
        let found = sources.iter().find_map(|file| {
            let Finding { line, reason } = scan(&file.text)?;
            let path = folder.join("src").join(&file.path);
            Some(format!("{}:{line}: {reason}", shown(&path)))
        });
        found.map_or(self, Self::Rejected)
    }
}

/// One source file, below `src`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceFile {
    /// Relative to `src`, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
}

/// A submission whose `lib.rs` is this text, scanned, with the files that are always the course's
/// own.
///
/// # Errors
/// When the course's own files cannot be read.
pub(crate) fn of_text(kata: &Kata, lib: String) -> Result<Submission> {
    let mut sources = vec![SourceFile {
        path: "lib.rs".to_owned(),
        text: lib,
    }];
    for locked in &kata.about.locked {
        sources.push(SourceFile {
            path: locked.clone(),
            text: kata.read_hidden(locked)?,
        });
    }
    Ok(Submission::Sources(sources).scanned(Path::new(".")))
}

/// Takes what `folder` holds for `kata`, not [`Submission::scanned`] yet: the scan is slow, and
/// not needed where the same sources were graded before. Whatever is odd there is the student's
/// matter and never an error.
///
/// # Errors
/// When the course's own stub cannot be read.
pub(crate) fn take(kata: &Kata, folder: &Path) -> Result<Submission> {
    let linked = folder.ancestors().take(2).find(|path| path.is_symlink());
    if let Some(link) = linked {
        return Ok(Submission::Rejected(format!(
            "{} is a link; put the folder itself there",
            shown(link)
        )));
    }
    if !folder.is_dir() {
        return Ok(Submission::Missing);
    }
    let sources = match sources(kata, folder) {
        Ok(sources) => sources,
        Err(reason) => return Ok(Submission::Rejected(reason)),
    };
    let is_stub =
        |file: &SourceFile| file.path == "lib.rs" || kata.about.locked.contains(&file.path);
    let stub = kata.stub()?;
    let untouched = sources.iter().all(is_stub)
        && sources
            .iter()
            .any(|file| file.path == "lib.rs" && same_text(&file.text, &stub));
    Ok(if untouched {
        Submission::Untouched
    } else {
        Submission::Sources(sources)
    })
}

/// What is odd about a student's workspace but decides nothing, because the manifests that
/// count are the course's own.
pub(crate) fn oddities(catalogue: &Catalogue, exercises: &Path) -> Vec<String> {
    let manifest = exercises.join("Cargo.toml");
    let is_workspace = exercises == catalogue.root.join("exercises");
    // Elsewhere nobody opens an editor, so nobody misses a manifest.
    let broken = |manifest: &Path| {
        if is_workspace || manifest.exists() {
            broken_manifest(manifest)
        } else {
            Vec::new()
        }
    };
    let katas = catalogue.katas.iter();
    let katas: HashSet<PathBuf> = katas.map(|kata| exercises.join(kata.path())).collect();
    let mut odd = broken(&manifest);
    for folder in folders(exercises).into_iter().flat_map(|track| {
        let inside = folders(&track);
        if inside.is_empty() {
            vec![track]
        } else {
            inside
        }
    }) {
        if katas.contains(&folder) {
            odd.extend(broken(&folder.join("Cargo.toml")));
        } else if folder.join("Cargo.toml").exists() {
            odd.push(format!(
                "{} is not a kata of this course: it is not graded. If `cargo new` made it, move \
                 it out of `exercises` so that your editor's cargo is not confused",
                shown(&folder)
            ));
        }
    }
    odd
}

fn broken_manifest(manifest: &Path) -> Vec<String> {
    let problem = match read_manifest(manifest) {
        Ok(text) => match text.parse::<toml::Table>() {
            Ok(_) => return Vec::new(),
            Err(error) => format!("is not valid TOML ({})", error.message()),
        },
        Err(error) => format!("cannot be read ({error})"),
    };
    vec![format!(
        "{} {problem}. Your grade does not depend on it, but your editor does: restore it with \
         `git checkout {}`",
        shown(manifest),
        shown(manifest),
    )]
}

/// A plain file of a sensible size: what else may lie there is waited for by nobody.
fn read_manifest(manifest: &Path) -> io::Result<String> {
    let about = manifest.symlink_metadata()?;
    if !about.is_file() || about.len() > MAX_FILE {
        return Err(io::Error::other("it is no plain file, or far too long"));
    }
    fs::read_to_string(manifest)
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_crate_folder = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.is_dir() && !name.starts_with('.') && !["target", "src", "tests"].contains(&&*name)
    };
    let mut folders: Vec<PathBuf> = paths.filter(is_crate_folder).collect();
    folders.sort();
    folders
}

fn sources(kata: &Kata, folder: &Path) -> std::result::Result<Vec<SourceFile>, String> {
    let src = folder.join("src");
    if src.is_symlink() {
        return Err(format!(
            "{} is a link; put the sources themselves there",
            shown(&src)
        ));
    }
    let mut sources = Vec::new();
    walk(&src, "", 0, &mut sources)?;
    for locked in &kata.about.locked {
        sources.retain(|file| file.path != *locked);
        let text = kata
            .read_hidden(locked)
            .map_err(|error| error.to_string())?;
        sources.push(SourceFile {
            path: locked.clone(),
            text,
        });
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    if !sources.iter().any(|file| file.path == "lib.rs") {
        return Err(format!(
            "{} is missing. `{}` brings the stub back",
            shown(&src.join("lib.rs")),
            grader_command(["reset", &kata.id])
        ));
    }
    Ok(sources)
}

fn walk(
    folder: &Path,
    below: &str,
    depth: usize,
    sources: &mut Vec<SourceFile>,
) -> std::result::Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!(
            "{} is more than {MAX_DEPTH} folders deep; move its modules up",
            shown(folder)
        ));
    }
    let mut entries: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry
            .file_type()
            .map_err(|error| unreadable(&path, &error))?;
        let inside = format!("{below}{name}");
        if kind.is_dir() {
            walk(&path, &format!("{inside}/"), depth + 1, sources)?;
        } else if Path::new(&name).extension().is_some_and(|ext| ext == "rs") {
            if sources.len() == MAX_FILES {
                return Err(format!(
                    "there are more than {MAX_FILES} source files in `src`; remove some"
                ));
            }
            let text = read(&path, kind)?;
            sources.push(SourceFile { path: inside, text });
        }
    }
    Ok(())
}

fn read(path: &Path, kind: fs::FileType) -> std::result::Result<String, String> {
    if !kind.is_file() {
        return Err(format!(
            "{} is a link or something else that is no plain file; put the source itself there",
            shown(path)
        ));
    }
    let file = fs::File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(format!(
            "{} is longer than {} KiB; a kata is far shorter",
            shown(path),
            MAX_FILE >> 10
        ));
    }
    String::from_utf8(bytes).map_err(|error| {
        format!(
            "{} is not UTF-8 (at byte {}); save it as UTF-8 in your editor",
            shown(path),
            error.utf8_error().valid_up_to()
        )
    })
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("{} cannot be read: {error}", shown(path))
}

/// Git on Windows may have changed the line ends.
fn same_text(a: &str, b: &str) -> bool {
    a.lines().eq(b.lines())
}

fn shown(path: &Path) -> String {
    let cwd = std::env::current_dir().unwrap_or_default();
    let path = path.strip_prefix(&cwd).unwrap_or(path);
    printable_name(&path.display().to_string())
}

/// A kata's folder in the student's workspace.
pub(crate) fn folder_of(catalogue: &Catalogue, kata: &Kata) -> PathBuf {
    catalogue.root.join("exercises").join(kata.path())
}

/// Replaces the student's `src` by the pristine stub; where the old one went.
///
/// # Errors
/// When a copy cannot be made; then nothing has changed.
pub(crate) fn restore_stub(kata: &Kata, folder: &Path, backup: &Path) -> Result<()> {
    let src = folder.join("src");
    if src.exists() {
        fs::create_dir_all(backup).map_err(|error| Error::io("create", backup, &error))?;
        let kept = backup.join("src");
        fs::rename(&src, &kept).map_err(|error| Error::io("move away", &src, &error))?;
    }
    fs::create_dir_all(&src).map_err(|error| Error::io("create", &src, &error))?;
    let lib = src.join("lib.rs");
    fs::write(&lib, kata.stub()?).map_err(|error| Error::io("write", &lib, &error))?;
    for locked in &kata.about.locked {
        let file = src.join(locked);
        fs::write(&file, kata.read_hidden(locked)?)
            .map_err(|error| Error::io("write", &file, &error))?;
    }
    Ok(())
}
