//! The way through the course: easier katas first, and none before those it builds on.

use super::catalogue::Kata;
use crate::error::{Error, Result};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Tracks in the recommended order; other tracks follow.
const TRACKS: &[&str] = &[
    "files",
    "text",
    "objects",
    "collections",
    "threads",
    "processes",
    "async",
    "network",
];

/// The katas in the course's order. A prerequisite that is not in the course, because somebody teaches a
/// part of it, holds up nothing.
///
/// # Errors
/// When katas build on each other in a circle.
pub(super) fn ordered(mut katas: Vec<Kata>) -> Result<Vec<Kata>> {
    let ids: BTreeSet<String> = katas.iter().map(|kata| kata.id.clone()).collect();
    // The easiest is taken from the end.
    katas.sort_by(|a, b| Reverse(rank(a)).cmp(&Reverse(rank(b))));
    let (mut way, mut known) = (Vec::new(), BTreeSet::new());
    while let Some(last) = katas.last() {
        let open = |kata: &Kata| {
            let mut needed = kata.about.prerequisites.iter();
            needed.all(|needed| known.contains(needed) || !ids.contains(needed))
        };
        let Some(next) = katas.iter().rposition(open) else {
            let file = last.hidden.join("kata.toml");
            return Err(Error::course(&file, "its prerequisites build on it"));
        };
        let kata = katas.remove(next);
        known.insert(kata.id.clone());
        way.push(kata);
    }
    Ok(way)
}

fn rank(kata: &Kata) -> (u8, usize, &str, u8, &str) {
    let track = TRACKS.iter().position(|track| *track == kata.track);
    let track = track.unwrap_or(TRACKS.len());
    let (difficulty, minutes) = (kata.about.difficulty, kata.about.minutes);
    (difficulty, track, &kata.track, minutes, &kata.id)
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::Catalogue;
    use std::fs;

    fn way(katas: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        for (place, about) in katas {
            let hidden = folder.path().join("tests/hidden").join(place);
            fs::create_dir_all(&hidden).unwrap();
            let about = format!(
                "title = ''\ntitle-zh = ''\nminutes = 1\nteaches = []\nhints = []\n{about}\n"
            );
            fs::write(hidden.join("kata.toml"), about).unwrap();
        }
        let course = Catalogue::find(folder.path()).map_err(|error| error.to_string())?;
        Ok(course.katas.into_iter().map(|kata| kata.id).collect())
    }

    #[test]
    fn easier_katas_come_first_and_none_before_those_it_builds_on() {
        let katas = [
            ("files/a", "difficulty = 1\nprerequisites = [\"d\"]"),
            ("files/b", "difficulty = 2"),
            ("async/c", "difficulty = 1"),
            ("async/d", "difficulty = 3"),
        ];
        assert_eq!(way(&katas).unwrap(), ["c", "b", "d", "a"]);
    }

    #[test]
    fn a_circle_is_told_and_what_is_not_in_the_course_is_not_missed() {
        let part = way(&[("files/a", "difficulty = 1\nprerequisites = [\"z\"]")]);
        assert_eq!(part.unwrap(), ["a"]);
        let circle = way(&[
            ("files/a", "difficulty = 1\nprerequisites = [\"b\"]"),
            ("files/b", "difficulty = 1\nprerequisites = [\"a\"]"),
        ]);
        assert!(circle.unwrap_err().contains("build on it"));
    }
}
