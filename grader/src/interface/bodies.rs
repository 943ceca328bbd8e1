//! The bodies of functions, taken out of a file before it is parsed.
//!
//! A parser of expressions calls itself for each that stands in another, and a submission decides
//! how many do. Here nothing does so more often than brackets may stand in each other, and what is
//! left to parse is bounded.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::collections::HashMap;

/// Most brackets in each other.
const MAX_DEPTH: usize = 128;
/// Most tokens outside of bodies.
const MAX_TOKENS: usize = 6_000;

/// A file without the bodies of its functions.
pub(super) struct Bodies {
    /// The file; where a body was are empty braces, in the same place.
    pub(super) file: TokenStream,
    by_start: HashMap<usize, TokenStream>,
}

impl Bodies {
    /// Takes the bodies out; `None` where what is left is too much or too deep, and where the
    /// text is not Rust.
    pub(super) fn taken_out(text: &str) -> Option<Self> {
        let tokens: TokenStream = text.parse().ok()?;
        is_shallow(tokens.clone()).then_some(())?;
        let mut taking = Taking::default();
        let file = taking.without_bodies(tokens);
        (taking.left <= MAX_TOKENS).then_some(Self {
            file,
            by_start: taking.by_start,
        })
    }

    /// Every body.
    pub(super) fn all(&self) -> impl Iterator<Item = TokenStream> {
        self.by_start.values().cloned()
    }

    /// The body whose braces open at this byte, if it was taken out.
    pub(super) fn at(&self, start: usize) -> Option<TokenStream> {
        self.by_start.get(&start).cloned()
    }
}

fn is_shallow(tokens: TokenStream) -> bool {
    let mut level = vec![tokens];
    for _ in 0..MAX_DEPTH {
        let inside = level.into_iter().flatten().filter_map(|token| match token {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        });
        level = inside.collect();
        if level.is_empty() {
            return true;
        }
    }
    false
}

#[derive(Default)]
struct Taking {
    by_start: HashMap<usize, TokenStream>,
    /// Tokens outside of bodies.
    left: usize,
}

impl Taking {
    fn without_bodies(&mut self, tokens: TokenStream) -> TokenStream {
        let mut tokens = tokens.into_iter().peekable();
        let mut kept: Vec<TokenTree> = Vec::new();
        let mut in_signature = false;
        while let Some(next) = tokens.next() {
            self.left += 1;
            let before = kept.last();
            let next = match next {
                TokenTree::Group(group) if group.delimiter() != Delimiter::None => {
                    let is_body = in_signature
                        && group.delimiter() == Delimiter::Brace
                        && !is_argument(before, tokens.peek());
                    in_signature &= !is_body;
                    TokenTree::Group(self.emptied(&group, is_body))
                }
                TokenTree::Ident(name) => {
                    in_signature |= matches!(before, Some(TokenTree::Ident(word)) if word == "fn");
                    TokenTree::Ident(name)
                }
                other => {
                    in_signature &= !is_one_of(Some(&other), ";");
                    other
                }
            };
            kept.push(next);
        }
        kept.into_iter().collect()
    }

    /// The same brackets, without bodies in them, or with nothing if they hold one.
    fn emptied(&mut self, group: &Group, is_body: bool) -> Group {
        let inside = if is_body {
            let start = group.span().byte_range().start;
            self.by_start.insert(start, group.stream());
            TokenStream::new()
        } else {
            self.without_bodies(group.stream())
        };
        let mut emptied = Group::new(group.delimiter(), inside);
        emptied.set_span(group.span());
        emptied
    }
}

/// Whether braces in a signature are an argument of a type, as in `Block<{ 2 * N }>`.
fn is_argument(before: Option<&TokenTree>, after: Option<&TokenTree>) -> bool {
    is_one_of(before, "<=") || is_one_of(before, ",") && is_one_of(after, ",>")
}

fn is_one_of(token: Option<&TokenTree>, marks: &str) -> bool {
    matches!(token, Some(TokenTree::Punct(mark)) if marks.contains(mark.as_char()))
}
