//! The only module that knows cargo's arguments and messages.

use super::cache::{BuildCache, read_index, write_index};
use super::externs::CrateFolder;
use super::toolchain::Toolchain;
use crate::error::{Error, Result};
use crate::process::{Tool, tool};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Variables that would change what cargo builds here.
const IGNORED_VARIABLES: [&str; 9] = [
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CARGO_TARGET_DIR",
    "CI",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];

/// Beginnings of the lines in which cargo says what it works at.
const TELLING: [&str; 5] = [
    "Compiling",
    "Downloading",
    "Downloaded",
    "Updating",
    "Blocking",
];

/// Builds these crates of the registry, unless that was done before.
///
/// # Errors
/// When cargo cannot: offline, for example.
pub(super) fn build_registry_crates(
    workspace: &Path,
    cache: &BuildCache,
    toolchain: &Toolchain,
    names: &BTreeSet<String>,
    progress: impl FnMut(&str),
) -> Result<CrateFolder> {
    if names.is_empty() {
        return Ok(CrateFolder::default());
    }
    let features = names
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(",");
    let fingerprint = toolchain
        .fingerprint()
        .text("crates", &features)
        .file(&workspace.join("Cargo.toml"))?
        .file(&workspace.join("Cargo.lock"))?
        .file(&workspace.join("grader/kata-deps/Cargo.toml"))?
        .finish();
    let kind = format!("crates-{}", features.replace(',', "+"));
    let folder = cache.entry(&kind, &fingerprint, |folder| {
        let build = cargo(workspace)
            .args(["build", "--locked", "--profile", "katas"])
            .args(["--package", "kata-deps", "--no-default-features"])
            .args(["--features", &features])
            // With a target named, crates for macros are built apart from those for katas.
            .args(["--target", &toolchain.host])
            .args(["--target-dir".as_ref(), cache.cargo_folder().as_os_str()])
            .args(["--message-format", "json-render-diagnostics"]);
        let messages = build.output_with_progress(told(progress))?;
        collect(&messages, names, folder)
    })?;
    let index: BTreeMap<String, PathBuf> = read_index(&folder).ok_or_else(|| {
        Error::grader(
            format!("{} is damaged", folder.display()),
            "remove that folder and run the command again",
        )
    })?;
    let files = index
        .into_iter()
        .map(|(name, file)| (name, folder.join(file)));
    Ok(CrateFolder {
        files: files.collect(),
        folder: Some(folder.clone()),
    })
}

fn told(mut progress: impl FnMut(&str)) -> impl FnMut(&str) {
    move |line| {
        if TELLING.iter().any(|word| line.starts_with(word)) {
            progress(&format!("crates: {line}"));
        }
    }
}

/// What cargo says of something that it has built; only what is read here.
#[derive(Debug, Deserialize)]
struct Artifact {
    reason: String,
    target: Target,
    profile: Profile,
    filenames: Vec<PathBuf>,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Profile {
    debuginfo: Option<serde_json::Value>,
}

impl Artifact {
    /// The profile `katas` has no debug information, except for what macros need.
    fn is_for_katas(&self) -> bool {
        let debug = self.profile.debuginfo.as_ref();
        debug.is_none_or(|debug| *debug == 0)
    }

    fn is_macro(&self) -> bool {
        self.target.kind.iter().any(|kind| kind == "proc-macro")
    }
}

/// Copies the crates that cargo has built into a folder, with an index of those that were asked
/// for. Cargo's own folders hold much else.
fn collect(messages: &str, names: &BTreeSet<String>, folder: &Path) -> Result<()> {
    let wanted: BTreeSet<String> = names.iter().map(|name| name.replace('-', "_")).collect();
    let mut index = BTreeMap::new();
    for artifact in messages.lines().filter_map(artifact) {
        if !artifact.is_macro() && !artifact.is_for_katas() {
            continue;
        }
        for file in artifact.filenames.iter().filter(|file| is_library(file)) {
            let name = file.file_name().unwrap_or_default();
            copy(file, &folder.join(name))?;
            let crate_name = artifact.target.name.replace('-', "_");
            if wanted.contains(&crate_name) && !artifact.is_macro() {
                index.insert(crate_name, PathBuf::from(name));
            }
        }
    }
    write_index(folder, &index)
}

fn artifact(line: &str) -> Option<Artifact> {
    let artifact: Artifact = serde_json::from_str(line).ok()?;
    (artifact.reason == "compiler-artifact").then_some(artifact)
}

fn is_library(file: &Path) -> bool {
    let extension = file.extension().unwrap_or_default();
    ["rlib", "so", "dylib", "dll"]
        .iter()
        .any(|known| extension == *known)
}

fn copy(file: &Path, to: &Path) -> Result<()> {
    fs::hard_link(file, to)
        .or_else(|_| fs::copy(file, to).map(drop))
        .map_err(|error| Error::io("copy", file, &error))
}

/// What a solution's package must pass: clippy.
///
/// # Errors
/// What clippy says.
pub(crate) fn lint(workspace: &Path, package: &str) -> Result<String> {
    tool(program(), workspace)
        .args(["clippy", "--quiet", "--locked", "--package", package])
        .args(["--all-targets", "--", "--deny", "warnings"])
        .output()
}

/// Whether a file is formatted as rustfmt would. It is handed over as text, so that rustfmt
/// does not look for the modules that it names.
///
/// # Errors
/// What rustfmt would change.
pub(crate) fn check_format(workspace: &Path, file: &Path) -> Result<String> {
    tool("rustfmt", workspace)
        .args(["--check", "--edition", "2024"])
        .reading(file)?
        .output()
}

fn cargo(workspace: &Path) -> Tool {
    let cargo = tool(program(), workspace).env("CARGO_TERM_COLOR", "never");
    IGNORED_VARIABLES
        .iter()
        .fold(cargo, |cargo, name| cargo.without_env(name))
}

fn program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTIFACT: &str = r#"{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"syn"},
        "profile":{"debuginfo":DEBUG},"filenames":["/anywhere/libsyn-1.rlib"]}"#;

    #[test]
    fn crates_for_katas_are_told_from_those_for_macros_by_what_cargo_says() {
        for (debug, is_for_katas) in [("0", true), ("null", true), ("1", false)] {
            let line = ARTIFACT.replace("DEBUG", debug).replace('\n', "");
            assert_eq!(
                artifact(&line).unwrap().is_for_katas(),
                is_for_katas,
                "{debug}"
            );
        }
        assert!(artifact(r#"{"reason":"build-finished","success":true}"#).is_none());
    }
}
