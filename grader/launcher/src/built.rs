//! Whether the grader is built from what is there.

use std::collections::BTreeSet;
use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Made when cargo is asked, and put in the place of the second when it has built the grader.
const ASKING: &str = "grader.asking";
const ASKED: &str = "grader.asked";
/// Cargo's list of the files that the grader was built from.
const LISTED: &str = "grader.d";
/// Files of the whole course that decide what is built.
const OF_COURSE: [&str; 4] = [
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];

/// The grader of a course, built or not.
pub(crate) struct Built {
    root: PathBuf,
    folder: PathBuf,
}

/// A question to cargo that is being answered.
pub(crate) struct Asking<'a>(&'a Built);

impl Built {
    /// The grader of the course at `root` beside another program that was built there.
    pub(crate) fn new(root: PathBuf, beside: &Path) -> Self {
        let folder = beside.parent().unwrap_or(Path::new(".")).to_owned();
        Self { root, folder }
    }

    /// The course.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The grader itself.
    pub(crate) fn program(&self) -> PathBuf {
        self.folder.join(format!("grader{EXE_SUFFIX}"))
    }

    /// Whether nothing has changed since cargo was asked. What cannot be told has changed.
    pub(crate) fn is_fresh(&self) -> bool {
        self.is_older_than_answer().unwrap_or(false)
    }

    /// Notes that cargo is asked from now on.
    ///
    /// # Errors
    /// When nothing can be written beside the grader.
    pub(crate) fn ask(&self) -> io::Result<Asking<'_>> {
        fs::write(self.folder.join(ASKING), "")?;
        Ok(Asking(self))
    }

    fn is_older_than_answer(&self) -> io::Result<bool> {
        let asked = modified(&self.folder.join(ASKED))?;
        let listed = fs::read_to_string(self.folder.join(LISTED))?;
        let sources = sources(&listed);
        let is_ours = !sources.is_empty() && sources.iter().all(|one| one.starts_with(&self.root));
        if !is_ours || !self.program().is_file() {
            return Ok(false);
        }
        let of_course = OF_COURSE.iter().map(|name| self.root.join(name));
        let of_course = of_course.filter(|path| path.exists());
        for path in of_course.chain(self.manifests(&sources)).chain(sources) {
            // A file of the same moment may have changed after cargo has read it.
            if modified(&path)? >= asked {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The manifests of the packages that hold these files.
    fn manifests(&self, sources: &[PathBuf]) -> BTreeSet<PathBuf> {
        let folders: BTreeSet<&Path> = sources.iter().filter_map(|path| path.parent()).collect();
        let manifests = folders.into_iter().filter_map(|folder| {
            let above = folder.ancestors();
            let inside = above.take_while(|folder| folder.starts_with(&self.root));
            let mut manifests = inside.map(|folder| folder.join("Cargo.toml"));
            manifests.find(|manifest| manifest.is_file())
        });
        manifests.collect()
    }
}

impl Asking<'_> {
    /// Notes that the grader is built.
    ///
    /// # Errors
    /// When that cannot be written beside it.
    pub(crate) fn done(self) -> io::Result<()> {
        let Self(built) = self;
        fs::rename(built.folder.join(ASKING), built.folder.join(ASKED))
    }
}

fn modified(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

/// The paths after the colon; in them, a space has a backslash before it.
fn sources(listed: &str) -> Vec<PathBuf> {
    let listed = listed.lines().next().unwrap_or_default();
    let (_, paths) = listed.split_once(": ").unwrap_or_default();
    let paths = paths.replace("\\ ", "\0");
    let paths = paths.split(' ').filter(|path| !path.is_empty());
    paths.map(|path| path.replace('\0', " ").into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::Duration;
    use tempfile::TempDir;

    /// A course whose grader was built a while after its files were written.
    struct Course {
        folder: TempDir,
        built: Built,
    }

    const SOURCES: [&str; 2] = ["grader/src/main.rs", "grader/with space/src/lib.rs"];
    const OTHERS: [&str; 4] = [
        "Cargo.toml",
        "Cargo.lock",
        "grader/Cargo.toml",
        "grader/with space/Cargo.toml",
    ];

    fn course() -> Course {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let target = root.join("target/grader");
        fs::create_dir_all(&target).unwrap();
        for path in SOURCES.iter().chain(&OTHERS) {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            set_age(&path, 2);
        }
        let built = Built::new(root.clone(), &target.join("launcher"));
        fs::write(built.program(), "").unwrap();
        let sources = SOURCES.map(|path| root.join(path).display().to_string());
        let sources = sources.map(|path| path.replace(' ', "\\ ")).join(" ");
        let program = built.program();
        let listed = format!("{}: {sources}\n", program.display());
        fs::write(target.join(LISTED), listed).unwrap();
        built.ask().unwrap().done().unwrap();
        set_age(&target.join(ASKED), 1);
        Course { folder, built }
    }

    fn set_age(path: &Path, hours: u64) {
        let age = Duration::from_hours(hours);
        let file = File::options().append(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }

    #[test]
    fn what_was_built_from_what_is_there_is_fresh() {
        assert!(course().built.is_fresh());
    }

    #[test]
    fn whatever_changes_is_seen() {
        for path in SOURCES.iter().chain(&OTHERS) {
            let course = course();
            set_age(&course.folder.path().join(path), 0);
            assert!(!course.built.is_fresh(), "{path}");
        }
    }

    #[test]
    fn what_is_missing_is_asked_for() {
        for path in SOURCES {
            let course = course();
            fs::remove_file(course.folder.path().join(path)).unwrap();
            assert!(!course.built.is_fresh(), "{path}");
        }
        for missing in [ASKED, LISTED, &format!("grader{EXE_SUFFIX}")] {
            let course = course();
            fs::remove_file(course.built.folder.join(missing)).unwrap();
            assert!(!course.built.is_fresh(), "{missing}");
        }
    }

    #[test]
    fn a_grader_of_another_course_is_not_ours() {
        let ours = course();
        let elsewhere = tempfile::tempdir().unwrap();
        let built = Built {
            root: elsewhere.path().to_owned(),
            ..ours.built
        };
        assert!(!built.is_fresh());
    }

    #[test]
    fn what_changes_while_cargo_is_asked_is_seen() {
        let course = course();
        let asking = course.built.ask().unwrap();
        set_age(&course.folder.path().join(SOURCES[0]), 0);
        asking.done().unwrap();
        assert!(!course.built.is_fresh());
    }
}
