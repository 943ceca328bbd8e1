//! Bringing the stub back. A student's files are only ever moved to the backup.

use super::catalogue::{Catalogue, Kata};
use super::submission::locked_sources;
use crate::error::{Error, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A kata's folder in the student's workspace.
pub(crate) fn folder_of(catalogue: &Catalogue, kata: &Kata) -> PathBuf {
    catalogue.root.join("exercises").join(kata.path())
}

/// Moves the `src` of a kata's folder into `backup` and puts the stub in its place.
///
/// # Errors
/// When the stub cannot be written or `src` cannot be moved. Then `src` is what it was.
pub(crate) fn restore_stub(kata: &Kata, folder: &Path, backup: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, &error))?;
    // Beside its place, so that one step puts it there.
    let making = tempfile::Builder::new()
        .prefix(".reset-")
        .tempdir_in(folder)
        .map_err(|error| Error::io("make a folder in", folder, &error))?;
    let new = making.path().join("src");
    write_stub(kata, &new)?;
    fs::create_dir_all(backup).map_err(|error| Error::io("create", backup, &error))?;
    let src = folder.join("src");
    exchange(&src, &backup.join("src"), &new)
        .map_err(|error| Error::io("put the stub at", &src, &error))
}

fn write_stub(kata: &Kata, src: &Path) -> Result<()> {
    write(&src.join("lib.rs"), &kata.stub()?)?;
    for locked in locked_sources(kata)? {
        write(&src.join(&locked.path), &locked.text)?;
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, &error))?;
    fs::write(file, text).map_err(|error| Error::io("write", file, &error))
}

/// Moves `new` to the place of `src`, and what was there to `kept`. If the second move fails, the
/// first is undone.
fn exchange(src: &Path, kept: &Path, new: &Path) -> io::Result<()> {
    let had_src = match fs::rename(src, kept) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        moved => moved.map(|()| true)?,
    };
    let put = fs::rename(new, src);
    if put.is_err() && had_src {
        fs::rename(kept, src)?;
    }
    put
}

#[cfg(test)]
mod tests {
    use super::super::testing::Course;
    use super::*;

    /// A course, a student's folder with two files, and a place for the backup.
    struct Scene {
        course: Course,
        folder: PathBuf,
        backup: PathBuf,
    }

    impl Scene {
        fn new(locked: &[&str]) -> Self {
            let course = Course::new(locked);
            let folder = course.path("exercises/track/kata");
            course.write("exercises/track/kata/src/lib.rs", "mine");
            course.write("exercises/track/kata/src/inner/deep.rs", "mine too");
            let backup = course.path("backup/1");
            Self {
                course,
                folder,
                backup,
            }
        }

        fn restore(&self) -> Result<()> {
            restore_stub(&self.course.kata, &self.folder, &self.backup)
        }

        fn assert_untouched(&self) {
            let read = |name: &str| fs::read_to_string(self.folder.join("src").join(name)).unwrap();
            assert_eq!(read("lib.rs"), "mine");
            assert_eq!(read("inner/deep.rs"), "mine too");
            assert_eq!(fs::read_dir(&self.folder).unwrap().count(), 1);
        }
    }

    #[test]
    fn the_stub_comes_back_and_every_file_is_in_the_backup() {
        let scene = Scene::new(&["inner/locked.rs"]);
        scene.restore().unwrap();
        let read = |path: PathBuf| fs::read_to_string(path).unwrap();
        let src = scene.folder.join("src");
        assert_eq!(read(src.join("lib.rs")), scene.course.kata.stub().unwrap());
        assert_eq!(read(src.join("inner/locked.rs")), "// locked\n");
        assert!(!src.join("inner/deep.rs").exists());
        assert_eq!(read(scene.backup.join("src/lib.rs")), "mine");
        assert_eq!(read(scene.backup.join("src/inner/deep.rs")), "mine too");
        assert_eq!(fs::read_dir(&scene.folder).unwrap().count(), 1);
    }

    #[test]
    fn without_a_folder_there_is_a_stub_afterwards() {
        let scene = Scene::new(&[]);
        fs::remove_dir_all(&scene.folder).unwrap();
        scene.restore().unwrap();
        assert!(scene.folder.join("src/lib.rs").is_file());
    }

    #[test]
    fn a_stub_that_cannot_be_read_changes_nothing() {
        let scene = Scene::new(&["locked.rs"]);
        fs::remove_file(scene.course.kata.hidden.join("locked.rs")).unwrap();
        scene.restore().unwrap_err();
        scene.assert_untouched();
    }

    #[test]
    fn a_backup_that_cannot_be_made_changes_nothing() {
        let scene = Scene::new(&[]);
        scene.course.write("backup", "a file in its place");
        scene.restore().unwrap_err();
        scene.assert_untouched();
    }

    #[test]
    fn what_is_in_the_backup_already_is_not_overwritten() {
        let scene = Scene::new(&[]);
        scene.course.write("backup/1/src/lib.rs", "older");
        scene.restore().unwrap_err();
        scene.assert_untouched();
        let older = fs::read_to_string(scene.backup.join("src/lib.rs")).unwrap();
        assert_eq!(older, "older");
    }

    #[test]
    fn a_stub_that_cannot_be_put_in_its_place_brings_the_old_sources_back() {
        let scene = Scene::new(&[]);
        fs::create_dir_all(&scene.backup).unwrap();
        let src = scene.folder.join("src");
        exchange(&src, &scene.backup.join("src"), Path::new("missing/src")).unwrap_err();
        scene.assert_untouched();
    }

    #[test]
    #[cfg(unix)]
    fn a_link_in_the_place_of_src_is_moved_itself() {
        let scene = Scene::new(&[]);
        let src = scene.folder.join("src");
        let elsewhere = scene.course.path("elsewhere");
        fs::rename(&src, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &src).unwrap();
        scene.restore().unwrap();
        let mine = fs::read_to_string(elsewhere.join("lib.rs")).unwrap();
        assert_eq!(mine, "mine");
        assert!(scene.backup.join("src").is_symlink());
        assert!(!src.is_symlink());
    }
}
