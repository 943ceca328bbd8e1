//! Classes: many students' submissions of the same course.

use crate::course::{Course, Kata};
use crate::edit::{Edits, Part, changed};
use crate::tree::{self, Files};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// What one student hands in for one kata.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Work {
    /// The stub as it came.
    Untouched,
    /// The solution, changed there under this number.
    Solved(Part, u64),
}

/// A class, student by student, each with one piece of work for every kata of the course.
#[derive(Debug)]
pub(crate) struct Class<'a> {
    course: &'a Course,
    students: Vec<Vec<Work>>,
}

impl<'a> Class<'a> {
    /// Everybody has solved everything, each in another way, which differs in this code.
    pub(crate) fn different(course: &'a Course, size: usize, part: Part, edits: &Edits) -> Self {
        let student = |_| {
            course
                .katas
                .iter()
                .map(|_| Work::Solved(part, edits.number()))
                .collect()
        };
        Self {
            course,
            students: (0..size).map(student).collect(),
        }
    }

    /// Half of the work is untouched; a quarter is somebody else's, letter for letter; a quarter
    /// is solved in another way each time, four fifths of that in other generic code.
    pub(crate) fn realistic(course: &'a Course, size: usize, edits: &Edits) -> Self {
        let mut students: Vec<Vec<Work>> = Vec::with_capacity(size);
        for student in 0..size {
            let work = |kata: usize| match (student + kata) % 4 {
                1 | 3 => Work::Untouched,
                2 if student >= 2 => students[student - 2][kata].clone(),
                _ => Work::Solved(part_of(student / 4 + kata), edits.number()),
            };
            let all = (0..course.katas.len()).map(work).collect();
            students.push(all);
        }
        Self { course, students }
    }

    /// How many students there are.
    pub(crate) fn size(&self) -> usize {
        self.students.len()
    }

    /// How many pieces of work are solved.
    pub(crate) fn solved(&self, student: usize) -> usize {
        self.students[student]
            .iter()
            .filter(|work| **work != Work::Untouched)
            .count()
    }

    /// The katas that a student has touched, with the sources.
    ///
    /// # Errors
    /// When a solution has no `src/lib.rs`.
    pub(crate) fn touched(&self, student: usize) -> Result<Vec<(&'a Kata, Files)>> {
        let all = self.course.katas.iter().zip(&self.students[student]);
        let touched = all.filter_map(|(kata, work)| match work {
            Work::Untouched => None,
            Work::Solved(part, number) => Some((kata, *part, *number)),
        });
        touched
            .map(|(kata, part, number)| {
                let solution = self.course.solution(kata);
                Ok((kata, changed(&solution, part, number)?))
            })
            .collect()
    }

    /// Writes one folder per student, laid out like `exercises`; the folders.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn hand_in(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let mut files = Files::new();
        let mut folders = Vec::new();
        for student in 0..self.size() {
            let folder = PathBuf::from(format!("student-{student:03}"));
            for kata in &self.course.katas {
                files.extend(below(&folder, kata, self.course.stub(kata)));
            }
            for (kata, sources) in self.touched(student)? {
                files.extend(below(&folder, kata, sources));
            }
            folders.push(root.join(folder));
        }
        tree::lay(root, &files)?;
        Ok(folders)
    }
}

/// One solution in five differs from others only inside of functions: so many of the course's
/// wrong solutions differ so from the right one.
fn part_of(number: usize) -> Part {
    if number.is_multiple_of(5) {
        Part::Body
    } else {
        Part::Generic
    }
}

fn below(folder: &Path, kata: &Kata, files: Files) -> Files {
    let folder = folder.join(&kata.place);
    let moved = files
        .into_iter()
        .map(|(place, bytes)| (folder.join(place), bytes));
    moved.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn course() -> Course {
        let kata = |id: &str| Kata {
            id: id.to_owned(),
            place: format!("t/{id}"),
            original: id.to_owned(),
        };
        let katas: Vec<Kata> = ["a", "b", "c", "d"].map(kata).into();
        let files = katas.iter().flat_map(|kata| {
            ["exercises", "solutions"].map(|top| {
                let file = format!("{top}/{}/src/lib.rs", kata.place);
                (PathBuf::from(file), top.as_bytes().to_vec())
            })
        });
        Course {
            root: PathBuf::new(),
            files: files.collect(),
            katas,
        }
    }

    #[test]
    fn different_work_is_different_everywhere() {
        let course = course();
        let class = Class::different(&course, 5, Part::Body, &Edits::new());
        let all: BTreeSet<Vec<u8>> = (0..5)
            .flat_map(|student| class.touched(student).unwrap())
            .flat_map(|(_, files)| files.into_values())
            .collect();
        assert_eq!(all.len(), 5 * 4);
    }

    #[test]
    fn half_of_a_realistic_class_is_untouched_and_a_quarter_copied() {
        let course = course();
        let class = Class::realistic(&course, 200, &Edits::new());
        let solved: usize = (0..200).map(|student| class.solved(student)).sum();
        assert_eq!(solved, 400);
        let all: BTreeSet<_> = (0..200)
            .flat_map(|student| class.touched(student).unwrap())
            .map(|(kata, files)| (kata.id.clone(), files))
            .collect();
        // The first two students have nobody to copy from.
        assert_eq!(all.len(), 200 + 2);
    }

    #[test]
    fn everybody_hands_in_every_kata() {
        let course = course();
        let root = tempfile::tempdir().unwrap();
        let class = Class::realistic(&course, 3, &Edits::new());
        let folders = class.hand_in(root.path()).unwrap();
        assert_eq!(folders.len(), 3);
        for folder in folders {
            assert_eq!(tree::read(&folder).unwrap().len(), 4);
        }
    }
}
