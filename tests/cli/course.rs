//! Copies of the tiny course in temporary folders, and the binary that is driven on them.

use crate::schema;
use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use tempfile::TempDir;

/// The tiny course.
const COURSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/course");
/// What students hand in: `<kata>/<name>.rs`.
const SUBMISSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/submissions");
/// The folders of a course that hold something for each kata.
const TOPS: [&str; 3] = ["exercises", "solutions", "tests/hidden"];

/// Every kata of the tiny course, in the course's order.
pub(crate) const KATAS: [&str; 4] = ["spawner", "adder", "ticket", "wordlist"];

/// A copy of the tiny course, as it comes to a student.
pub(crate) struct Course {
    folder: TempDir,
    exercises: Folder,
}

impl Course {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(Path::new(COURSE), folder.path());
        let exercises = Folder(folder.path().join("exercises"));
        Self { folder, exercises }
    }

    /// With this as the student's submission of a kata.
    pub(crate) fn with(name: &str) -> Self {
        let course = Self::new();
        course.hand_in(name);
        course
    }

    /// Adds a copy of a kata. Its suite names the crate of the original, so it can be listed,
    /// refused and shown, but not compiled.
    pub(crate) fn add_copy(&self, kata: &str, id: &str) {
        for top in TOPS {
            let original = self.path(top).join(place(kata));
            copy(&original, &original.with_file_name(id));
        }
    }

    /// Changes a kata's `kata.toml`: sets the keys of `toml`, and those of its tables.
    pub(crate) fn configure(&self, kata: &str, toml: &str) {
        let file = self
            .path("tests/hidden")
            .join(place(kata))
            .join("kata.toml");
        let mut about: toml::Table = fs::read_to_string(&file).unwrap().parse().unwrap();
        let changes: toml::Table = toml.parse().unwrap();
        for (key, value) in changes {
            match (about.get_mut(&key), value) {
                (Some(toml::Value::Table(known)), toml::Value::Table(more)) => known.extend(more),
                (_, value) => drop(about.insert(key, value)),
            }
        }
        fs::write(file, about.to_string()).unwrap();
    }

    /// Writes the student's `lib.rs` of a kata.
    pub(crate) fn submit(&self, kata: &str, text: &str) {
        self.exercises.submit(kata, text);
    }

    /// Copies a submission, `<kata>/<name>`, to the student's folder.
    pub(crate) fn hand_in(&self, name: &str) {
        self.exercises.hand_in(name);
    }

    /// Copies the course's solution of a kata to the student's folder.
    pub(crate) fn solve(&self, kata: &str) {
        self.exercises.solve(kata);
    }

    /// The student's `lib.rs` of a kata.
    pub(crate) fn lib(&self, kata: &str) -> PathBuf {
        self.exercises.lib(kata)
    }

    /// The folder of a student in a class: `class/<name>`.
    pub(crate) fn student(&self, name: &str) -> Folder {
        Folder(self.path("class").join(name))
    }

    /// What `batch class --out reports` has said of a student.
    pub(crate) fn report_on(&self, student: &str) -> Report {
        Report::read_file(&self.path(&format!("reports/{student}.json")))
    }

    /// Something below the course's root.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Writes a file below the course's root, with its folders.
    pub(crate) fn write(&self, below: &str, text: &str) {
        write(&self.path(below), text);
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
        Report::printed_by(&mut self.grader(&format!("check --format json {args}")))
    }
}

/// A folder laid out like `exercises`.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Writes the `lib.rs` of a kata.
    pub(crate) fn submit(&self, kata: &str, text: &str) {
        write(&self.lib(kata), text);
    }

    /// Copies a submission, `<kata>/<name>`.
    pub(crate) fn hand_in(&self, name: &str) {
        let (kata, _) = name.split_once('/').unwrap();
        self.submit(kata, &submission(name));
    }

    /// Copies the course's solution of a kata.
    pub(crate) fn solve(&self, kata: &str) {
        self.submit(kata, &solution(kata));
    }

    /// The `lib.rs` of a kata.
    pub(crate) fn lib(&self, kata: &str) -> PathBuf {
        self.0.join(place(kata)).join("src/lib.rs")
    }
}

