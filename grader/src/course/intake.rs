//! Intake: which files of a student's folder are taken, and what is rejected.
//!
//! The bounds here are also those of everything that reads the sources later.

use super::catalogue::Kata;
use super::same_code::is_same_text;
use super::submission::{SourceFile, Submission, locked_sources, shown};
use crate::error::Result;
use crate::files::{Kind, Refusal, UntrustedDir, Why};
use std::path::Path;

/// Longest source file, in bytes.
const MAX_FILE: u64 = 256 << 10;
/// Most bytes of all source files of a kata.
const MAX_TOTAL: usize = 1024 << 10;
/// Most source files of a kata.
const MAX_FILES: usize = 64;
/// Deepest folder below `src`.
const MAX_DEPTH: usize = 8;
/// Most files and folders of any kind below `src`.
const MAX_ENTRIES: usize = 2000;

/// Something taken, or why the submission is rejected.
type Taken<T> = std::result::Result<T, String>;

/// Takes what `from`, a folder laid out like `exercises`, holds for `kata`. The result is not
/// [`Submission::inspected`] yet: that is slow, and not needed where the same sources were graded
/// before. Whatever is wrong there is the student's matter and never an error.
///
/// # Errors
/// When the course's own files cannot be read.
pub(crate) fn take(kata: &Kata, from: &Path) -> Result<Submission> {
    let mut sources = match sources(kata, from) {
        Ok(Some(sources)) => sources,
        Ok(None) => return Ok(Submission::Missing),
        Err(reason) => return Ok(Submission::Rejected(reason)),
    };
    if let [only] = sources.as_slice()
        && is_same_text(&only.text, &kata.stub()?)
    {
        return Ok(Submission::Untouched);
    }
    sources.extend(locked_sources(kata)?);
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Submission::Sources(sources))
}

/// The student's own sources, with `lib.rs` among them; `None` where there is no folder.
fn sources(kata: &Kata, from: &Path) -> Taken<Option<Vec<SourceFile>>> {
    let folder = match kata_folder(kata, from) {
        Err(refusal) if refusal.is_missing() => return Ok(None),
        opened => opened.map_err(|refusal| folder_refused(&refusal))?,
    };
    let mut intake = Intake::of(kata, &folder);
    match folder.dir("src") {
        // Then `lib.rs` is missing, which says more.
        Err(refusal) if refusal.is_missing() => {}
        opened => {
            let src = opened.map_err(|refusal| folder_refused(&refusal))?;
            intake.walk(&src, "", 0)?;
        }
    }
    let sources = intake.finish()?;
    if sources.iter().any(|file| file.path == "lib.rs") {
        return Ok(Some(sources));
    }
    Err(format!(
        "{} is missing. `cargo grader reset {}` brings the stub back",
        shown(&folder.path_of("src").join("lib.rs")),
        kata.id
    ))
}

/// A kata's folder in a folder laid out like `exercises`.
pub(super) fn kata_folder(kata: &Kata, from: &Path) -> std::result::Result<UntrustedDir, Refusal> {
    UntrustedDir::open(from)?.dir(&kata.track)?.dir(&kata.id)
}

/// A walk through a `src` folder.
struct Intake<'a> {
    kata: &'a Kata,
    /// The folder of the sources, as messages name it.
    src: String,
    sources: Vec<SourceFile>,
    /// Source files seen.
    files: usize,
    /// Their bytes.
    total: usize,
    /// Files and folders of any kind seen.
    entries: usize,
}

impl<'a> Intake<'a> {
    fn of(kata: &'a Kata, folder: &UntrustedDir) -> Self {
        Self {
            kata,
            src: shown(&folder.path_of("src")),
            sources: Vec::new(),
            files: 0,
            total: 0,
            entries: 0,
        }
    }

    fn walk(&mut self, folder: &UntrustedDir, below: &str, depth: usize) -> Taken<()> {
        let listing = folder.entries(MAX_ENTRIES - self.entries);
        let listing = listing.map_err(|refusal| folder_refused(&refusal))?;
        if !listing.is_complete {
            return Err(format!(
                "there are more than {MAX_ENTRIES} files and folders in {}; remove those that are \
                 not sources",
                self.src
            ));
        }
        self.entries += listing.entries.len();
        for entry in listing.entries {
            // No `mod` finds a name that is not text. Editors and systems hide their own files.
            let Some(name) = entry.name.to_str().filter(|name| !name.starts_with('.')) else {
                continue;
            };
            let path = format!("{below}{name}");
            if entry.kind == Kind::Folder {
                self.enter(folder, name, &path, depth + 1)?;
            } else if is_source(name) && !self.kata.about.locked.contains(&path) {
                self.add(folder, name, path)?;
            }
        }
        Ok(())
    }

