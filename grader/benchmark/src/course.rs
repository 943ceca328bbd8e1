//! Courses of any size, made of the katas there are.

use crate::edit::{Edits, Part};
use crate::rename::{copied_id, renamed};
use crate::tree::{self, Files};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders that hold a folder `<track>/<id>` of each kata.
const TOPS: [&str; 3] = ["exercises", "solutions", "tests/hidden"];

/// What the grader keeps from one submission for the next, as its names begin.
const FOR_SUBMISSIONS: [&str; 2] = ["driver-", "sighting-"];

/// How the name of a solution's package ends.
const PACKAGE: &str = "-solution";

/// A kata of a course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kata {
    /// Its id.
    pub(crate) id: String,
    /// `<track>/<id>`.
    pub(crate) place: String,
    /// The kata of this repository that it is a copy of, or is.
    pub(crate) original: String,
}

impl Kata {
    /// The package of its solution.
    pub(crate) fn package(&self) -> String {
        format!("{}{PACKAGE}", self.id)
    }
}

/// A course that lies in a folder of its own.
#[derive(Debug)]
pub(crate) struct Course {
    /// Its folder.
    pub(crate) root: PathBuf,
    /// Its katas.
    pub(crate) katas: Vec<Kata>,
    /// Everything in it.
    pub(crate) files: Files,
}

impl Course {
    /// Lays a course of `size` katas in `root`: this repository, its katas copied in turn
    /// under new ids.
    ///
    /// # Errors
    /// When git does not list the files, or the file system says no.
    pub(crate) fn make(repository: &Path, root: &Path, size: usize) -> Result<Self> {
        let tracked = tracked(repository)?;
        let originals = originals(&tracked);
        ensure!(
            !originals.is_empty(),
            "{} holds no katas",
            repository.display()
        );
        let is_kata = |file: &Path| TOPS.iter().any(|top| depth_below(file, top) > 2);
        let mut files: Files = tracked.clone();
        files.retain(|file, _| !is_kata(file));
        let mut katas = Vec::new();
        for (index, (track, id)) in originals.iter().cycle().take(size).enumerate() {
            let copy = 1 + index / originals.len();
            let new = copied_id(id, copy);
            for top in TOPS {
                let from = Path::new(top).join(track).join(id);
                let to = Path::new(top).join(track).join(&new);
                files.extend(copied(&tracked, &from, &to, id, copy));
            }
            katas.push(Kata {
                place: format!("{track}/{new}"),
                id: new,
                original: id.clone(),
            });
        }
        tree::lay(root, &files)?;
        let course = Self {
            root: root.to_owned(),
            katas,
            files,
        };
        course.forget()?;
        Ok(course)
    }

    /// The sources of a kata's solution, relative to its folder.
    pub(crate) fn solution(&self, kata: &Kata) -> Files {
        self.below(&format!("solutions/{}", kata.place), "src")
    }

    /// The sources of a kata's stub, relative to its folder.
    pub(crate) fn stub(&self, kata: &Kata) -> Files {
        self.below(&format!("exercises/{}", kata.place), "src")
    }

    fn below(&self, folder: &str, part: &str) -> Files {
        let inside = |(file, bytes): (&PathBuf, &Vec<u8>)| {
            let place = file.strip_prefix(folder).ok()?;
            let is_part = place.starts_with(part);
            is_part.then(|| (place.to_owned(), bytes.clone()))
        };
        self.files.iter().filter_map(inside).collect()
    }

    /// Changes a kata's solution, where it lies in `top`.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn edit(&self, top: &str, kata: &Kata, part: Part, edits: &Edits) -> Result<()> {
        let folder = self.root.join(top).join(&kata.place);
        edits.change(&self.solution(kata), part, &folder)
    }

    /// Forgets every verdict and everything that was compiled of a submission or for one.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn forget(&self) -> Result<()> {
        self.forget_submissions()?;
        let depot = fs::read_dir(self.root.join("target/grader-depot"));
        for entry in depot.into_iter().flatten() {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if FOR_SUBMISSIONS.iter().any(|kind| name.starts_with(kind)) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// Forgets every verdict and everything that was compiled of a submission, but not drivers.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn forget_submissions(&self) -> Result<()> {
        let state = self.root.join(".katas");
        if state.exists() {
            fs::remove_dir_all(&state)?;
        }
        Ok(())
    }
}

