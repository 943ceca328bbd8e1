//! Programs that are measured beside the grader and may have to be installed.

use crate::place::{Place, cargo};
use anyhow::{Result, ensure};
use std::env;
use std::fs;
use std::path::PathBuf;

/// The rustlings that is measured: its exercises change from version to version.
pub(crate) const RUSTLINGS: &str = "6.5.0";

/// A program of another project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// `cargo nextest`.
    Nextest,
    /// `rustlings`.
    Rustlings,
}

impl Tool {
    /// Its version, if it is there.
    pub(crate) fn version(self, place: &Place) -> Option<String> {
        let (program, args): (PathBuf, &[&str]) = match self {
            Self::Nextest => (cargo(), &["nextest", "--version"]),
            Self::Rustlings => ("rustlings".into(), &["--version"]),
        };
        let said = place
            .command(program, &place.root)
            .args(args)
            .output()
            .ok()?;
        let said = String::from_utf8(said.stdout).ok()?;
        let line = said.lines().next()?;
        Some(line.split(" (").next().unwrap_or(line).to_owned())
    }

    /// Makes sure that it is there; with `install`, by installing it in the benchmark's folder.
    ///
    /// # Errors
    /// When it is not there afterwards.
    pub(crate) fn require(self, place: &Place, install: bool) -> Result<()> {
        fs::create_dir_all(&place.root)?;
        if self.version(place).is_some() {
            return Ok(());
        }
        let package = match self {
            Self::Nextest => "cargo-nextest".to_owned(),
            Self::Rustlings => format!("rustlings@{RUSTLINGS}"),
        };
        ensure!(
            install,
            "{package} is not installed. Run the benchmark with `--install` to have it in the \
             benchmark's own folder, or `cargo install --locked {package}`"
        );
        let mut command = place.command(cargo(), &place.root);
        command.args(["install", "--locked", &package, "--root"]);
        let status = command.arg(place.tools()).status()?;
        ensure!(status.success(), "{package} cannot be installed");
        Ok(())
    }
}

/// Where cargo keeps the sources of what it has installed.
pub(crate) fn sources_of_rustlings() -> Result<PathBuf> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let registries = home
        .map(|home| home.join("registry/src"))
        .unwrap_or_default();
    let entries = fs::read_dir(registries).into_iter().flatten().flatten();
    let mut sources = entries.map(|entry| entry.path().join(format!("rustlings-{RUSTLINGS}")));
    let found = sources.find(|folder| folder.join("solutions").is_dir());
    ensure!(
        found.is_some(),
        "cargo does not keep the sources of rustlings {RUSTLINGS}: install it with `cargo install \
         --locked --force rustlings@{RUSTLINGS}`"
    );
    Ok(found.unwrap_or_default())
}
