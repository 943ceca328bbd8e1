//! Tiny courses in temporary folders, and the binary that is driven on them.

use crate::schema;
use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use tempfile::TempDir;

/// The workspace that everything is copied from.
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// The folders of a course that hold something for each kata.
const TOPS: [&str; 3] = ["exercises", "solutions", "tests/hidden"];

/// A course of a few katas, as it comes to a student.
pub(crate) struct Course {
    folder: TempDir,
}

impl Course {
    /// With copies of these katas.
    pub(crate) fn new(katas: &[&str]) -> Self {
        let course = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for kata in katas {
            let place = place(kata);
            for top in TOPS {
                let source = Path::new(WORKSPACE).join(top).join(&place);
                copy(&source, &course.path(top).join(&place), &|text| text);
            }
        }
        let manifest = Path::new(WORKSPACE).join("exercises/Cargo.toml");
        fs::copy(manifest, course.path("exercises/Cargo.toml")).unwrap();
        course
    }

    /// With `file-modes` only.
    pub(crate) fn file_modes() -> Self {
        Self::new(&["file-modes"])
    }

    /// With another kata that is `file-modes` under another name. The oracle does not know
    /// it, so it can be refused, compiled and shown, but not run.
    pub(crate) fn and_twin(self, id: &str) -> Self {
        let name = id.replace('-', "_");
        for top in TOPS {
            let source = Path::new(WORKSPACE).join(top).join("files/file-modes");
            let renamed = |text: String| {
                let text = text.replace("file-modes", id);
                text.replace("file_modes", &name)
            };
            copy(&source, &self.path(top).join("files").join(id), &renamed);
        }
        self
    }

    /// With this at the end of the `kata.toml` of a kata in `files`, for example limits.
    pub(crate) fn and_about(self, kata: &str, more: &str) -> Self {
        let file = self.path(&format!("tests/hidden/files/{kata}/kata.toml"));
        let about = fs::read_to_string(&file).unwrap();
        // Tables come last, and the hints are tables.
        let (keys, hints) = about.split_at(about.find("[[hints]]").unwrap());
        fs::write(file, format!("{keys}{more}\n{hints}")).unwrap();
        self
    }

    /// With this as the student's `lib.rs` of a kata in `files`.
    pub(crate) fn and_submission(self, kata: &str, text: &str) -> Self {
        self.submit(kata, text);
        self
    }

    /// Writes the student's `lib.rs` of a kata in `files`.
    pub(crate) fn submit(&self, kata: &str, text: &str) {
        fs::write(self.lib(kata), text).unwrap();
    }

    /// The student's `lib.rs` of a kata in `files`.
    pub(crate) fn lib(&self, kata: &str) -> PathBuf {
        self.path(&format!("exercises/files/{kata}/src/lib.rs"))
    }

    /// Copies the course's own solution of a kata to the student's folder, or wherever
    /// `top` says.
    pub(crate) fn solve(&self, kata: &str, top: &str) {
        let place = place(kata);
        let source = Path::new(WORKSPACE).join("solutions").join(&place);
        let target = self.path(top).join(place);
        copy(&source.join("src"), &target.join("src"), &|text| text);
    }