fn tracked(repository: &Path) -> Result<Files> {
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(repository)
        .output()
        .context("git cannot be started; the workloads are copies of what it tracks")?;
    ensure!(
        listed.status.success(),
        "{} is no git checkout",
        repository.display()
    );
    let names = String::from_utf8(listed.stdout)?;
    let mut files = Files::new();
    for name in names.split_terminator('\0') {
        // A file that is tracked and deleted is on its way out.
        if let Ok(bytes) = fs::read(repository.join(name)) {
            files.insert(name.into(), bytes);
        }
    }
    Ok(files)
}

/// Track and id of each kata.
fn originals(files: &Files) -> Vec<(String, String)> {
    let suites = files.keys().filter_map(|file| {
        let file = file.strip_prefix("tests/hidden").ok()?;
        let mut parts = file.iter().map(|part| part.to_string_lossy().into_owned());
        let (track, id, name) = (parts.next()?, parts.next()?, parts.next()?);
        (name == "suite.rs").then_some((track, id))
    });
    suites.collect()
}

fn depth_below(file: &Path, top: &str) -> usize {
    file.strip_prefix(top)
        .map_or(0, |below| below.iter().count())
}

/// The files of a kata's folder under a new id. Wrong solutions are left out: nobody hands
/// them in.
fn copied(tracked: &Files, from: &Path, to: &Path, id: &str, copy: usize) -> Files {
    let copied = tracked.iter().filter_map(|(file, bytes)| {
        let inside = file.strip_prefix(from).ok()?;
        let bytes = match std::str::from_utf8(bytes) {
            Ok(text) if copy > 1 => numbered(inside, text, id, copy).into_bytes(),
            _ => bytes.clone(),
        };
        (!inside.starts_with("wrong")).then(|| (to.join(inside), bytes))
    });
    copied.collect()
}

/// A workspace holds no two packages of the same name, so the packages of crates given with a
/// kata are numbered, too. The crates keep their names, which stand in the sources.
fn numbered(file: &Path, text: &str, id: &str, copy: usize) -> String {
    let text = renamed(text, id, copy);
    if file.extension().is_none_or(|end| end != "toml") {
        return text;
    }
    let numbered = copied_id(id, copy);
    let mut parts = text.split(PACKAGE);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if !out.ends_with(&numbered) {
            out.push_str(&copy.to_string());
        }
        out.push_str(PACKAGE);
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_given_crates_get_the_number_and_their_crates_do_not() {
        let manifest = "name = \"orm-solution\"\n[lib]\nname = \"orm\"\n\
                        [dependencies]\norm-derive-solution = { path = \"../..\" }";
        assert_eq!(
            numbered(Path::new("given/orm/Cargo.toml"), manifest, "orm-derive", 3),
            "name = \"orm3-solution\"\n[lib]\nname = \"orm\"\n\
             [dependencies]\norm-derive3-solution = { path = \"../..\" }"
        );
    }

    #[test]
    fn a_course_has_as_many_katas_as_asked_and_each_is_whole() {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let root = tempfile::tempdir().unwrap();
        let course = Course::make(&repository, root.path(), 20).unwrap();
        assert_eq!(course.katas.len(), 20);
        let ids: std::collections::BTreeSet<_> = course.katas.iter().map(|kata| &kata.id).collect();
        assert_eq!(ids.len(), 20);
        for kata in &course.katas {
            for file in [
                "exercises/{}/src/lib.rs",
                "solutions/{}/Cargo.toml",
                "tests/hidden/{}/suite.rs",
            ] {
                let file = root.path().join(file.replace("{}", &kata.place));
                assert!(file.is_file(), "{}", file.display());
            }
            assert!(!course.solution(kata).is_empty());
        }
    }
}
