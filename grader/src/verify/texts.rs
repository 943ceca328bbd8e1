//! Everything a student reads is there, in both languages, and is what the course keeps.

use super::{Bench, Findings, read};
use crate::course::folder_of;
use crate::error::Result;
use crate::limits::Limits;
use std::path::Path;

/// Steps of a hint ladder: a question, the concept, a sketch.
const HINTS: usize = 3;

/// Looks at the kata's files.
pub(super) fn verify(bench: &Bench, findings: &mut Findings) -> Result<()> {
    findings.note("texts in both languages", texts(bench)?);
    findings.note("hints", hints(bench));
    findings.note("stub pristine", copies(bench)?);
    findings.note("limits", limits(&bench.kata.about.limits));
    Ok(())
}

fn texts(bench: &Bench) -> Result<Vec<String>> {
    let folder = folder_of(&bench.catalogue, &bench.kata);
    let english = read(&folder.join("README.md"))?;
    let chinese = read(&folder.join("README.zh-CN.md"))?;
    let mut problems = Vec::new();
    for (what, count) in [
        ("headings", count_headings as fn(&str) -> usize),
        ("code blocks", count_fences),
        ("table rows", count_rows),
    ] {
        let (in_english, in_chinese) = (count(&english), count(&chinese));
        if in_english != in_chinese {
            problems.push(format!(
                "README.md has {in_english} {what}, README.zh-CN.md has {in_chinese}"
            ));
        }
    }
    if !english.contains("```") {
        problems.push("README.md has no worked example".to_owned());
    }
    if !chinese.contains(is_chinese) {
        problems.push("README.zh-CN.md is not in Chinese".to_owned());
    }
    for text in [&english, &chinese] {
        problems.extend(dead_links(&folder, text));
    }
    let examples = read(&folder.join("tests/examples.rs"))?;
    if !examples.contains("#[test]") {
        problems.push("tests/examples.rs has no test".to_owned());
    }
    Ok(problems)
}

fn count_headings(text: &str) -> usize {
    text.lines().filter(|line| line.starts_with('#')).count()
}

fn count_fences(text: &str) -> usize {
    text.lines()
        .filter(|line| line.trim_start().starts_with("```"))
        .count()
}

fn count_rows(text: &str) -> usize {
    text.lines()
        .filter(|line| line.trim_start().starts_with('|'))
        .count()
}

fn is_chinese(letter: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&letter)
}

/// Links to files that are not there; links elsewhere must at least be secure.
fn dead_links(folder: &Path, text: &str) -> Vec<String> {
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| {
            let dead_file = !target.contains("://") && !folder.join(target).exists();
            dead_file && !target.starts_with('#') || target.starts_with("http://")
        })
        .map(|target| format!("dead or insecure link {target:?}"))
        .collect()
}

fn hints(bench: &Bench) -> Vec<String> {
    let hints = &bench.kata.about.hints;
    let mut problems = Vec::new();
    if hints.len() != HINTS {
        problems.push(format!("{} hints instead of {HINTS}", hints.len()));
    }
    for (index, hint) in hints.iter().enumerate() {
        if hint.en.trim().is_empty() || !hint.zh.contains(is_chinese) {
            problems.push(format!("hint {} is empty in one language", index + 1));
        }
    }
    if bench.kata.about.title.is_empty() || !bench.kata.about.title_zh.contains(is_chinese) {
        problems.push("the title is missing in one language".to_owned());
    }
    for needed in &bench.kata.about.prerequisites {
        if !bench.catalogue.katas.iter().any(|kata| kata.id == *needed) {
            problems.push(format!("its prerequisite {needed:?} is no kata"));
        }
    }
    if bench.kata.about.teaches.is_empty() {
        problems.push("kata.toml does not say what the kata teaches".to_owned());
    }
    problems
}

/// The student's workspace holds what the course keeps, byte for byte.
fn copies(bench: &Bench) -> Result<Vec<String>> {
    let folder = folder_of(&bench.catalogue, &bench.kata);
    let mut pairs = vec![("stub.rs".to_owned(), folder.join("src/lib.rs"))];
    for locked in &bench.kata.about.locked {
        pairs.push((locked.clone(), folder.join("src").join(locked)));
    }
    for support in &bench.kata.about.support {
        let name = support.source.trim_end_matches(".rs");
        pairs.push((support.source.clone(), folder.join(name).join("src/lib.rs")));
    }
    let mut problems = Vec::new();
    for (kept, copy) in pairs {
        if bench.kata.read_hidden(&kept)? != read(&copy)? {
            problems.push(format!(
                "{} differs from the course's {kept}",
                copy.display()
            ));
        }
    }
    Ok(problems)
}

fn limits(limits: &Limits) -> Vec<String> {
    let sane = (1..=30).contains(&limits.wall_seconds)
        && (16..=4096).contains(&limits.memory_mib)
        && (8..=1024).contains(&limits.open_files);
    if sane {
        Vec::new()
    } else {
        vec!["limits are far from the usual ones: wall-seconds 1 to 30, memory-mib 16 to 4096, open-files 8 to 1024".to_owned()]
    }
}