    /// Something below the course's root.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes a file below the course's root, with its folders.
    pub(crate) fn write(&self, below: &str, text: &str) {
        let file = self.path(below);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// The binary with these arguments, separated by spaces, in the course's root.
    pub(crate) fn grader(&self, args: &str) -> Command {
        self.grader_in("", args)
    }

    /// The binary with these arguments, separated by spaces, in a folder of the course.
    pub(crate) fn grader_in(&self, folder: &str, args: &str) -> Command {
        Command::from_std(self.program(folder, args))
    }

    /// The same for who does not wait for its end.
    pub(crate) fn program(&self, folder: &str, args: &str) -> process::Command {
        let mut command = process::Command::new(env!("CARGO_BIN_EXE_grader"));
        command
            .current_dir(self.path(folder))
            .args(args.split_whitespace())
            // What decides how it looks and what it keeps must come from the test.
            .env_remove("CI")
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE");
        command
    }

    /// What `check` with these arguments reports as JSON, whatever its exit status says.
    pub(crate) fn report(&self, args: &str) -> Report {
        let output = self
            .grader(&format!("check --format json {args}"))
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        Report::read(&text)
            .unwrap_or_else(|| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// `<track>/<id>` of a kata of the workspace.
fn place(kata: &str) -> PathBuf {
    let hidden = Path::new(WORKSPACE).join("tests/hidden");
    let tracks = fs::read_dir(hidden).unwrap().map(Result::unwrap);
    let track = tracks
        .map(|track| track.path())
        .find(|track| track.join(kata).is_dir());
    let track = track.unwrap_or_else(|| panic!("the workspace has no kata {kata}"));
    Path::new(track.file_name().unwrap()).join(kata)
}

/// Copies a folder of texts, each of them changed.
fn copy(source: &Path, target: &Path, change: &dyn Fn(String) -> String) {
    fs::create_dir_all(target).unwrap();
    for entry in fs::read_dir(source).unwrap() {
        let entry = entry.unwrap();
        let target = target.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target, change);
        } else {
            let text = fs::read_to_string(entry.path()).unwrap();
            fs::write(target, change(text)).unwrap();
        }
    }
}

/// A file of `file-modes` in the workspace.
pub(crate) fn file_modes(top: &str, below: &str) -> String {
    let folder = Path::new(WORKSPACE).join(top).join("files/file-modes");
    fs::read_to_string(folder.join(below)).unwrap()
}

/// The course's solution of `file-modes`.
pub(crate) fn solution() -> String {
    file_modes("solutions", "src/lib.rs")
}

/// A text with one piece replaced, which must be there once.
pub(crate) fn replaced(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old:?} in\n{text}");
    text.replace(old, new)
}

/// `lib.rs` of `file-modes` with the body of one function replaced.
pub(crate) fn with_body(text: &str, function: &str, body: &str) -> String {
    let start = text
        .find(&format!("fn {function}"))
        .unwrap_or_else(|| panic!("no function {function}"));
    let open = start + text[start..].find("{\n").unwrap() + 2;
    let indent = text[..start].rsplit('\n').next().unwrap();
    let indent = &indent[..indent.len() - indent.trim_start().len()];
    let close = open + text[open..].find(&format!("\n{indent}}}\n")).unwrap();
    format!("{}{body}{}", &text[..open], &text[close..])
}

/// A report in JSON.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Report(pub(crate) Value);

impl Report {
    /// `None` where the text is no JSON. What is JSON must be what the schema promises.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let report = serde_json::from_str(text).ok()?;
        schema::assert_valid(&report);
        Some(Self(report))
    }

    /// Without everything that may differ from run to run.
    pub(crate) fn without_times(&self) -> Value {
        fn strip(value: &mut Value) {
            match value {
                Value::Object(fields) => {
                    fields.remove("time_ms");
                    fields.values_mut().for_each(strip);
                }
                Value::Array(values) => values.iter_mut().for_each(strip),
                _ => {}
            }
        }
        let mut value = self.0.clone();
        strip(&mut value);
        value
    }

    /// The ids of its katas.
    pub(crate) fn katas(&self) -> Vec<&str> {
        let katas = self.0["katas"].as_array().unwrap();
        katas
            .iter()
            .map(|kata| kata["kata"].as_str().unwrap())
            .collect()
    }

    /// A kata's result.
    pub(crate) fn kata(&self, id: &str) -> &Value {
        let katas = self.0["katas"].as_array().unwrap();
        let found = katas.iter().find(|kata| kata["kata"] == id);
        found.unwrap_or_else(|| panic!("no {id} in {:#}", self.0))
    }

    /// The result of a case of `file-modes`.
    pub(crate) fn case(&self, name: &str) -> &Value {
        let kata = self.kata("file-modes");
        let cases = kata["cases"].as_array().unwrap();
        let found = cases.iter().find(|case| case["case"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {kata:#}"))
    }

    /// The names of the cases of `file-modes` that were not passed.
    pub(crate) fn not_passed(&self) -> Vec<&str> {
        let cases = self.kata("file-modes")["cases"].as_array().unwrap();
        let bad = cases.iter().filter(|case| case["verdict"] != "passed");
        bad.map(|case| case["case"].as_str().unwrap()).collect()
    }
}

/// A list of texts in JSON as one text.
pub(crate) fn texts(value: &Value) -> String {
    let texts = value.as_array().unwrap().iter();
    let texts: Vec<&str> = texts.map(|text| text.as_str().unwrap()).collect();
    texts.join("\n")
}
