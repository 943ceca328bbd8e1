//! The parts of a suite that the student's code may see.
//!
//! The source of a suite has both halves. Rustc runs student code (macros, constants), so the text
//! that it reads must not contain an expected value: everything that decides is blanked, and lines
//! and columns stay the same.

use super::catalogue::Kata;
use super::spans;
use crate::error::{Error, Result};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::collections::VecDeque;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The fields that decide. They are blanked in the text that the driver is compiled from.
const DECIDING: &[&str] = &["deciding", "input", "judge", "fails", "compiles"];

/// A parsed suite. Texts for the compiler are made on demand: each is as long as the suite, and a
/// course has many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SuiteSource {
    source: String,
    /// The ranges that decide.
    deciding: Vec<Range<usize>>,
    /// The programs that must not compile, each with its twin.
    pub(crate) compile_fail: Vec<CompileFail>,
    /// What all cases together are worth.
    pub(crate) points: u32,
}

/// A program that must not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CompileFail {
    /// Name of the case.
    pub(crate) name: String,
    /// The program.
    pub(crate) fails: Excerpt,
    /// The nearest program that must compile.
    pub(crate) compiles: Excerpt,
    /// Where errors must be: line in the program, from 1, and code.
    pub(crate) expected: Vec<(usize, String)>,
}

/// The range of a program in its suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Excerpt(Range<usize>);

/// How many suites are kept.
const MOST: usize = 64;

/// Parsed suites for all submissions: the most recently used.
#[derive(Debug, Default)]
pub(crate) struct Suites(Mutex<VecDeque<(PathBuf, Arc<SuiteSource>)>>);

impl Suites {
    /// A kata's suite.
    ///
    /// # Errors
    /// When it cannot be read or parsed.
    pub(crate) fn of(&self, kata: &Kata) -> Result<Arc<SuiteSource>> {
        let path = kata.hidden.join("suite.rs");
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = known.iter().position(|(other, _)| *other == path);
        let suite = match index.and_then(|index| known.remove(index)) {
            Some((_, suite)) => suite,
            None => Arc::new(SuiteSource::parse(&path, &kata.read_hidden("suite.rs")?)?),
        };
        known.push_back((path, Arc::clone(&suite)));
        let over = known.len().saturating_sub(MOST);
        known.drain(..over);
        Ok(suite)
    }
}

impl SuiteSource {
    /// Parses a suite.
    ///
    /// # Errors
    /// When it is not Rust, or a program that must not compile has no `//~ CODE` marker.
    pub(crate) fn parse(path: &Path, source: &str) -> Result<Self> {
        spans::with_temporary_spans(|| Self::parsed(path, source))
    }

    fn parsed(path: &Path, source: &str) -> Result<Self> {
        let tokens: TokenStream = source
            .parse()
            .map_err(|error| Error::course(path, format!("not Rust: {error}")))?;
        let (mut blocks, mut points) = (Vec::new(), 0);
        collect(tokens, None, &mut blocks, &mut points);
        let deciding = blocks
            .iter()
            .filter(|block| DECIDING.contains(&block.field.as_str()))
            .map(|block| block.body.clone())
            .collect();
        let compile_fail = blocks
            .iter()
            .filter(|block| block.field == "fails")
            .map(|block| compile_fail_case(path, source, block, &blocks))
            .collect::<Result<_>>()?;
        Ok(Self {
            source: source.to_owned(),
            deciding,
            compile_fail,
            points,
        })
    }

    /// The acting half: the source with everything that decides blanked.
    pub(crate) fn driver(&self) -> String {
        blank(&self.source, self.deciding.iter().cloned())
    }

    /// The text of a program, without markers, because where the error must be is part of what
    /// decides. Its lines are numbered from 1, so that they say nothing about the suite.
    pub(crate) fn program(&self, excerpt: &Excerpt) -> String {
        without_markers(lines_of(&self.source[excerpt.0.clone()]))
    }
}

/// `field = … { body }` somewhere inside `case = kind(…)`.
#[derive(Debug)]
struct Block {
    case: String,
    field: String,
    body: Range<usize>,
}

fn collect(tokens: TokenStream, case: Option<&str>, blocks: &mut Vec<Block>, points: &mut u32) {
    let (mut field, mut word) = (None::<String>, None::<String>);
    for token in tokens {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '=' && word.is_some() => {
                field = word.take();
            }
            TokenTree::Ident(ident) => word = Some(ident.to_string()),
            TokenTree::Literal(number) if field.as_deref() == Some("points") => {
                *points += number.to_string().parse().unwrap_or(0);
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                let inner = field.as_deref().or(case);
                collect(group.stream(), inner, blocks, points);
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                blocks.extend(field.take().map(|field| Block {
                    case: case.unwrap_or_default().to_owned(),
                    field,
                    body: body(&group),
                }));
            }
            _ => {}
        }
    }
}

