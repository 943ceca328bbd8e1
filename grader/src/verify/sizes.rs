//! A kata fits an evening: how much there is to write and to read, and the minutes that it states.

use super::{Bench, Findings, read};
use crate::course::{Kata, folder_of};
use crate::error::Result;
use similar::{ChangeTag, TextDiff};

/// Minutes that reading the text and starting take.
const START: f64 = 10.0;
/// Minutes that a newcomer takes for a line.
const PER_LINE: f64 = 0.65;

/// The most that a kata of this difficulty may ask for.
struct Most {
    lines: usize,
    words: usize,
}

/// Compares the kata's sizes with its limits, and its minutes with its sizes.
pub(super) fn verify(bench: &Bench, findings: &mut Findings) -> Result<()> {
    let kata = &bench.kata;
    let folder = folder_of(&bench.catalogue, kata);
    let solution = bench.catalogue.root.join("solutions").join(kata.path());
    let solution = read(&solution.join("src/lib.rs"))?;
    let lines = lines_to_write(&kata.stub()?, &solution);
    let [english, chinese] = ["README.md", "README.zh-CN.md"].map(|name| read(&folder.join(name)));
    let (english, chinese) = (english?, chinese?);
    let mut found = times(kata, lines, &english, &chinese);
    let size = match (&kata.about.oversize, too_large(kata, lines, &english)) {
        (None, large) => {
            found.extend(large);
            format!("{lines} lines to write")
        }
        (Some(_), large) if large.is_empty() => {
            found.push("kata.toml excuses an oversize that it does not have".to_owned());
            String::new()
        }
        (Some(why), large) => format!("OVERSIZE ({}; {why})", large.join("; ")),
    };
    findings.note(size, found);
    Ok(())
}

/// What there is more of than a kata of this difficulty should have.
fn too_large(kata: &Kata, lines: usize, english: &str) -> Vec<String> {
    let most = match kata.about.difficulty {
        5 => Most {
            lines: 100,
            words: 900,
        },
        _ => Most {
            lines: 60,
            words: 700,
        },
    };
    let mut problems = Vec::new();
    if lines > most.lines {
        problems.push(format!(
            "{lines} lines are to be written, more than {}: make two katas of it",
            most.lines
        ));
    }
    let words = words(english);
    if words > most.words {
        problems.push(format!(
            "README.md has {words} words, more than {}",
            most.words
        ));
    }
    problems
}

/// Minutes that are not stated as they are.
fn times(kata: &Kata, lines: usize, english: &str, chinese: &str) -> Vec<String> {
    let (difficulty, minutes) = (kata.about.difficulty, kata.about.minutes);
    let mut problems = Vec::new();
    let takes = minutes_for(lines);
    if minutes != takes {
        problems.push(format!(
            "kata.toml says {minutes} minutes; {lines} lines take {takes}"
        ));
    }
    for (text, line) in [
        (
            english,
            format!("Difficulty {difficulty} of 5 · about {minutes} minutes"),
        ),
        (chinese, format!("难度 {difficulty}/5 · 约 {minutes} 分钟")),
    ] {
        if !text.contains(&line) {
            problems.push(format!("a text does not say {line:?}"));
        }
    }
    problems
}

/// Lines of code in the solution that the stub does not have.
fn lines_to_write(stub: &str, solution: &str) -> usize {
    let [stub, solution] = [stub, solution].map(code);
    let diff = TextDiff::from_lines(&stub, &solution);
    let changes = diff.iter_all_changes();
    changes
        .filter(|change| change.tag() == ChangeTag::Insert)
        .count()
}

/// Its lines without indentation, comments and empty ones.
fn code(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("//"));
    let mut code = lines.collect::<Vec<_>>().join("\n");
    code.push('\n');
    code
}

/// What a newcomer takes, in steps of five minutes.
fn minutes_for(lines: usize) -> u8 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a handful of lines"
    )]
    let fives = ((START + PER_LINE * lines as f64) / 5.0).round() as u8;
    fives.saturating_mul(5)
}

fn words(text: &str) -> usize {
    let is_word = |word: &&str| word.contains(char::is_alphanumeric);
    text.split_whitespace().filter(is_word).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_of_code_that_the_stub_lacks_are_to_be_written() {
        let stub = "/// Adds.\nfn add() {\n    todo!()\n}\n";
        let solution = "/// Adds.\nfn add() {\n    // Why.\n    let a = 1;\n\n    a + 1\n}\n";
        assert_eq!(lines_to_write(stub, solution), 2);
    }

    #[test]
    fn minutes_grow_with_the_lines() {
        assert_eq!([0, 41, 60].map(minutes_for), [10, 35, 50]);
    }

    #[test]
    fn marks_are_no_words() {
        assert_eq!(words("| a | `b_c` | --- | 你好 |\n"), 3);
    }
}
