//! Where the katas of a submission lie. A folder that is laid out otherwise than `exercises` gets
//! no points, so it must be said what was expected and what was passed over.

use super::catalogue::{Catalogue, Kata};
use super::submission::shown;
use crate::text::{plural, printable_name};
use std::collections::BTreeMap;
use std::fs::{self, DirEntry};
use std::path::{Path, PathBuf};

/// How deep below a submission a kata is looked for.
const MAX_DEPTH: usize = 5;
/// How many entries of folders are looked at.
const MAX_ENTRIES: usize = 5000;
/// How many things are named.
const NAMED: usize = 5;

/// What of these katas lies elsewhere in `from`, or that nothing of the course lies there.
pub(crate) fn misplaced(catalogue: &Catalogue, ids: &[&str], from: &Path) -> Vec<String> {
    let is_in_place = |kata: &&Kata| from.join(kata.path()).symlink_metadata().is_ok();
    let asked_for = catalogue.katas.iter();
    let asked_for = asked_for.filter(|kata| ids.contains(&kata.id.as_str()));
    let missing: Vec<&Kata> = asked_for.filter(|kata| !is_in_place(kata)).collect();
    let found = find(&missing, from);
    let Some(example) = found.first().map(|(kata, _)| kata).or(missing.first()) else {
        return Vec::new();
    };
    let expected = from.join(example.path()).join("src/lib.rs");
    let expected = format!("Expected: {}", shown(&expected));
    if !found.is_empty() {
        let told = elsewhere(found).into_iter();
        return told.map(|what| format!("{what}. {expected}")).collect();
    }
    if catalogue.katas.iter().any(|kata| is_in_place(&kata)) {
        return Vec::new();
    }
    vec![format!(
        "{} holds no kata of this course. {expected}. {}",
        shown(from),
        contents(from)
    )]
}

/// What is said of missing katas that lie in other folders.
fn elsewhere(found: Vec<(&Kata, PathBuf)>) -> Vec<String> {
    // A whole course that lies too deep is one mistake.
    let mut by_top: BTreeMap<PathBuf, Vec<(&str, PathBuf)>> = BTreeMap::new();
    for (kata, folder) in found {
        let top = folder.ancestors().nth(2);
        let top = top
            .filter(|_| folder.ends_with(kata.path()))
            .unwrap_or(&folder);
        by_top
            .entry(top.to_owned())
            .or_default()
            .push((&kata.id, folder));
    }
    let mut told: Vec<String> = by_top
        .iter()
        .map(|(top, katas)| misplaced_in(top, katas))
        .collect();
    let more = told.len().saturating_sub(NAMED);
    told.truncate(NAMED);
    if more > 0 {
        told.push(format!(
            "katas in {} are not graded either",
            plural(more, "more folder")
        ));
    }
    told
}

fn misplaced_in(top: &Path, katas: &[(&str, PathBuf)]) -> String {
    if let [(kata, folder)] = katas {
        return format!("{kata} lies in {}, where it is not graded", shown(folder));
    }
    let ids: Vec<&str> = katas.iter().map(|(kata, _)| *kata).collect();
    let (count, top) = (katas.len(), shown(top));
    format!(
        "{count} katas ({}) lie in {top}, where they are not graded",
        some_of(&ids)
    )
}

/// The missing katas that lie in other folders of the submission: those called like a kata, with a
/// source in them.
fn find<'k>(missing: &[&'k Kata], from: &Path) -> Vec<(&'k Kata, PathBuf)> {
    let mut found = Vec::new();
    let mut left = vec![(from.to_owned(), 0)];
    let mut entries = 0;
    while let Some((folder, depth)) = left.pop() {
        for entry in visible(&folder) {
            entries += 1;
            if entries > MAX_ENTRIES {
                return found;
            }
            if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            let path = entry.path();
            let name = entry.file_name();
            match missing.iter().find(|kata| name == *kata.id) {
                Some(kata) if holds_source(&path) => found.push((*kata, path)),
                _ if depth < MAX_DEPTH => left.push((path, depth + 1)),
                _ => {}
            }
        }
    }
    found.sort_by(|a, b| a.1.cmp(&b.1));
    found
}

fn holds_source(folder: &Path) -> bool {
    let sources = ["src/lib.rs", "lib.rs"];
    sources.iter().any(|source| folder.join(source).is_file())
}

/// What lies in a folder, without what systems, editors and cargo leave.
fn visible(folder: &Path) -> Vec<DirEntry> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_wanted = |name: &str| !is_hidden(name) && name != "target";
    let wanted = entries.filter(|entry| is_wanted(&entry.file_name().to_string_lossy()));
    let mut wanted: Vec<DirEntry> = wanted.collect();
    wanted.sort_by_key(DirEntry::file_name);
    wanted
}

/// Whether systems and editors keep something of their own under such a name.
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name == "__MACOSX"
}

fn contents(folder: &Path) -> String {
    let names = visible(folder).into_iter();
    let names: Vec<String> = names
        .map(|entry| printable_name(&entry.file_name().to_string_lossy()))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match names.as_slice() {
        [] => "It is empty".to_owned(),
        names => format!("Passed over: {}", some_of(names)),
    }
}

fn some_of(names: &[&str]) -> String {
    let first = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
