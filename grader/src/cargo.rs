//! The only module that knows cargo's arguments and messages, and asks rustc about itself.

use crate::depot::Depot;
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::process::tool;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The workspace that the grader was built from: it holds the oracle and the katas'
/// dependencies.
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The compiler, found once.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
    /// The compiler of this workspace: as it was found before, as long as nothing has changed
    /// that chooses it, otherwise by asking it who it is.
    pub(crate) fn find(depot: &Depot) -> Result<Self> {
        let workspace = Path::new(WORKSPACE);
        let chosen_by = Fingerprint::new()
            .variable("RUSTC")
            .variable("RUSTUP_TOOLCHAIN")
            .variable("RUSTUP_HOME")
            .variable("PATH")
            .file(&workspace.join("rust-toolchain.toml"))?
            .finish();
        let entry = depot.entry("toolchain", &chosen_by, |folder| {
            let found = serde_json::to_string(&Self::ask()?).unwrap_or_default();
            let file = folder.join(INDEX);
            fs::write(&file, found).map_err(|error| Error::io("write", &file, &error))
        })?;
        match read_index::<Self>(&entry) {
            Some(known) if known.rustc.exists() => Ok(known),
            _ => Self::ask(),
        }
    }

    fn ask() -> Result<Self> {
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

    /// Compiles a crate of the course's own, which needs no cage, into a folder.
    pub(crate) fn compile(&self, args: &[String], out: &Path) -> Result<()> {
        tool(&self.rustc, out)
            .args(args)
            .args(["--out-dir".as_ref(), out.as_os_str()])
            .output()
            .map(drop)
    }

    /// Everything that decides what a build comes to, besides the sources.
    pub(crate) fn fingerprint(&self) -> Result<Fingerprint> {
        let workspace = Path::new(WORKSPACE);
        Fingerprint::new()
            .text("version", &self.version)
            .text("host", &self.host)
            .program(&self.rustc)
            .variable("RUSTFLAGS")
            .variable("CARGO_ENCODED_RUSTFLAGS")
            .file(&workspace.join("Cargo.toml"))?
            .file(&workspace.join("Cargo.lock"))?
            .file(&workspace.join(".cargo/config.toml"))?
            .folder(&workspace.join("grader/suite/drive"), |_| true)?
            .folder(&workspace.join("grader/suite/expansion"), |_| true)
    }
}

/// A file that says what an entry of the depot holds.
const INDEX: &str = "index.json";

fn read_index<T: DeserializeOwned>(entry: &Path) -> Option<T> {
    let text = fs::read_to_string(entry.join(INDEX)).ok()?;
    serde_json::from_str(&text).ok()
}

/// What katas may use, compiled, in a folder that holds nothing else.
#[derive(Debug)]
pub(crate) struct Externs {
    /// File names by crate name.
    crates: BTreeMap<String, PathBuf>,
    folder: PathBuf,
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

    /// All of them, and what they use themselves.
    ///
    /// # Errors
    /// When their folder cannot be read.
    pub(crate) fn libraries(&self) -> Result<Vec<PathBuf>> {
        let entries = fs::read_dir(&self.folder);
        let entries = entries.map_err(|error| Error::io("list", &self.folder, &error))?;
        let paths = entries.flatten().map(|entry| entry.path());
        let is_library = |path: &PathBuf| path.extension().is_some_and(|end| end == "rlib");
        let mut libraries: Vec<_> = paths.filter(is_library).collect();
        libraries.sort();
        Ok(libraries)
    }

