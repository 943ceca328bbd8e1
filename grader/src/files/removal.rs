//! Removes folders that student code has filled: of any depth, with any modes, with a bounded
//! number of descriptors. No program that could write to them may still run.

use std::io;
use std::path::Path;

/// Empties a folder. If something else has its name, that is replaced by a folder.
///
/// # Errors
/// When something in it cannot be removed: a mount, or a file of another user.
pub(crate) fn empty(folder: &Path) -> io::Result<()> {
    platform::empty(folder)
}

/// Removes a folder and everything in it, if it exists.
///
/// # Errors
/// As for [`empty`].
pub(crate) fn remove(folder: &Path) -> io::Result<()> {
    match folder.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        _ => empty(folder).and_then(|()| std::fs::remove_dir(folder)),
    }
}

/// The contents of an inner folder are moved to the outer one before it is removed, so that
/// neither paths nor the number of open descriptors grow with the depth.
#[cfg(unix)]
mod platform {
    use rustix::fs::{
        AtFlags, CWD, Dir, Mode, OFlags, chmodat, fchmod, mkdirat, openat, renameat, unlinkat,
    };
    use rustix::io::{Errno, Result};
    use std::ffi::CStr;
    use std::io;
    use std::os::fd::{AsFd, OwnedFd};
    use std::path::Path;

    pub(super) fn empty(folder: &Path) -> io::Result<()> {
        let outer = match opened(CWD, folder) {
            Err(Errno::NOENT) => made(folder)?,
            Err(Errno::NOTDIR | Errno::LOOP) => {
                unlinkat(CWD, folder, AtFlags::empty())?;
                made(folder)?
            }
            opened => opened?,
        };
        let mut hoist = Hoist { outer, count: 0 };
        while hoist.pass()? {}
        Ok(())
    }

    fn made(folder: &Path) -> Result<OwnedFd> {
        mkdirat(CWD, folder, Mode::RWXU)?;
        opened(CWD, folder)
    }

    struct Hoist {
        outer: OwnedFd,
        /// Names given so far.
        count: u64,
    }

    impl Hoist {
        /// Goes through the outer folder once. Returns whether it had any entries.
        fn pass(&mut self) -> Result<bool> {
            let mut found = false;
            for entry in Dir::read_from(&self.outer)? {
                let entry = entry?;
                let name = entry.file_name();
                if is_entry(name) {
                    found = true;
                    self.remove_or_empty(name)?;
                }
            }
            Ok(found)
        }

        /// Removes an entry of the outer folder, or empties it, so that the next pass removes it.
        fn remove_or_empty(&mut self, name: &CStr) -> Result<()> {
            if removed(&self.outer, name)? {
                return Ok(());
            }
            let inner = opened(&self.outer, name)?;
            for entry in Dir::read_from(&inner)? {
                let entry = entry?;
                let name = entry.file_name();
                if is_entry(name) && !removed(&inner, name)? {
                    // The move changes its entry `..`, so it must be writable.
                    drop(opened(&inner, name)?);
                    self.move_up(&inner, name)?;
                }
            }
            Ok(())
        }

        fn move_up(&mut self, inner: &OwnedFd, name: &CStr) -> Result<()> {
            loop {
                self.count += 1;
                let new = format!("moved-{}", self.count);
                match renameat(inner, name, &self.outer, &new) {
                    // The name is taken.
                    Err(Errno::EXIST | Errno::NOTEMPTY | Errno::NOTDIR) => {}
                    moved => return moved,
                }
            }
        }
    }

    fn is_entry(name: &CStr) -> bool {
        ![c".", c".."].contains(&name)
    }

    /// Removes a file or an empty folder. False if the folder is not empty.
    fn removed(folder: &OwnedFd, name: &CStr) -> Result<bool> {
        match unlinkat(folder, name, AtFlags::empty()) {
            // Which error a folder gives differs between systems.
            Err(Errno::ISDIR | Errno::PERM) => {}
            other => return other.map(|()| true),
        }
        match unlinkat(folder, name, AtFlags::REMOVEDIR) {
            Ok(()) => Ok(true),
            Err(Errno::NOTEMPTY | Errno::EXIST) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Opens a folder, with its mode changed so that it can be read, entered and changed.
    fn opened(folder: impl AsFd, name: impl rustix::path::Arg + Copy) -> Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let open = || openat(folder.as_fd(), name, flags, Mode::empty());
        let opened = match open() {
            Err(Errno::ACCESS) => {
                chmodat(folder.as_fd(), name, Mode::RWXU, AtFlags::empty())?;
                open()?
            }
            opened => opened?,
        };
        fchmod(&opened, Mode::RWXU)?;
        Ok(opened)
    }
}

#[cfg(not(unix))]
mod platform {
    use std::fs;
    use std::io;
    use std::path::Path;

    pub(super) fn empty(folder: &Path) -> io::Result<()> {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::create_dir_all(folder)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use rustix::fs::{CWD, Mode, OFlags, mkdirat, openat};
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_folder_of_any_depth_is_removed() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = scratch.path().join("folder");
        fs::create_dir(&folder).unwrap();
        let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
        let mut deepest = openat(CWD, &folder, flags, Mode::empty()).unwrap();
        for _ in 0..1200 {
            mkdirat(&deepest, "moved-1", Mode::RWXU).unwrap();
            deepest = openat(&deepest, "moved-1", flags, Mode::empty()).unwrap();
        }
        remove(&folder).unwrap();
        assert!(!folder.exists());
    }

    #[test]
    fn folders_without_permissions_and_links_are_removed_and_targets_of_links_are_not() {
        let scratch = tempfile::tempdir().unwrap();
        let [folder, kept] = ["folder", "kept"].map(|name| scratch.path().join(name));
        fs::create_dir_all(folder.join("closed/inner/leaf")).unwrap();
        fs::create_dir(&kept).unwrap();
        fs::write(kept.join("file"), "").unwrap();
        symlink(&kept, folder.join("link")).unwrap();
        symlink(&kept, folder.join("closed/inner/link")).unwrap();
        for part in ["closed/inner/leaf", "closed/inner", "closed", ""] {
            let closed = fs::Permissions::from_mode(0o000);
            fs::set_permissions(folder.join(part), closed).unwrap();
        }
        empty(&folder).unwrap();
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        assert!(kept.join("file").exists());
    }

    #[test]
    fn a_link_in_the_place_of_the_folder_is_not_followed() {
        let scratch = tempfile::tempdir().unwrap();
        let [folder, kept] = ["folder", "kept"].map(|name| scratch.path().join(name));
        fs::create_dir(&kept).unwrap();
        fs::write(kept.join("file"), "").unwrap();
        symlink(&kept, &folder).unwrap();
        empty(&folder).unwrap();
        assert!(folder.symlink_metadata().unwrap().is_dir());
        assert!(kept.join("file").exists());
    }
}
