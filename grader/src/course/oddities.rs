//! What is odd about a student's files and decides nothing, because the course's own manifests
//! count and only sources are graded. It is told where it may confuse the student.

use super::catalogue::{Catalogue, Kata};
use super::intake::kata_folder;
use super::submission::{from_here, shown};
use crate::files::{Kind, Refusal, UntrustedDir};
use crate::text::{plural, quoted};
use std::collections::{BTreeSet, HashSet};
use std::iter::once;
use std::path::Path;

/// Longest manifest that is read, in bytes.
const MAX_MANIFEST: u64 = 64 << 10;
/// Most entries that are looked at in search of stray crates.
const MAX_ENTRIES: usize = 1000;
/// Most warnings of one kind.
const TOLD: usize = 5;
const MANIFEST: &str = "Cargo.toml";

/// What is odd about a student's workspace.
pub(crate) fn oddities(catalogue: &Catalogue, exercises: &Path) -> Vec<String> {
    let Ok(workspace) = UntrustedDir::open(exercises) else {
        return Vec::new();
    };
    // Elsewhere nobody opens an editor, so nobody misses a manifest.
    let is_needed = exercises == catalogue.root.join("exercises");
    let of_workspace = broken_manifest(&workspace, is_needed);
    let of_katas = catalogue.katas.iter().filter_map(|kata| {
        let folder = workspace.dir(&kata.track).ok()?.dir(&kata.id).ok()?;
        broken_manifest(&folder, is_needed)
    });
    let mut odd = limited(of_workspace.into_iter().chain(of_katas));
    odd.extend(limited(stray_crates(catalogue, &workspace)));
    odd
}

/// The first of these warnings, which are of one kind, and how many more there are.
fn limited(warnings: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut warnings = warnings.into_iter();
    let mut told: Vec<String> = warnings.by_ref().take(TOLD).collect();
    let more = warnings.count();
    if more > 0 {
        told.push(format!(
            "at least {} of this kind {} not shown",
            plural(more, "more warning"),
            if more == 1 { "is" } else { "are" }
        ));
    }
    told
}

fn broken_manifest(folder: &UntrustedDir, is_needed: bool) -> Option<String> {
    let problem = match manifest(folder) {
        Ok(_) => return None,
        Err(NoManifest::Refused(refusal)) if refusal.is_missing() && !is_needed => return None,
        Err(NoManifest::Refused(refusal)) => refusal.why.to_string(),
        Err(NoManifest::Invalid(why)) => format!("is not valid TOML ({why})"),
    };
    let path = folder.path_of(MANIFEST);
    let (manifest, argument) = (shown(&path), quoted(from_here(&path)));
    Some(format!(
        "{manifest} {problem}. Your grade does not depend on it, but your editor does: restore it \
         with `git checkout {argument}`"
    ))
}

/// Why a manifest cannot be used.
enum NoManifest {
    Refused(Refusal),
    Invalid(String),
}

fn manifest(folder: &UntrustedDir) -> Result<toml::Table, NoManifest> {
    let bytes = folder.file(MANIFEST, MAX_MANIFEST);
    let bytes = bytes.map_err(NoManifest::Refused)?;
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| NoManifest::Invalid("it is not UTF-8".to_owned()))?;
    let table = text.parse::<toml::Table>();
    table.map_err(|error| NoManifest::Invalid(error.message().to_owned()))
}

/// A warning for each crate that stands where katas do and is none.
fn stray_crates(catalogue: &Catalogue, workspace: &UntrustedDir) -> Vec<String> {
    let katas = catalogue.katas.iter();
    let katas: HashSet<_> = katas.map(Kata::path).collect();
    let mut left = MAX_ENTRIES;
    let mut strays = Vec::new();
    for track in crate_folders(workspace, &mut left) {
        let Ok(folder) = workspace.dir(&track) else {
            continue;
        };
        let inside = crate_folders(&folder, &mut left);
        if inside.is_empty() {
            strays.extend(stray_crate(&folder));
        }
        let is_stray = |name: &&String| !katas.contains(&Path::new(&track).join(name));
        let folders = inside.iter().filter(is_stray);
        strays.extend(folders.filter_map(|name| stray_crate(&folder.dir(name).ok()?)));
    }
    strays
}

