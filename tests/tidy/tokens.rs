//! What stands in a source, token by token: also inside macros, never inside strings.

use crate::files::text;
use proc_macro2::{TokenStream, TokenTree};

/// The tokens of a file.
pub(crate) fn of(file: &str) -> TokenStream {
    text(file)
        .parse()
        .unwrap_or_else(|error| panic!("{file} is not Rust: {error}"))
}

/// Calls `look` with the tokens of each level, from outside to inside.
pub(crate) fn levels(tokens: TokenStream, look: &mut dyn FnMut(&[TokenTree])) {
    let level: Vec<TokenTree> = tokens.into_iter().collect();
    look(&level);
    for token in level {
        if let TokenTree::Group(group) = token {
            levels(group.stream(), look);
        }
    }
}

/// The name, if it is one.
pub(crate) fn ident(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    }
}

/// Whether it is this punctuation mark.
pub(crate) fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

/// Its line, from 1.
pub(crate) fn line(token: &TokenTree) -> usize {
    token.span().start().line
}

/// Every path in the tokens, `use` trees flattened: `a::{b, c::d}` is `a::b` and `a::c::d`.
pub(crate) fn paths(tokens: TokenStream) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    levels(tokens, &mut |level| {
        let mut at = 0;
        while at < level.len() {
            at += path_at(&level[at..], &[], &mut found).max(1);
        }
    });
    found
}

/// How many tokens a path at the beginning takes.
fn path_at(level: &[TokenTree], before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let mut path = before.to_vec();
    let mut at = 0;
    loop {
        match level.get(at) {
            Some(TokenTree::Ident(name)) => path.push(name.to_string()),
            Some(TokenTree::Group(group)) if at > 0 || !before.is_empty() => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut next = 0;
                while next < inside.len() {
                    next += path_at(&inside[next..], &path, found).max(1);
                }
                return at + 1;
            }
            _ => break,
        }
        at += 1;
        let colons = level.get(at..at + 2);
        if !colons.is_some_and(|colons| colons.iter().all(|mark| is_mark(mark, ':'))) {
            break;
        }
        at += 2;
    }
    if path.len() > before.len() {
        found.push(path);
    }
    at
}

#[test]
fn paths_are_found_in_use_trees_and_in_macros() {
    let source = "use crate::{a::B, c::{self, D}}; fn f() { m!(crate::e::F(\"crate::g\")) }";
    let paths: Vec<String> = paths(source.parse().unwrap())
        .iter()
        .map(|path| path.join("::"))
        .collect();
    for expected in [
        "crate::a::B",
        "crate::c::self",
        "crate::c::D",
        "crate::e::F",
    ] {
        assert!(
            paths.contains(&expected.to_owned()),
            "{expected}: {paths:?}"
        );
    }
    assert!(!paths.iter().any(|path| path.contains('g')), "{paths:?}");
}
