//! Small edits of solutions.

use crate::course::Kata;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

/// A statement with a type error, and the error's code.
pub(crate) const MISTAKE: &str = "let _: u128 = \"\";";
pub(crate) const ERROR: &str = "E0308";

/// A statement that floods the output.
pub(crate) const FLOOD: &str = "loop { println!(\"{}\", \"flood \".repeat(10_000)); }";

/// Saves a kata's solution, edited, in `folder`, which holds `src` already.
///
/// The last function of `lib.rs` gets a call of `black_box` with a number that was never there
/// before. That changes what is compiled and nothing that the kata asks for: everybody has to
/// compile the crate again, and no kept verdict is of use. `more` is put behind it.
pub(crate) fn save(kata: &Kata, folder: &Path, more: &str) -> Result<()> {
    let solution = fs::read_to_string(kata.solution.join("lib.rs"))?;
    let number = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
    let statements = format!("::std::hint::black_box({number}u128); {more}");
    let edited = edited(&solution, &statements);
    let edited = edited.with_context(|| format!("no function is found in {}", kata.id))?;
    Ok(fs::write(folder.join("src/lib.rs"), edited)?)
}

fn edited(source: &str, statements: &str) -> Option<String> {
    let lines: Vec<&str> = source.lines().collect();
    let last = lines.iter().rposition(|line| is_signature(line))?;
    let (before, after) = lines.split_at(last + 1);
    Some([before, &[statements], after].concat().join("\n") + "\n")
}

/// Whether a line is the whole of a function's signature.
fn is_signature(line: &str) -> bool {
    let line = line.trim_start();
    let is_function = line.starts_with("fn ") || line.contains(" fn ");
    is_function && line.ends_with('{') && !line.starts_with("//")
}

#[cfg(test)]
mod tests {
    #[test]
    fn statements_go_into_the_last_function() {
        let source = "fn a() {\n}\n  pub fn b() {\n}\n// a fn {\n";
        let edited = "fn a() {\n}\n  pub fn b() {\nx;\n}\n// a fn {\n";
        assert_eq!(super::edited(source, "x;").as_deref(), Some(edited));
    }
}