/// The names of the folders in a folder that may be crates, but of no more than `left` entries.
fn crate_folders(folder: &UntrustedDir, left: &mut usize) -> Vec<String> {
    let Ok(listing) = folder.entries(*left) else {
        return Vec::new();
    };
    *left -= listing.entries.len();
    let folders = listing.entries.into_iter().filter_map(|entry| {
        let name = entry.name.into_string().ok()?;
        let is_other = name.starts_with('.') || ["target", "src", "tests"].contains(&&*name);
        (entry.kind == Kind::Folder && !is_other).then_some(name)
    });
    folders.collect()
}

fn stray_crate(folder: &UntrustedDir) -> Option<String> {
    folder.has_file(MANIFEST).then(|| {
        format!(
            "{} is not a kata of this course: it is not graded. If `cargo new` made it, move it \
             out of `exercises` so that your editor's cargo is not confused",
            shown(folder.path())
        )
    })
}

/// What of a kata's folder does not count, where that is why these errors of the compiler came.
pub(crate) fn not_graded(kata: &Kata, from: &Path, errors: &[String]) -> Vec<String> {
    let Ok(folder) = kata_folder(kata, from) else {
        return Vec::new();
    };
    let crates = own_dependencies(&folder)
        .into_iter()
        .filter(|name| errors.iter().any(|error| lacks_crate(error, name)))
        .map(|name| dependency_ignored(kata, &folder, &name));
    let unread = errors.iter().filter_map(|error| unread_file(error));
    let files: BTreeSet<String> = unread
        .filter_map(|path| file_beside(&folder, path))
        .collect();
    let files = files.into_iter().map(|path| {
        format!(
            "{} is not graded: the grader takes only `.rs` files in `src` whose names do not begin \
             with a dot. Move it there, or write its text into a constant",
            shown(&folder.path_of(path))
        )
    });
    limited(crates.chain(files))
}

fn dependency_ignored(kata: &Kata, folder: &UntrustedDir, name: &str) -> String {
    let given = kata.about.dependencies.iter();
    let given = given.map(|name| format!("`{name}`"));
    let given: Vec<String> = once("the standard library".to_owned())
        .chain(given)
        .collect();
    format!(
        "{} lists `{name}`, but the grader compiles with the course's own manifest: this kata can \
         use only {}",
        shown(&folder.path_of(MANIFEST)),
        given.join(" and ")
    )
}

/// The crates that the student's own manifest lists, as code names them.
fn own_dependencies(folder: &UntrustedDir) -> BTreeSet<String> {
    let manifest = manifest(folder).unwrap_or_default();
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
    let names = dependencies.into_iter().flat_map(toml::Table::keys);
    names.map(|name| name.replace('-', "_")).collect()
}

/// Whether this error says that there is no such crate.
fn lacks_crate(error: &str, name: &str) -> bool {
    ["crate", "crate for"]
        .iter()
        .any(|before| error.contains(&format!("{before} `{name}`")))
}

/// The path that this error says could not be read.
fn unread_file(error: &str) -> Option<&str> {
    let (_, rest) = error.split_once("couldn't read `")?;
    Some(rest.split_once('`')?.0)
}

/// Where in a kata's folder a file is that the compiler looked for in its own copy of it.
fn file_beside(folder: &UntrustedDir, path: &str) -> Option<String> {
    // What is above the copy's `src` is not known here.
    let starts = path.match_indices("/src/").map(|(at, _)| at + 1);
    let mut below = starts.filter_map(|start| resolved(&path[start..]));
    below.find(|path| is_file(folder, path))
}

