//! The oracle of a kata: the deciding half of its suite as a program.

use super::cache::BuildCache;
use super::course_crates::CourseCrates;
use super::externs::Externs;
use super::toolchain::{Toolchain, executable};
use crate::course::Kata;
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// Files of a kata's hidden folder that no oracle is made from.
const NOT_COMPILED: [&str; 2] = ["kata.toml", "stub.rs"];

/// Compiles the oracle of a kata, unless that was done before; its program.
pub(super) fn build(
    cache: &BuildCache,
    toolchain: &Toolchain,
    course: &CourseCrates,
    externs: &Externs,
    kata: &Kata,
    progress: impl FnOnce(&str),
) -> Result<PathBuf> {
    let own = course.for_oracles.folder.as_deref();
    let folders: Vec<&Path> = externs.folders().chain(own).collect();
    let fingerprint = folders
        .iter()
        .fold(toolchain.fingerprint(), |fingerprint, folder| {
            fingerprint.text("uses", &folder.to_string_lossy())
        });
    let is_compiled = |path: &Path| !NOT_COMPILED.iter().any(|name| path.ends_with(name));
    let fingerprint = fingerprint.folder(&kata.hidden, is_compiled)?.finish();
    let entry = cache.entry(&format!("oracle-{}", kata.id), &fingerprint, |folder| {
        progress(&format!("the oracle of {}", kata.id));
        let main = folder.join("main.rs");
        fs::write(&main, main_file(kata)).map_err(|error| Error::io("write", &main, &error))?;
        toolchain.compile(args(course, externs, kata, &folders, &main)?, folder)
    })?;
    Ok(entry.join(executable("oracle")))
}

fn main_file(kata: &Kata) -> String {
    let suite = kata.hidden.join("suite.rs").display().to_string();
    format!(
        "#[path = {suite:?}]\nmod suite_of_kata;\n\nfn main() -> ::std::process::ExitCode {{\n    \
         ::suite::serve({:?}, suite_of_kata::CASES)\n}}\n",
        kata.id
    )
}

fn args(
    course: &CourseCrates,
    externs: &Externs,
    kata: &Kata,
    folders: &[&Path],
    main: &Path,
) -> Result<Vec<String>> {
    let fixed = [
        "--crate-name",
        "oracle",
        "--crate-type",
        "bin",
        "--edition",
        "2024",
        "-A",
        "warnings",
        "-C",
        "debuginfo=0",
        "-C",
        "embed-bitcode=no",
    ];
    let mut args: Vec<String> = fixed.map(str::to_owned).into();
    let mut extern_crate = |name: &str, file: &Path| {
        args.extend(["--extern".to_owned(), format!("{name}={}", file.display())]);
    };
    if let Some(file) = course.for_oracles.files.get("suite_judge") {
        extern_crate("suite", file);
    }
    for name in &kata.about.oracle_dependencies {
        extern_crate(&name.replace('-', "_"), externs.get(name)?);
    }
    for folder in folders {
        args.extend(["-L".to_owned(), format!("dependency={}", folder.display())]);
    }
    args.push(main.display().to_string());
    Ok(args)
}
