//! The compiler: which one it is, and calls of it for the course's own crates.

use super::cache::{BuildCache, read_index, write_index};
use crate::error::{Error, Result};
use crate::files::Fingerprint;
use crate::process::tool;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// The oldest compiler that grades, as `rust-version` in the workspace's manifest.
const OLDEST: (u32, u32) = (1, 95);

/// The compiler.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Toolchain {
    /// `rustc 1.95.0 (…)`.
    pub(crate) version: String,
    /// Target triple of this machine.
    pub(crate) host: String,
    /// The folder of the toolchain.
    pub(crate) sysroot: PathBuf,
    /// The compiler itself, not the proxy in front of it.
    pub(crate) rustc: PathBuf,
    /// What identifies its files.
    identity: Vec<String>,
}

impl Toolchain {
    /// The compiler of this workspace. Asking rustc takes a tenth of a second, so the answer is
    /// kept for as long as whatever chooses the compiler, and the compiler's own files, stay the
    /// same.
    ///
    /// # Errors
    /// When there is none, or it is older than the course supports.
    pub(crate) fn find(workspace: &Path, cache: &BuildCache) -> Result<Self> {
        let chosen_by = chosen_by(workspace)?;
        let known = cache
            .find("toolchain", &chosen_by)
            .and_then(|entry| read_index::<Self>(&entry))
            .filter(Self::is_unchanged);
        if let Some(known) = known {
            return Ok(known);
        }
        let found = Self::ask(workspace)?;
        found.check_supported()?;
        cache.forget("toolchain", &chosen_by);
        cache.entry("toolchain", &chosen_by, |folder| {
            write_index(folder, &found)
        })?;
        Ok(found)
    }

    fn ask(workspace: &Path) -> Result<Self> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let about = tool(&rustc, workspace).args(["-vV"]).output()?;
        let sysroot = tool(&rustc, workspace)
            .args(["--print", "sysroot"])
            .output()?;
        let sysroot = PathBuf::from(sysroot.trim());
        let line = |key: &str| about.lines().find_map(|line| line.strip_prefix(key));
        let host = line("host: ").ok_or_else(|| {
            Error::grader(
                "rustc does not name its host",
                "is this an ordinary toolchain?",
            )
        })?;
        let direct = sysroot.join("bin").join(executable("rustc"));
        Ok(Self {
            version: about.lines().next().unwrap_or_default().to_owned(),
            host: host.to_owned(),
            identity: identity(&sysroot),
            rustc: if direct.exists() {
                direct
            } else {
                rustc.into()
            },
            sysroot,
        })
    }

    fn is_unchanged(&self) -> bool {
        !self.identity.is_empty() && self.rustc.exists() && self.identity == identity(&self.sysroot)
    }

    fn check_supported(&self) -> Result<()> {
        let (major, minor) = OLDEST;
        if self.number().is_none_or(|number| number >= OLDEST) {
            return Ok(());
        }
        Err(Error::grader(
            format!(
                "{} is older than {major}.{minor}, the oldest that this course supports",
                self.version
            ),
            "run `rustup update`, or remove the override that chooses it (`rustup show` names it)",
        ))
    }

    /// Major and minor version.
    fn number(&self) -> Option<(u32, u32)> {
        let number = self.version.split(' ').nth(1)?;
        let mut parts = number.split('.').map(str::parse::<u32>);
        Some((parts.next()?.ok()?, parts.next()?.ok()?))
    }

    /// What a reader should know about this choice of compiler, if anything.
    pub(crate) fn caveat(&self) -> Option<String> {
        let is_release = !self.version.contains("-nightly") && !self.version.contains("-beta");
        (!is_release).then(|| {
            format!(
                "{} is not a stable release: error codes and messages may differ from what the \
                 katas expect",
                self.version
            )
        })
    }

    /// Compiles a crate of the course's own, which needs no sandbox, into a folder.
    ///
    /// # Errors
    /// When rustc refuses it: then the course is broken.
    pub(crate) fn compile<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        out: &Path,
    ) -> Result<()> {
        tool(&self.rustc, out)
            .args(args)
            .args(["--out-dir".as_ref(), out.as_os_str()])
            .output()
            .map(drop)
    }

    /// Of the compiler.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let fingerprint = Fingerprint::new()
            .text("version", &self.version)
            .text("host", &self.host)
            .text("sysroot", &self.sysroot.to_string_lossy());
        let identity = self.identity.iter();
        identity.fold(fingerprint, |fingerprint, name| {
            fingerprint.text("file", name)
        })
    }
}

/// The names of the libraries that hold the compiler, which end in a hash of its version. None
/// where it is one program.
fn identity(sysroot: &Path) -> Vec<String> {
    let folders = ["lib", "bin"].map(|folder| fs::read_dir(sysroot.join(folder)));
    let entries = folders.into_iter().flatten().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.contains("rustc_driver")).collect();
    names.sort();
    names
}

/// The fingerprint of everything that chooses a compiler: variables, and what rustup reads.
fn chosen_by(workspace: &Path) -> Result<String> {
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".rustup"));
    let rustup = std::env::var_os("RUSTUP_HOME").map(PathBuf::from).or(home);
    let settings = rustup.map(|rustup| rustup.join("settings.toml"));
    let settings = settings.and_then(|file| fs::read_to_string(file).ok());
    let fingerprint = Fingerprint::new()
        .variable("RUSTC")
        .variable("RUSTUP_TOOLCHAIN")
        .variable("RUSTUP_HOME")
        .variable("HOME")
        .variable("PATH")
        .text("settings", &settings.unwrap_or_default())
        .file(&workspace.join("rust-toolchain.toml"))?;
    Ok(fingerprint.finish())
}

/// The file name of a program called `name` here.
pub(crate) fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toolchain(version: &str) -> Toolchain {
        Toolchain {
            version: version.to_owned(),
            host: String::new(),
            sysroot: PathBuf::new(),
            rustc: PathBuf::new(),
            identity: Vec::new(),
        }
    }

    #[test]
    fn a_compiler_that_is_too_old_is_refused_with_its_version() {
        for supported in [
            "rustc 1.95.0 (a 2026-04-14)",
            "rustc 1.100.0-nightly (b)",
            "rustc 2.0.0",
        ] {
            assert!(
                toolchain(supported).check_supported().is_ok(),
                "{supported}"
            );
        }
        let refused = toolchain("rustc 1.94.1 (c)").check_supported();
        let said = refused.unwrap_err().to_string();
        assert!(
            said.contains("1.94.1") && said.contains("rustup update"),
            "{said}"
        );
    }

    #[test]
    fn only_what_is_not_a_stable_release_has_a_caveat() {
        assert_eq!(toolchain("rustc 1.95.0 (a)").caveat(), None);
        assert!(toolchain("rustc 1.97.0-nightly (b)").caveat().is_some());
    }
}