/// A relative path without `.` and `..`; none where it leads out of the folder.
fn resolved(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn is_file(folder: &UntrustedDir, path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut inner = None::<UntrustedDir>;
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        match inner.as_ref().unwrap_or(folder).dir(part) {
            Ok(next) => inner = Some(next),
            Err(_) => return false,
        }
    }
    inner.as_ref().unwrap_or(folder).has_file(name)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::super::testing::Course;
    use super::*;
    use std::os::unix::fs::symlink;

    fn odd(course: &Course) -> Vec<String> {
        oddities(&course.catalogue(), &course.path("exercises"))
    }

    fn not_graded_of(course: &Course, errors: &[&str]) -> Vec<String> {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        not_graded(&course.kata, &course.path("exercises"), &errors)
    }

    #[test]
    fn thousands_of_stray_crates_are_a_few_warnings() {
        let course = Course::attempted();
        for number in 0..1200 {
            course.write(&format!("exercises/track/stray-{number}/Cargo.toml"), "");
        }
        let odd = odd(&course);
        assert_eq!(odd.len(), TOLD + 1, "{odd:?}");
        assert!(odd[TOLD].contains("more warnings of this kind are not shown"));
    }

    #[test]
    fn a_link_does_not_make_the_warnings_name_what_is_outside() {
        let course = Course::attempted();
        course.write("outside/private/Cargo.toml", "broken = ");
        for link in ["exercises/link", "exercises/track/link"] {
            symlink(course.path("outside"), course.path(link)).unwrap();
        }
        let manifest = course.path("exercises/track/kata/Cargo.toml");
        std::fs::remove_file(&manifest).unwrap();
        symlink(course.path("outside/private/Cargo.toml"), &manifest).unwrap();
        let odd = odd(&course);
        assert_eq!(odd.len(), 1, "{odd:?}");
        assert!(odd[0].contains("kata/Cargo.toml is a link"), "{odd:?}");
    }

    #[test]
    fn a_crate_that_only_the_students_manifest_lists_is_named_with_what_can_be_used() {
        let course = Course::attempted();
        let manifest = "[dependencies]\nrand = \"0.9\"\nserde-json = \"1\"\nfutures = \"0.3\"\n";
        course.write("exercises/track/kata/Cargo.toml", manifest);
        let warnings = not_graded_of(
            &course,
            &[
                "unresolved import `rand`: use of unresolved module or unlinked crate `rand`",
                "can't find crate for `serde_json`",
                "use of unresolved module or unlinked crate `anyhow`",
            ],
        );
        let [rand, json] = warnings.as_slice() else {
            panic!("{warnings:?}");
        };
        assert!(rand.contains("kata/Cargo.toml lists `rand`"), "{rand}");
        assert!(rand.contains("can use only the standard library and `tokio`"));
        assert!(json.contains("lists `serde_json`"), "{json}");
    }

    #[test]
    fn a_file_that_is_there_but_not_graded_is_named_wherever_the_copy_lay() {
        let course = Course::attempted();
        course.write("exercises/track/kata/data.txt", "");
        course.write("exercises/track/kata/src/inner/more.txt", "");
        let warnings = not_graded_of(
            &course,
            &[
                "error: couldn't read `/kata/src/../data.txt`: No such file or directory",
                "error: couldn't read `/kata/src/x/src/inner/more.txt`: No such file or directory",
                "error: couldn't read `/kata/src/inner/more.txt`: No such file or directory",
                "error: couldn't read `/kata/src/gone.txt`: No such file or directory",
                "error: couldn't read `/kata/src/../../../../exercises/Cargo.toml`: No such file",
                "error: couldn't read `/etc/passwd`: No such file or directory",
            ],
        );
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings[0].contains("kata/data.txt is not graded"));
        assert!(warnings[1].contains("kata/src/inner/more.txt is not graded"));
    }
}
