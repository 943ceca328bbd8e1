//! Where the benchmark works, how it starts programs there, and on what machine.

use anyhow::{Result, ensure};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) fn repository() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.ancestors().nth(2).unwrap_or(manifest)
}

/// A folder for a workload. It stays, so that the next run finds what was built of it.
pub(crate) fn workload(name: &str) -> PathBuf {
    repository().join("target/benchmark").join(name)
}

/// A command in `folder`, as a student at home starts it.
pub(crate) fn command(program: impl AsRef<OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("CI")
        .env_remove("CARGO_TARGET_DIR");
    command
}

/// Makes sure that cargo-nextest is there; with `install`, by installing it.
pub(crate) fn require_nextest(install: bool) -> Result<()> {
    if version("cargo", "nextest --version").is_some() {
        return Ok(());
    }
    let missing = "cargo-nextest is not installed; run the benchmark with `--install`";
    ensure!(install, missing);
    let mut cargo = command("cargo", repository());
    cargo.args(["install", "--locked", "cargo-nextest"]);
    ensure!(
        cargo.status()?.success(),
        "cargo-nextest cannot be installed"
    );
    Ok(())
}

/// Name and value of everything about this machine that a figure depends on.
pub(crate) fn machine() -> [(&'static str, Option<String>); 6] {
    [
        ("processor", field("/proc/cpuinfo", "model name")),
        ("cores", version("nproc", "--all")),
        ("memory", field("/proc/meminfo", "MemTotal")),
        ("kernel", version("uname", "--kernel-name --kernel-release")),
        ("toolchain", version("rustc", "--version")),
        ("nextest", version("cargo", "nextest --version")),
    ]
}

/// The first line that a program prints about itself or the machine.
fn version(program: &str, args: &str) -> Option<String> {
    let mut command = command(program, repository());
    let output = command.args(args.split(' ')).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.lines().next()?.to_owned())
}

/// The value of the first line `name: value`.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(value.trim().strip_prefix(':')?.trim().to_owned())
}
