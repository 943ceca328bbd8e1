//! What a student's macro made of a program: written down where it ran, read where it is
//! judged.
//!
//! A macro runs inside the compiler and could make it say anything, so no compiler that it
//! ran in may decide whether a program compiles. The program is compiled twice: once with
//! the student's macro, whose results [`recorded`] writes down, and once, elsewhere, with a
//! macro that only [`replayed`] them.
//!
//! Both work inside a procedural macro and panic elsewhere. The file is named by the
//! environment variable [`FILE`].

extern crate proc_macro;

mod tokens;

use proc_macro::{Span, TokenStream};
use std::collections::VecDeque;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use tokens::{Spans, Token, Tokens};
use wire::{Wire, wire};

/// The environment variable that names the file of expansions.
pub const FILE: &str = "EXPANSIONS";

wire! {
    /// One use of a macro and what became of it.
    #[derive(Debug, Clone, PartialEq)]
    struct Expansion {
        call: Call,
        tokens: Vec<Token>,
    }
}

wire! {
    /// Where a macro was used, and on what.
    #[derive(Debug, Clone, PartialEq)]
    struct Call {
        file: String,
        line: u64,
        column: u64,
        inputs: Vec<String>,
    }
}

impl Call {
    fn here(inputs: &[TokenStream]) -> Self {
        let site = Span::call_site();
        Self {
            file: site.file(),
            line: site.line() as u64,
            column: site.column() as u64,
            inputs: inputs.iter().map(ToString::to_string).collect(),
        }
    }
}

/// What `expand` gives; written down if [`FILE`] says where.
pub fn recorded(inputs: &[TokenStream], expand: impl FnOnce() -> TokenStream) -> TokenStream {
    let expanded = expand();
    if let Some(file) = std::env::var_os(FILE) {
        let expansion = Expansion {
            call: Call::here(inputs),
            tokens: Tokens::written(expanded.clone()),
        };
        // What cannot be written down is missing where it is judged, which is never a pass.
        let _ = append(Path::new(&file), &expansion);
    }
    expanded
}

fn append(file: &Path, expansion: &Expansion) -> io::Result<()> {
    let bytes = expansion.to_bytes();
    let len = (bytes.len() as u64).to_le_bytes();
    let mut file = OpenOptions::new().create(true).append(true).open(file)?;
    file.write_all(&[len.as_slice(), &bytes].concat())
}

/// What was written down for this use of the macro; a compile error if nothing was.
///
/// Tokens that came from the inputs point there again, all others at the macro's use.
pub fn replayed(inputs: &[TokenStream]) -> TokenStream {
    let call = Call::here(inputs);
    let known = KNOWN.get_or_init(|| Mutex::new(known()));
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let found = known.iter().position(|expansion| expansion.call == call);
    match found.and_then(|index| known.remove(index)) {
        Some(expansion) => Tokens::read(expansion.tokens, &Spans::of(inputs)),
        None => NOTHING.parse().unwrap_or_default(),
    }
}

/// The same text may be expanded twice at the same place; each use takes its own.
static KNOWN: OnceLock<Mutex<VecDeque<Expansion>>> = OnceLock::new();

const NOTHING: &str = r#"::core::compile_error! { "the macro made nothing of this" }"#;

fn known() -> VecDeque<Expansion> {
    let bytes = std::env::var_os(FILE).and_then(|file| fs::read(file).ok());
    split(&bytes.unwrap_or_default())
}

/// As far as the bytes make sense.
fn split(mut bytes: &[u8]) -> VecDeque<Expansion> {
    let mut known = VecDeque::new();
    while let Some((len, rest)) = bytes.split_first_chunk() {
        let len = usize::try_from(u64::from_le_bytes(*len)).unwrap_or(usize::MAX);
        let Some((body, rest)) = rest.split_at_checked(len) else {
            break;
        };
        known.extend(Expansion::from_bytes(body));
        bytes = rest;
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expansion(line: u64) -> Expansion {
        let call = Call {
            file: "broken_0.rs".to_owned(),
            line,
            column: 10,
            inputs: vec!["struct A;".to_owned()],
        };
        let tokens = Vec::new();
        Expansion { call, tokens }
    }

    #[test]
    fn what_was_appended_is_read_in_its_order() {
        let folder = std::env::temp_dir().join(format!("expansions-{}", std::process::id()));
        let _ = fs::remove_file(&folder);
        for line in [3, 1, 2] {
            append(&folder, &expansion(line)).unwrap();
        }
        let read = split(&fs::read(&folder).unwrap());
        fs::remove_file(&folder).unwrap();
        assert_eq!(read, [3, 1, 2].map(expansion));
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        let whole = expansion(1).to_bytes();
        let len = (whole.len() as u64).to_le_bytes();
        let one = [len.as_slice(), &whole].concat();
        assert_eq!(
            split(&[one.as_slice(), &[255; 20]].concat()),
            [expansion(1)]
        );
        assert!(split(&one[..one.len() - 1]).is_empty());
        let strange = [3_u64.to_le_bytes().as_slice(), b"abc", &one].concat();
        assert_eq!(split(&strange), [expansion(1)]);
    }
}
