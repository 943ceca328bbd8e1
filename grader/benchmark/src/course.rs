//! A copy of the course, with its katas again under other ids where it has to be larger.

use crate::contestant::Contestant;
use crate::environment::{command, workload};
use crate::files;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of what decides each kata, `<track>/<id>`.
const HIDDEN: &str = "tests/hidden";

/// A kata of a course.
#[derive(Debug, Clone)]
pub(crate) struct Kata {
    /// Its id; its test program has the same name.
    pub(crate) id: String,
    /// `<track>/<id>`.
    pub(crate) path: PathBuf,
    /// The folder `src` of its solution.
    pub(crate) solution: PathBuf,
    /// Whether a procedural macro of the student runs in its tests.
    pub(crate) has_macros: bool,
}

/// Makes a course of at least `size` katas, all solved, and builds its grader.
pub(crate) fn make(name: &str, size: usize) -> Result<(Contestant, Vec<Kata>)> {
    let root = workload(name);
    files::renew(&root)?;
    let mut katas = katas_in(&root)?;
    let originals = katas.len();
    for index in originals..size {
        let original = &katas[index % originals];
        katas.push(repeated(&root, original, 1 + index / originals)?);
    }
    for kata in &katas {
        let exercise = root.join("exercises").join(&kata.path);
        files::copy(&kata.solution, &exercise.join("src"))?;
    }
    let mut cargo = command("cargo", &root);
    cargo.args("build --quiet --profile grader --package grader".split(' '));
    ensure!(cargo.status()?.success(), "the grader does not build");
    let grader = Contestant {
        program: root.join("target/grader/grader"),
        root,
        katas: "exercises",
        kept: ".katas".to_owned(),
        one: "check ID",
        all: "check",
        variables: Vec::new(),
    };
    Ok((grader, katas))
}

fn katas_in(root: &Path) -> Result<Vec<Kata>> {
    let mut katas = Vec::new();
    for track in fs::read_dir(root.join(HIDDEN))? {
        for kata in fs::read_dir(track?.path())? {
            let folder = kata?.path();
            let path = folder.strip_prefix(root.join(HIDDEN))?.to_owned();
            let id = path.file_name().and_then(|name| name.to_str());
            let about = fs::read_to_string(folder.join("kata.toml"))?;
            katas.push(Kata {
                id: id.context("the id of a kata is no text")?.to_owned(),
                solution: root.join("solutions").join(&path).join("src"),
                path,
                has_macros: about.contains("proc-macro = true"),
            });
        }
    }
    katas.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(katas)
}

/// Adds a kata again, under its id with a number. The solution is the same: as a package it would
/// have to be entered into the workspace.
fn repeated(root: &Path, kata: &Kata, number: usize) -> Result<Kata> {
    let mut copy = kata.clone();
    copy.id.push_str(&number.to_string());
    copy.path.set_file_name(&copy.id);
    let name = kata.id.replace('-', "_");
    for top in ["exercises", HIDDEN].map(|top| root.join(top)) {
        for file in files::copy(&top.join(&kata.path), &top.join(&copy.path))? {
            if let Ok(text) = fs::read_to_string(&file) {
                fs::write(&file, renamed(&text, &name, number))?;
            }
        }
    }
    Ok(copy)
}

/// `text` with a number behind the name of a crate, in paths and where `kata.toml` quotes it.
fn renamed(text: &str, name: &str, number: usize) -> String {
    let paths = text.replace(&format!("{name}::"), &format!("{name}{number}::"));
    paths.replace(&format!("\"{name}\""), &format!("\"{name}{number}\""))
}