fn body(group: &Group) -> Range<usize> {
    group.span_open().byte_range().end..group.span_close().byte_range().start
}

/// Replaces `ranges`, which are sorted, by spaces; lines keep their numbers.
fn blank(source: &str, ranges: impl Iterator<Item = Range<usize>>) -> String {
    let (mut text, mut done) = (String::with_capacity(source.len()), 0);
    for range in ranges {
        text += &source[done..range.start];
        done = range.end;
        let lines = source[range].split('\n').map(|line| " ".repeat(line.len()));
        text += &lines.collect::<Vec<_>>().join("\n");
    }
    text + &source[done..]
}

/// The lines of a body, without the rest of the line of the opening brace.
fn lines_of(body: &str) -> &str {
    body.strip_prefix('\n').unwrap_or(body)
}

fn compile_fail_case(
    path: &Path,
    source: &str,
    fails: &Block,
    blocks: &[Block],
) -> Result<CompileFail> {
    let case = &fails.case;
    let compiles = blocks
        .iter()
        .find(|block| block.field == "compiles" && block.case == *case)
        .ok_or_else(|| Error::course(path, format!("{case} has no `compiles` twin")))?;
    let expected: Vec<(usize, String)> = lines_of(&source[fails.body.clone()])
        .lines()
        .zip(1..)
        .filter_map(|(line, number)| Some((number, marker(line)?)))
        .collect();
    if expected.is_empty() {
        return Err(Error::course(
            path,
            format!("{case}: no line of `fails` is marked with `//~ CODE`"),
        ));
    }
    Ok(CompileFail {
        name: case.clone(),
        fails: Excerpt(fails.body.clone()),
        compiles: Excerpt(compiles.body.clone()),
        expected,
    })
}

fn without_markers(program: &str) -> String {
    let lines = program.lines();
    let lines = lines.map(|line| line.split_once("//~").map_or(line, |(code, _)| code));
    lines.collect::<Vec<_>>().join("\n")
}

fn marker(line: &str) -> Option<String> {
    let (_, code) = line.split_once("//~")?;
    Some(code.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUITE: &str = r#"use suite::suite;
suite!(
    acting = { fn help() {} },
    deciding = { const SECRET: &str = "秘密"; },
    one = case(
        "A title.",
        points = 2,
        input = |rng| -> u32 { 4711 },
        drive = |n, log| -> u32 { double(n) },
        judge = |n, got, _events| { equal(got, &(2 * n)) },
    ),
    two = compile_fail(
        "Another.",
        points = 1,
        fails = {
            wrong(); //~ E0277
        },
        compiles = { right(); },
    ),
);
"#;

    fn parsed() -> SuiteSource {
        SuiteSource::parse(Path::new("suite.rs"), SUITE).unwrap()
    }

    #[test]
    fn the_driver_keeps_what_acts_and_none_of_what_decides() {
        let driver = parsed().driver();
        for kept in ["fn help()", "double(n)", "A title.", "-> u32"] {
            assert!(driver.contains(kept), "{kept} is gone");
        }
        for secret in ["SECRET", "秘密", "4711", "2 * n", "wrong", "right"] {
            assert!(!driver.contains(secret), "{secret} is still there");
        }
    }

    #[test]
    fn blanking_keeps_lines_and_columns() {
        let driver = parsed().driver();
        assert_eq!(driver.lines().count(), SUITE.lines().count());
        assert_eq!(driver.find("double(n)"), SUITE.find("double(n)"));
    }

    #[test]
    fn a_compile_fail_program_has_lines_and_a_marker_of_its_own() {
        let suite = parsed();
        let program = &suite.compile_fail[0];
        let [fails, compiles] = [&program.fails, &program.compiles].map(|one| suite.program(one));
        assert_eq!(program.name, "two");
        assert_eq!(program.expected, [(1, "E0277".to_owned())]);
        assert_eq!(fails.trim(), "wrong();");
        assert!(!fails.contains("E0277"));
        assert_eq!(compiles.trim(), "right();");
        assert_eq!(suite.points, 3);
    }

    #[test]
    fn no_suite_makes_the_blanking_panic_or_move_a_line() {
        crate::fuzz::mutated(SUITE.as_bytes(), |bytes| {
            let source = String::from_utf8_lossy(bytes);
            if let Ok(parsed) = SuiteSource::parse(Path::new("suite.rs"), &source) {
                assert_eq!(parsed.driver().lines().count(), source.lines().count());
            }
        });
    }
}
