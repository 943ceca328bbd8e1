//! Running the grader as an ordinary user, when the tests run as root.

use crate::launch::WORKSPACE;
use rustix::fs::{Gid, Uid};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Somebody else than who runs the tests.
#[derive(Debug, Clone)]
pub(crate) struct User {
    id: u32,
    /// A compiler that this user can reach.
    rustc: PathBuf,
}

impl User {
    /// The user of `HOSTILE_USER`, if there is one.
    pub(crate) fn wanted(base: &Path) -> Result<Option<Self>, String> {
        let Ok(id) = std::env::var("HOSTILE_USER") else {
            return Ok(None);
        };
        let id = id.parse();
        let id: u32 = id.map_err(|_| "HOSTILE_USER is no number of a user".to_owned())?;
        if !rustix::process::geteuid().is_root() {
            return Err("HOSTILE_USER needs root, to become that user".to_owned());
        }
        let mut user = Self {
            id,
            rustc: sysroot()?.join("bin/rustc"),
        };
        if !user.can("-x", &user.rustc)? {
            let place = base.join("toolchain");
            copy(&sysroot()?, &place).map_err(|error| format!("copy the toolchain: {error}"))?;
            user.rustc = place.join("bin/rustc");
        }
        let grader = Path::new(env!("CARGO_BIN_EXE_grader"));
        for (test, path) in [
            ("-x", user.rustc.as_path()),
            ("-x", grader),
            ("-r", &Path::new(WORKSPACE).join("Cargo.lock")),
        ] {
            if !user.can(test, path)? {
                let path = path.display();
                return Err(format!(
                    "user {id} cannot reach {path}; every folder above it must let others through"
                ));
            }
        }
        Ok(Some(user))
    }

    /// The compiler to grade with.
    pub(crate) fn rustc(&self) -> &Path {
        &self.rustc
    }

    /// A command that runs `program` as this user.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("setpriv");
        let id = self.id.to_string();
        command
            .args(["--reuid", &id, "--regid", &id, "--clear-groups", "--"])
            .arg(program);
        command
    }

    /// Makes everything in a folder this user's.
    pub(crate) fn give(&self, folder: &Path) -> io::Result<()> {
        let (user, group) = (Uid::from_raw(self.id), Gid::from_raw(self.id));
        rustix::fs::chownat(
            rustix::fs::CWD,
            folder,
            Some(user),
            Some(group),
            rustix::fs::AtFlags::SYMLINK_NOFOLLOW,
        )?;
        if folder.symlink_metadata()?.is_dir() {
            for entry in fs::read_dir(folder)? {
                self.give(&entry?.path())?;
            }
        }
        Ok(())
    }

    fn can(&self, test: &str, path: &Path) -> Result<bool, String> {
        let status = self
            .command(Path::new("test"))
            .arg(test)
            .arg(path)
            .stderr(Stdio::null())
            .status();
        let status = status.map_err(|error| format!("setpriv (of util-linux): {error}"))?;
        Ok(status.success())
    }
}

fn sysroot() -> Result<PathBuf, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--print", "sysroot"])
        .current_dir(WORKSPACE)
        .output()
        .map_err(|error| format!("rustc: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().into())
}

/// Copies a folder, by further names for the same files where that is possible.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let about = entry.metadata()?;
        if about.is_dir() {
            if !["doc", "share"]
                .iter()
                .any(|name| entry.file_name() == *name)
            {
                copy(&source, &target)?;
            }
        } else if about.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source)?, &target)?;
        } else if about.mode() & 0o004 == 0 || fs::hard_link(&source, &target).is_err() {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}
