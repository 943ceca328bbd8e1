//! What a class comes to: a table to read, and files for programs and spreadsheets.

use super::students::Skipped;
use crate::command::check::exit_code;
use crate::exit_code::ExitCode;
use crate::record::Report;
use crate::text::{escaped, indented, plural, printable, printable_name};
use serde::Serialize;
use std::fmt::Write;

/// Version of the form of `summary.json`. A reader refuses a newer one.
const VERSION: u32 = 1;
/// Letters of a name that the others' columns are moved aside for.
const LONGEST_NAME: usize = 40;

/// A class that was graded.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    /// [`VERSION`] of the writer.
    version: u32,
    /// The seed that everybody's inputs were drawn under.
    seed: u64,
    /// What was graded.
    katas: Vec<String>,
    /// Who was graded, by name.
    pub(super) students: Vec<Row>,
    /// Who was not, because the run was interrupted.
    pub(super) not_graded: Vec<String>,
    /// What in the folder of the class is not graded.
    skipped: Vec<Skipped>,
}

/// One student's grade in short.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    student: String,
    outcome: Outcome,
    points: u32,
    max_points: u32,
    passed: usize,
    /// The file of the report, if there is one.
    report: Option<String>,
    warnings: Vec<String>,
    katas: Vec<KataRow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Passed,
    Unsolved,
    GraderError,
}

impl Outcome {
    fn of(code: ExitCode) -> Self {
        match code {
            ExitCode::Passed => Self::Passed,
            ExitCode::Unsolved => Self::Unsolved,
            ExitCode::Usage | ExitCode::Grader => Self::GraderError,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Unsolved => "unsolved",
            Self::GraderError => "grader-error",
        }
    }
}

#[derive(Debug, Serialize)]
struct KataRow {
    kata: String,
    verdict: String,
    points: u32,
    max_points: u32,
}

impl Row {
    /// Of a report that is in this file, if it could be written.
    pub(super) fn of(report: &Report, file: Option<String>) -> Self {
        let katas = report.katas.iter().map(|kata| KataRow {
            kata: kata.kata.clone(),
            verdict: kata.verdict.word().to_owned(),
            points: kata.points,
            max_points: kata.max_points,
        });
        Self {
            student: report.origin.clone(),
            outcome: Outcome::of(exit_code(report)),
            points: report.points,
            max_points: report.max_points,
            passed: report.passed(),
            report: file,
            warnings: report.warnings.warnings.clone(),
            katas: katas.collect(),
        }
    }

    /// Of a student for whom there is no report.
    pub(super) fn failed(student: &str) -> Self {
        Self {
            student: student.to_owned(),
            outcome: Outcome::GraderError,
            points: 0,
            max_points: 0,
            passed: 0,
            report: None,
            warnings: Vec::new(),
            katas: Vec::new(),
        }
    }
}

impl Summary {
    pub(super) fn new(seed: u64, katas: Vec<String>, skipped: Vec<Skipped>) -> Self {
        Self {
            version: VERSION,
            seed,
            katas,
            students: Vec::new(),
            not_graded: Vec::new(),
            skipped,
        }
    }

    /// What the class comes to. A student who was skipped is not solved.
    pub(super) fn exit_code(&self) -> ExitCode {
        let is = |outcome| self.students.iter().any(|row| row.outcome == outcome);
        if is(Outcome::GraderError) {
            ExitCode::Grader
        } else if is(Outcome::Unsolved) || self.skipped.iter().any(|one| one.may_be_a_student) {
            ExitCode::Unsolved
        } else {
            ExitCode::Passed
        }
    }

    /// Whether this file holds the report of somebody who was graded.
    pub(super) fn has_written(&self, file: &str) -> bool {
        let mut students = self.students.iter();
        students.any(|row| row.report.as_deref() == Some(file))
    }

    /// For programs.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| escaped(text) + "\n")
    }

    /// For spreadsheets: a line for each student, the points of each kata in a column.
    pub(super) fn csv(&self) -> String {
        let columns = [
            "student",
            "outcome",
            "points",
            "max_points",
            "passed",
            "report",
        ];
        let header = columns.map(str::to_owned).into_iter();
        let mut text = csv_line(header.chain(self.katas.iter().cloned()));
        for row in &self.students {
            let about = [
                row.student.clone(),
                row.outcome.word().to_owned(),
                row.points.to_string(),
                row.max_points.to_string(),
                row.passed.to_string(),
                row.report.clone().unwrap_or_default(),
            ];
            let points = self.katas.iter().map(|id| {
                let kata = row.katas.iter().find(|kata| kata.kata == *id);
                kata.map_or_else(String::new, |kata| kata.points.to_string())
            });
            text += &csv_line(about.into_iter().chain(points));
        }
        text
    }

    /// For a reader.
    pub(super) fn table(&self) -> String {
        let names = self.students.iter().map(|row| printable_name(&row.student));
        let names: Vec<String> = names.collect();
        let widths = names.iter().map(|name| name.chars().count());
        let width = widths.max().unwrap_or_default().min(LONGEST_NAME);
        let mut text = String::new();
        for (row, name) in self.students.iter().zip(&names) {
            let _ = writeln!(
                text,
                "{name:width$}  {:>4}/{} points  {:>3}/{} katas{}",
                row.points,
                row.max_points,
                row.passed,
                row.katas.len(),
                match row.outcome {
                    Outcome::GraderError => "  the grader failed; see the report",
                    Outcome::Passed | Outcome::Unsolved => "",
                }
            );
            for warning in &row.warnings {
                let warning = format!("warning: {}", printable(warning));
                let _ = writeln!(text, "{}", indented(&warning, "    "));
            }
        }
        text.push('\n');
        for Skipped { name, why, .. } in &self.skipped {
            let _ = writeln!(
                text,
                "skipped: {}: {}",
                printable_name(name),
                printable(why)
            );
        }
        let count = plural(self.students.len(), "student");
        let _ = writeln!(text, "{count} graded, seed {}", self.seed);
        text
    }
}

fn csv_line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|cell| csv_cell(&cell)).collect();
    format!("{}\n", cells.join(","))
}

/// A cell that no spreadsheet takes for a formula.
fn csv_cell(text: &str) -> String {
    let mut text = printable_name(text);
    if text.starts_with(['=', '+', '-', '@']) {
        text.insert(0, '\'');
    }
    if text.contains([',', '"']) {
        text = format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_one_cell_and_no_formula() {
        for (text, expected) in [
            ("ann", "ann"),
            ("Lee, \"Jo\"", "\"Lee, \"\"Jo\"\"\""),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("a\nb", "a\\u{a}b"),
        ] {
            assert_eq!(csv_cell(text), expected);
        }
    }

    #[test]
    fn who_was_skipped_is_not_solved() {
        let skipped = |may_be_a_student| Skipped {
            name: String::new(),
            why: String::new(),
            may_be_a_student,
        };
        let code = |skipped| Summary::new(0, Vec::new(), vec![skipped]).exit_code();
        assert_eq!(code(skipped(false)), ExitCode::Passed);
        assert_eq!(code(skipped(true)), ExitCode::Unsolved);
    }
}