    fn enter(&mut self, parent: &UntrustedDir, name: &str, path: &str, depth: usize) -> Taken<()> {
        if depth > MAX_DEPTH {
            return Err(format!(
                "{} is more than {MAX_DEPTH} folders deep; move its modules up",
                shown(&parent.path_of(name))
            ));
        }
        let folder = parent.dir(name);
        let folder = folder.map_err(|refusal| folder_refused(&refusal))?;
        self.walk(&folder, &format!("{path}/"), depth)
    }

    fn add(&mut self, folder: &UntrustedDir, name: &str, path: String) -> Taken<()> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(format!(
                "there are more than {MAX_FILES} source files in {}; remove some",
                self.src
            ));
        }
        let bytes = folder.file(name, MAX_FILE);
        let bytes = bytes.map_err(|refusal| source_refused(&refusal))?;
        self.total += bytes.len();
        // Beyond the limit files are still counted, but no longer kept.
        if self.total <= MAX_TOTAL {
            let text = String::from_utf8(bytes).map_err(|error| {
                format!(
                    "{} is not UTF-8 (at byte {}); save it as UTF-8 in your editor",
                    shown(&folder.path_of(name)),
                    error.utf8_error().valid_up_to()
                )
            })?;
            self.sources.push(SourceFile { path, text });
        }
        Ok(())
    }

    fn finish(self) -> Taken<Vec<SourceFile>> {
        if self.total <= MAX_TOTAL {
            return Ok(self.sources);
        }
        Err(format!(
            "the sources in {} are {} KiB in all; at most {} KiB are graded, and a kata needs far \
             less",
            self.src,
            self.total.div_ceil(1024),
            MAX_TOTAL >> 10
        ))
    }
}

fn is_source(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ext| ext == "rs")
}

fn folder_refused(refusal: &Refusal) -> String {
    refused(refusal, "put the folder itself there")
}

fn source_refused(refusal: &Refusal) -> String {
    refused(refusal, "put the source itself there")
}