    /// The folder of all of them and of what they use themselves.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Builds what katas may use, unless it was built before.
pub(crate) fn build_dependencies(
    depot: &Depot,
    toolchain: &Toolchain,
    progress: impl FnMut(&str),
) -> Result<Externs> {
    let made_of = toolchain
        .fingerprint()?
        .file(&Path::new(WORKSPACE).join("grader/kata-deps/Cargo.toml"))?
        .finish();
    let folder = depot.entry("crates", &made_of, |folder| {
        collect_crates(folder, toolchain, progress)
    })?;
    let names: BTreeMap<String, PathBuf> = read_index(&folder).ok_or_else(|| {
        Error::grader(
            format!("{} is damaged", folder.display()),
            "remove that folder and run the command again",
        )
    })?;
    let crates = names
        .into_iter()
        .map(|(name, file)| (name, folder.join(file)))
        .collect();
    Ok(Externs { crates, folder })
}

/// Cargo's own folders also hold programs that decide; this one holds crates only.
fn collect_crates(folder: &Path, toolchain: &Toolchain, progress: impl FnMut(&str)) -> Result<()> {
    // With an explicit target, what macros need for themselves is kept apart from what
    // katas link against, though it may be the same crate with other features.
    let args = ["--package", "kata-deps", "--target", &toolchain.host];
    let mut index = BTreeMap::new();
    for artifact in build(&args, progress)? {
        for file in artifact.files.iter().filter(|file| is_library(file)) {
            let name = file.file_name().unwrap_or_default();
            link(file, &folder.join(name))?;
            let ours = file
                .components()
                .any(|part| part.as_os_str() == toolchain.host.as_str());
            if ours
                && file
                    .extension()
                    .is_some_and(|extension| extension == "rlib")
            {
                index.insert(artifact.name.replace('-', "_"), PathBuf::from(name));
            }
        }
    }
    let file = folder.join(INDEX);
    let text = serde_json::to_string_pretty(&index).unwrap_or_default();
    fs::write(&file, text).map_err(|error| Error::io("write", &file, &error))
}

fn link(file: &Path, place: &Path) -> Result<()> {
    fs::hard_link(file, place)
        .or_else(|_| fs::copy(file, place).map(drop))
        .map_err(|error| Error::io("copy", file, &error))
}

/// Builds the oracle, unless it was built before; its program.
pub(crate) fn build_oracle(
    depot: &Depot,
    toolchain: &Toolchain,
    progress: impl FnMut(&str),
) -> Result<PathBuf> {
    let workspace = Path::new(WORKSPACE);
    let made_of = toolchain
        .fingerprint()?
        .folder(&workspace.join("grader/suite/judge"), |_| true)?
        .folder(&workspace.join("grader/oracle"), |_| true)?
        .folder(&workspace.join("tests/hidden"), |file| {
            file.file_name().is_some_and(|name| name == "suite.rs")
        })?
        .finish();
    let entry = depot.entry("oracle", &made_of, |folder| {
        let artifacts = build(&["--package", "oracle"], progress)?;
        let program = artifacts
            .into_iter()
            .find_map(|artifact| artifact.executable);
        let program = program.ok_or_else(|| {
            Error::grader(
                "cargo built no oracle",
                "is `grader/oracle` as it came with the course?",
            )
        })?;
        link(&program, &folder.join(executable("oracle")))
    })?;
    Ok(entry.join(executable("oracle")))
}

/// Refuses to grade a course whose own grader this is not: cargo takes equal packages in two
/// places for the same, and suites would be judged by those of the other place.
///
/// # Errors
/// When there is a grader at `root` and this one was built elsewhere.
pub(crate) fn check_course(root: &Path) -> Result<()> {
    let place = |root: &Path| root.join("grader/Cargo.toml").canonicalize().ok();
    let own = place(root);
    if own.is_none() || own == place(Path::new(WORKSPACE)) {
        return Ok(());
    }
    Err(Error::grader(
        format!(
            "this grader was built in {}, not in {}: the course was moved, or two share a target \
             folder",
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .parent()
                .unwrap_or(root)
                .display(),
            root.display()
        ),
        "run `cargo clean --profile grader --package grader --package oracle` and this again; \
         unset CARGO_TARGET_DIR so that each course has a target folder of its own",
    ))
}

/// The workspace's depot.
pub(crate) fn depot() -> Depot {
    Depot::of(Path::new(WORKSPACE))
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

/// Whether a file is formatted as rustfmt would. It is handed over as text, so that rustfmt
/// does not look for the modules that it names.
pub(crate) fn check_format(file: &Path) -> Result<String> {
    tool("rustfmt", Path::new(WORKSPACE))
        .args(["--check", "--edition", "2024"])
        .reading(file)?
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
