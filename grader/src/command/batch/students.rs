//! The folder of a class: who is in it, and what in it is nobody.

use crate::command::check::from_flag;
use crate::course::is_hidden;
use crate::engine::Work;
use crate::error::{Error, Result};
use crate::files::Fingerprint;
use serde::Serialize;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fmt::Write;
use std::fs::{self, DirEntry};
use std::path::Path;

/// Longest name of a report without its ending, in bytes, on the usual file systems.
const MAX_NAME: usize = 250;
/// Names that other files of the folder have.
const RESERVED: &str = "summary";

/// Who is in a class.
#[derive(Debug)]
pub(super) struct Students {
    /// By name.
    pub(super) students: Vec<Student>,
    /// What is not graded.
    pub(super) skipped: Vec<Skipped>,
}

/// A student.
#[derive(Debug)]
pub(super) struct Student {
    /// The submission; its origin is the student's name.
    pub(super) work: Work,
    /// The file of the report.
    pub(super) report: String,
}

/// Something in the folder that is not graded.
#[derive(Debug, Serialize)]
pub(super) struct Skipped {
    /// Its name.
    pub(super) name: String,
    /// Why.
    pub(super) why: String,
    /// Whether a student may be behind it.
    #[serde(skip)]
    pub(super) may_be_a_student: bool,
}

/// Reads the folder of a class.
///
/// # Errors
/// When it cannot be listed, or there is no student in it.
pub(super) fn read(class: &Path, shown: &Path) -> Result<Students> {
    let layout = "name a folder with one folder for each student, laid out like `exercises`";
    let entries = fs::read_dir(class).map_err(|error| {
        Error::usage(
            format!("{} cannot be listed: {error}", class.display()),
            layout,
        )
    })?;
    let (mut students, mut skipped) = (Vec::new(), Vec::new());
    for entry in entries {
        let entry = entry.map_err(|error| Error::io("list", class, &error))?;
        let name = label(&entry.file_name());
        if is_hidden(&name) {
            continue;
        }
        match why_skipped(&entry) {
            Some((why, may_be_a_student)) => skipped.push(Skipped {
                name,
                why,
                may_be_a_student,
            }),
            None => students.push(student(&entry, name, shown)),
        }
    }
    if students.is_empty() {
        let there: Vec<&str> = skipped.iter().map(|one| one.name.as_str()).collect();
        let passed_over = match there.as_slice() {
            [] => String::new(),
            there => format!(" (skipped: {})", there.join(", ")),
        };
        let what = format!("{} holds no folder{passed_over}", class.display());
        return Err(Error::usage(what, layout));
    }
    students.sort_by(|a, b| a.work.from.cmp(&b.work.from));
    skipped.sort_by(|a, b| a.name.cmp(&b.name));
    name_apart(&mut students);
    Ok(Students { students, skipped })
}

fn student(entry: &DirEntry, name: String, shown: &Path) -> Student {
    let folder = entry.file_name();
    Student {
        report: report_name(&folder, &name),
        work: Work {
            from: entry.path(),
            flag: from_flag(&shown.join(folder)),
            origin: name,
            incremental: None,
        },
    }
}

/// Why something is not graded, and whether a student may be behind it.
fn why_skipped(entry: &DirEntry) -> Option<(String, bool)> {
    let kind = match entry.file_type() {
        Ok(kind) => kind,
        Err(error) => return Some((format!("it cannot be looked at: {error}"), true)),
    };
    if kind.is_symlink() {
        let leads_to_folder = entry.path().is_dir();
        let why = "it is a link; put the folder itself there".to_owned();
        return Some((why, leads_to_folder));
    }
    if !kind.is_dir() {
        return Some(("it is not a folder".to_owned(), false));
    }
    let unreadable = fs::read_dir(entry.path()).err()?;
    Some((format!("it cannot be read: {unreadable}"), true))
}

/// A name as text; bytes that are no UTF-8 as `%FF`.
fn label(name: &OsStr) -> String {
    let mut label = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        label.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(label, "%{byte:02X}");
        }
    }
    label
}

/// The name of a student's report: the folder's, if a file can have it. Else as much of it as
/// fits, and what tells it from others.
fn report_name(folder: &OsStr, label: &str) -> String {
    let is_own = folder.to_str() == Some(label);
    if is_own && label.len() <= MAX_NAME && !label.eq_ignore_ascii_case(RESERVED) {
        return label.to_owned();
    }
    let mark = Fingerprint::new().text("folder", label).finish();
    let end = label.floor_char_boundary(MAX_NAME - 50);
    format!("{}~{}", &label[..end], &mark[..8])
}

/// Gives everybody a report of their own, also where a folder has the name that another one's
/// report was given.
fn name_apart(students: &mut [Student]) {
    let is_own = |student: &Student| student.report == student.work.origin;
    let own = students.iter().filter(|student| is_own(student));
    let mut taken: HashSet<String> = own.map(|student| student.report.clone()).collect();
    for student in students.iter_mut().filter(|student| !is_own(student)) {
        while !taken.insert(student.report.clone()) {
            student.report.push('~');
        }
    }
    for student in students {
        student.report.push_str(".json");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn named(report: &str, origin: &str) -> Student {
        Student {
            report: report.to_owned(),
            work: Work {
                from: PathBuf::new(),
                origin: origin.to_owned(),
                flag: String::new(),
                incremental: None,
            },
        }
    }

    #[test]
    fn a_name_that_a_report_can_have_stays() {
        for name in ["ann", "Ann B. (12)", "名字", &"x".repeat(250)] {
            assert_eq!(report_name(OsStr::new(name), name), name);
        }
    }

    #[test]
    fn what_no_report_can_be_called_is_shortened_and_told_from_others() {
        let long = ["a", "b"].map(|end| format!("{}{end}", "é".repeat(126)));
        let names = long
            .each_ref()
            .map(|name| report_name(OsStr::new(name), name));
        assert_ne!(names[0], names[1]);
        for name in names {
            assert!(name.len() <= MAX_NAME && name.starts_with('é'), "{name}");
        }
        assert_ne!(report_name(OsStr::new("Summary"), "Summary"), "Summary");
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_escaped() {
        use std::os::unix::ffi::OsStrExt;
        let name = OsStr::from_bytes(b"ann\xff\xc3");
        assert_eq!(label(name), "ann%FF%C3");
        assert!(report_name(name, &label(name)).starts_with("ann%FF%C3~"));
    }

    #[test]
    fn nobody_gets_the_report_of_somebody_else() {
        let mut students = [
            named("x~1", "long"),
            named("x~1", "x~1"),
            named("x~1", "longer"),
        ];
        name_apart(&mut students);
        let names = students.map(|student| student.report);
        assert_eq!(names, ["x~1~.json", "x~1.json", "x~1~~.json"]);
    }
}