fn refused(Refusal { path, why }: &Refusal, instead: &str) -> String {
    let next = match why {
        Why::Is(_) => instead,
        Why::LongerThan(_) => "a kata is far shorter",
        Why::Missing | Why::Io(_) => "run the command again, or look at its permissions",
    };
    format!("{} {why}; {next}", shown(path))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::super::testing::Course;
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;
    #[cfg(not(grader_portable))]
    use std::sync::atomic::{AtomicBool, Ordering};

    const SRC: &str = "exercises/track/kata/src";

    fn taken(course: &Course) -> Submission {
        take(&course.kata, &course.path("exercises")).unwrap()
    }

    fn paths(course: &Course) -> Vec<String> {
        match taken(course) {
            Submission::Sources(sources) => sources.into_iter().map(|file| file.path).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn rejected(course: &Course) -> String {
        match taken(course) {
            Submission::Rejected(reason) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn sources_are_taken_with_their_paths_and_nothing_else_is() {
        let course = Course::attempted();
        for name in ["inner/mod.rs", "a.rs", "notes.txt", "a.rs.bak", "a.rs~"] {
            course.write(&format!("{SRC}/{name}"), "");
        }
        assert_eq!(paths(&course), ["a.rs", "inner/mod.rs", "lib.rs"]);
    }

    #[test]
    fn hidden_files_and_folders_are_ignored_whatever_they_are() {
        let course = Course::attempted();
        fs::write(course.path(SRC).join("._lib.rs"), b"\x00\x05\x16\x07\xff").unwrap();
        course.write(
            &format!("{SRC}/.cache/old.rs"),
            "#[unsafe(no_mangle)] fn f() {}",
        );
        // What Emacs leaves beside a file that is being edited.
        symlink("user@host.1234", course.path(SRC).join(".#lib.rs")).unwrap();
        assert_eq!(paths(&course), ["lib.rs"]);
    }

    #[test]
    fn a_locked_file_is_the_courses_own_whatever_the_student_has_there() {
        let course = Course::new(&["inner/given.rs"]);
        course.write(&format!("{SRC}/lib.rs"), "fn add() {}");
        course.write("outside.rs", "outside");
        fs::create_dir(course.path(SRC).join("inner")).unwrap();
        let given = course.path(SRC).join("inner/given.rs");
        symlink(course.path("outside.rs"), given).unwrap();
        let Submission::Sources(sources) = taken(&course) else {
            panic!();
        };
        assert_eq!(sources[0].path, "inner/given.rs");
        assert_eq!(sources[0].text, "// locked\n");
    }

    #[test]
    fn the_code_of_the_stub_is_no_attempt_however_it_is_laid_out() {
        let course = Course::attempted();
        let inspected = || {
            taken(&course)
                .inspected(&course.kata, Path::new(""))
                .unwrap()
        };
        let stub = course.kata.stub().unwrap();
        course.write(&format!("{SRC}/lib.rs"), &stub.replace('\n', "\r\n"));
        assert_eq!(taken(&course), Submission::Untouched);
        course.write(&format!("{SRC}/lib.rs"), "fn add()\r\n{\r\n\ttodo!() }");
        assert_eq!(inspected(), Submission::Untouched);
        course.write(&format!("{SRC}/lib.rs"), "fn add() {}");
        assert!(matches!(inspected(), Submission::Sources(_)));
        course.write(&format!("{SRC}/more.rs"), "");
        assert_eq!(paths(&course), ["lib.rs", "more.rs"]);
    }

    #[test]
    fn without_a_folder_nothing_was_handed_in() {
        let course = Course::new(&[]);
        assert_eq!(taken(&course), Submission::Missing);
        course.write("exercises/track/other/src/lib.rs", "");
        assert_eq!(taken(&course), Submission::Missing);
    }

    #[test]
    fn a_link_in_the_place_of_any_folder_is_rejected_and_named() {
        for place in [
            "track",
            "track/kata",
            "track/kata/src",
            "track/kata/src/inner",
        ] {
            let course = Course::attempted();
            course.write(&format!("{SRC}/inner/a.rs"), "");
            let place = course.path("exercises").join(place);
            fs::rename(&place, course.path("moved")).unwrap();
            symlink(course.path("moved"), &place).unwrap();
            if place.ends_with("inner") {
                // Like everything else in `src` that is neither a folder nor a source.
                assert_eq!(paths(&course), ["lib.rs"]);
            } else {
                let reason = rejected(&course);
                assert!(reason.contains(place.to_str().unwrap()), "{reason}");
                assert!(reason.contains("is a link"), "{reason}");
            }
        }
    }

    #[test]
    fn sources_that_are_too_long_in_all_are_rejected_with_their_length() {
        let course = Course::attempted();
        let full = "x".repeat(200 << 10);
        for number in 0..5 {
            course.write(&format!("{SRC}/part_{number}.rs"), &full);
        }
        assert_eq!(paths(&course).len(), 6);
        course.write(&format!("{SRC}/part_5.rs"), &full);
        let reason = rejected(&course);
        assert!(
            reason.contains("src are 1201 KiB in all; at most 1024 KiB are graded"),
            "{reason}"
        );
    }

    #[test]
    fn too_many_files_entries_and_folders_are_rejected() {
        let course = Course::attempted();
        for number in 0..MAX_FILES {
            course.write(&format!("{SRC}/m_{number}.rs"), "");
        }
        assert!(rejected(&course).contains("more than 64 source files"));

        let course = Course::attempted();
        for number in 0..MAX_ENTRIES {
            course.write(&format!("{SRC}/.hidden/{number}"), "");
        }
        assert_eq!(paths(&course), ["lib.rs"]);
        fs::rename(
            course.path(SRC).join(".hidden"),
            course.path(SRC).join("seen"),
        )
        .unwrap();
        assert!(rejected(&course).contains("more than 2000 files and folders"));

        let course = Course::attempted();
        course.write(&format!("{SRC}/{}/a.rs", ["d"; MAX_DEPTH].join("/")), "");
        assert_eq!(paths(&course).len(), 2);
        course.write(
            &format!("{SRC}/{}/a.rs", ["d"; MAX_DEPTH + 1].join("/")),
            "",
        );
        assert!(rejected(&course).contains("more than 8 folders deep"));
    }

    /// Keeps putting links to a folder outside in the place of `src`, and of `lib.rs`, and the
    /// real ones back.
    #[cfg(not(grader_portable))]
    fn swap(course: &Course, stop: &AtomicBool) {
        let src = course.path(SRC);
        let [lib, kept] = ["lib.rs", "kept.rs"].map(|name| src.join(name));
        let away = course.path("away");
        while !stop.load(Ordering::Relaxed) {
            fs::rename(&lib, &kept).unwrap();
            symlink(course.path("outside/lib.rs"), &lib).unwrap();
            fs::rename(&kept, &lib).unwrap();
            fs::rename(&src, &away).unwrap();
            symlink(course.path("outside"), &src).unwrap();
            fs::remove_file(&src).unwrap();
            fs::rename(&away, &src).unwrap();
        }
    }

    #[test]
    #[cfg(not(grader_portable))]
    fn nothing_outside_is_read_while_links_come_and_go() {
        let course = Course::attempted();
        course.write("outside/lib.rs", "outside");
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| swap(&course, &stop));
            let seen: Vec<Submission> = (0..2000).map(|_| taken(&course)).collect();
            stop.store(true, Ordering::Relaxed);
            for submission in seen {
                assert!(!format!("{submission:?}").contains("text: \"outside\""));
            }
        });
    }
}
