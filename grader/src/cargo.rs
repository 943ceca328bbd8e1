//! The only module that knows cargo's arguments and messages, and asks rustc about itself.

use crate::error::{Error, Result};
use crate::process::tool;
use crate::scratch::Scratch;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The workspace that the grader was built from: it holds the oracle and the katas'
/// dependencies.
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The compiler, found once.
#[derive(Debug, Clone)]
pub(crate) struct Toolchain {
    /// `rustc 1.95.0 (…)`.
    pub(crate) version: String,
    /// Target triple of this machine.
    pub(crate) host: String,
    /// The folder of the toolchain.
    pub(crate) sysroot: PathBuf,
    /// The compiler itself, not the proxy in front of it.
    pub(crate) rustc: PathBuf,
}

impl Toolchain {
    /// Asks the compiler of this folder who it is.
    pub(crate) fn find() -> Result<Self> {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let workspace = Path::new(WORKSPACE);
        let about = tool(&rustc, workspace).args(["-vV"]).output()?;
        let sysroot = tool(&rustc, workspace)
            .args(["--print", "sysroot"])
            .output()?;
        let line = |key: &str| about.lines().find_map(|line| line.strip_prefix(key));
        let host = line("host: ").ok_or_else(|| {
            Error::grader(
                "rustc does not name its host",
                "is this an ordinary toolchain?",
            )
        })?;
        let direct = Path::new(sysroot.trim())
            .join("bin")
            .join(executable("rustc"));
        Ok(Self {
            version: about.lines().next().unwrap_or_default().to_owned(),
            host: host.to_owned(),
            sysroot: sysroot.trim().into(),
            rustc: if direct.exists() {
                direct
            } else {
                rustc.into()
            },
        })
    }
}

/// What katas may use, compiled, in a folder that holds nothing else.
#[derive(Debug)]
pub(crate) struct Externs {
    crates: BTreeMap<String, PathBuf>,
    folder: Scratch,
}

impl Externs {
    /// The compiled crate that `name` (a package or a crate name) means.
    pub(crate) fn get(&self, name: &str) -> Result<&Path> {
        let found = self.crates.get(&name.replace('-', "_"));
        found.map(PathBuf::as_path).ok_or_else(|| {
            Error::grader(
                format!("no katas' dependency {name:?} was built"),
                "list it in `grader/kata-deps/Cargo.toml`",
            )
        })
    }

    /// The folder of all of them and of what they use themselves.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// Builds what katas may use.
pub(crate) fn build_dependencies(
    toolchain: &Toolchain,
    progress: impl FnMut(&str),
) -> Result<Externs> {
    // With an explicit target, what macros need for themselves is kept apart from what
    // katas link against, though it may be the same crate with other features.
    let args = ["--package", "kata-deps", "--target", &toolchain.host];
    let artifacts = build(&args, progress)?;
    // Cargo's own folders also hold programs that decide.
    let folder = Scratch::new()?;
    let mut crates = BTreeMap::new();
    for artifact in &artifacts {
        for file in artifact.files.iter().filter(|file| is_library(file)) {
            let place = folder.path().join(file.file_name().unwrap_or_default());
            link(file, &place)?;
            let ours = file
                .components()
                .any(|part| part.as_os_str() == toolchain.host.as_str());
            if ours
                && file
                    .extension()
                    .is_some_and(|extension| extension == "rlib")
            {
                crates.insert(artifact.name.replace('-', "_"), place);
            }
        }
    }
    Ok(Externs { crates, folder })
}

fn link(file: &Path, place: &Path) -> Result<()> {
    fs::hard_link(file, place)
        .or_else(|_| fs::copy(file, place).map(drop))
        .map_err(|error| Error::io("copy", file, &error))
}

/// Builds the oracle; its program.
pub(crate) fn build_oracle(progress: impl FnMut(&str)) -> Result<PathBuf> {
    let artifacts = build(&["--package", "oracle"], progress)?;
    let program = artifacts
        .into_iter()
        .find_map(|artifact| artifact.executable);
    program.ok_or_else(|| {
        Error::grader(
            "cargo built no oracle",
            "is `grader/oracle` as it came with the course?",
        )
    })
}

/// What a solution's cargo package must pass: clippy and rustfmt.
pub(crate) fn lint(package: &str) -> Result<String> {
    tool(cargo(), Path::new(WORKSPACE))
        .args([
            "clippy",
            "--quiet",
            "--locked",
            "--package",
            package,
            "--all-targets",
        ])
        .args(["--", "--deny", "warnings"])
        .output()
}

/// Whether files are formatted as rustfmt would.
pub(crate) fn check_format(files: &[PathBuf]) -> Result<String> {
    tool("rustfmt", Path::new(WORKSPACE))
        .args(["--check", "--edition", "2024"])
        .args(files)
        .output()
}

#[derive(Debug)]
struct Artifact {
    name: String,
    files: Vec<PathBuf>,
    executable: Option<PathBuf>,
}

fn build(args: &[&str], progress: impl FnMut(&str)) -> Result<Vec<Artifact>> {
    let messages = tool(cargo(), Path::new(WORKSPACE))
        .args(["build", "--locked", "--profile", "grader"])
        .args(["--message-format", "json-render-diagnostics"])
        .args(args)
        .env("CARGO_TERM_COLOR", "never")
        .output_with_progress(progress)?;
    Ok(messages.lines().filter_map(artifact).collect())
}

fn artifact(line: &str) -> Option<Artifact> {
    let message: Value = serde_json::from_str(line).ok()?;
    if message["reason"] != "compiler-artifact" {
        return None;
    }
    let files = message["filenames"].as_array()?.iter();
    Some(Artifact {
        name: message["target"]["name"].as_str()?.to_owned(),
        files: files
            .filter_map(|file| Some(file.as_str()?.into()))
            .collect(),
        executable: message["executable"].as_str().map(PathBuf::from),
    })
}

fn is_library(file: &Path) -> bool {
    let extension = file.extension().unwrap_or_default();
    ["rlib", "so", "dylib", "dll"]
        .iter()
        .any(|known| extension == *known)
}

fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The file name of a program called `name` here.
pub(crate) fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}