/// The text of a submission, `<kata>/<name>`.
pub(crate) fn submission(name: &str) -> String {
    read(&Path::new(SUBMISSIONS).join(format!("{name}.rs")))
}

/// The text of the course's solution of a kata.
pub(crate) fn solution(kata: &str) -> String {
    original("solutions", kata, "src/lib.rs")
}

/// The text of a wrong solution of a kata, and the case that it names.
pub(crate) fn mistake(kata: &str, name: &str) -> (String, String) {
    let file = original("solutions", kata, &format!("wrong/{name}.patch"));
    let (headers, patch) = file.split_once("\n\n").unwrap();
    let case = headers.split_once("Caught by: ").unwrap().1;
    let patch = diffy::Patch::from_str(patch).unwrap();
    let text = diffy::apply(&solution(kata), &patch).unwrap();
    (text, case.to_owned())
}

/// The names of the wrong solutions of a kata.
pub(crate) fn mistakes(kata: &str) -> Vec<String> {
    let folder = Path::new(COURSE)
        .join("solutions")
        .join(place(kata))
        .join("wrong");
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name());
    let names = files.map(|name| name.into_string().unwrap());
    names
        .map(|name| name.trim_end_matches(".patch").to_owned())
        .collect()
}

/// A file of a kata as the tiny course has it.
pub(crate) fn original(top: &str, kata: &str, below: &str) -> String {
    read(&Path::new(COURSE).join(top).join(place(kata)).join(below))
}

/// `<track>/<id>` of a kata.
pub(crate) fn place(kata: &str) -> PathBuf {
    let track = if kata == "spawner" {
        "threads"
    } else {
        "basics"
    };
    Path::new(track).join(kata)
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn write(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn copy(source: &Path, target: &Path) {
    fs::create_dir_all(target).unwrap();
    for entry in fs::read_dir(source).unwrap() {
        let entry = entry.unwrap();
        let target = target.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
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

    /// What a file holds.
    pub(crate) fn read_file(file: &Path) -> Self {
        let text = read(file);
        Self::read(&text).unwrap_or_else(|| panic!("{}: {text}", file.display()))
    }

    /// What a command prints, whatever its exit status says.
    pub(crate) fn printed_by(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        Self::read(&text)
            .unwrap_or_else(|| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Without what differs from run to run: times, and whether a verdict was made anew.
    pub(crate) fn without_times(&self) -> Value {
        fn strip(value: &mut Value) {
            match value {
                Value::Object(fields) => {
                    fields.remove("time_ms");
                    fields.remove("kept");
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

    /// The verdict on a kata.
    pub(crate) fn verdict(&self, kata: &str) -> &str {
        self.kata(kata)["verdict"].as_str().unwrap()
    }

    /// The result of a case; no two katas have one of the same name.
    pub(crate) fn case(&self, name: &str) -> &Value {
        let katas = self.0["katas"].as_array().unwrap();
        let mut cases = katas.iter().flat_map(cases_of);
        let found = cases.find(|case| case["case"] == name);
        found.unwrap_or_else(|| panic!("no {name} in {:#}", self.0))
    }

    /// The names of a kata's cases that were not passed.
    pub(crate) fn not_passed(&self, kata: &str) -> Vec<&str> {
        let cases = cases_of(self.kata(kata)).iter();
        let bad = cases.filter(|case| case["verdict"] != "passed");
        bad.map(|case| case["case"].as_str().unwrap()).collect()
    }

    /// What the compiler says of a kata, without its colours.
    pub(crate) fn compiler(&self, kata: &str) -> String {
        let said = texts(&self.kata(kata)["compiler"]);
        anstream::adapter::strip_str(&said).to_string()
    }
}

fn cases_of(kata: &Value) -> &Vec<Value> {
    kata["cases"].as_array().unwrap()
}

/// A list of texts in JSON as one text.
pub(crate) fn texts(value: &Value) -> String {
    let texts = value.as_array().unwrap().iter();
    let texts: Vec<&str> = texts.map(|text| text.as_str().unwrap()).collect();
    texts.join("\n")
}
