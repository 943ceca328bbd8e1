//! Whether two sources are the same code: comments and white space do not count.

use super::spans;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::vec;

/// Whether two sources have the same lines. Git on Windows may have changed how lines end.
pub(super) fn is_same_text(a: &str, b: &str) -> bool {
    a.lines().eq(b.lines())
}

/// Whether two sources differ in nothing but comments and white space. Sources that are not
/// Rust are the same where their lines are. This is slow.
pub(super) fn is_same_code(a: &str, b: &str) -> bool {
    is_same_text(a, b)
        || spans::with_temporary_spans(|| match (a.parse(), b.parse()) {
            (Ok(a), Ok(b)) => Pieces::of(a).eq(Pieces::of(b)),
            _ => false,
        })
}

/// A token, or one end of a group.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Open(Delimiter),
    Close,
    Token(String),
}

/// The pieces of a source without its comments. It does not recurse: a source can nest deeper
/// than a stack.
struct Pieces {
    open: Vec<vec::IntoIter<TokenTree>>,
}

impl Pieces {
    fn of(tokens: TokenStream) -> Self {
        let open = vec![tokens_of(tokens)];
        Self { open }
    }
}

impl Iterator for Pieces {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let tokens = self.open.last_mut()?;
        while let Some(length) = doc_comment(tokens.as_slice()) {
            tokens.by_ref().take(length).for_each(drop);
        }
        Some(match tokens.next() {
            None => {
                self.open.pop();
                Piece::Close
            }
            Some(TokenTree::Group(group)) => {
                self.open.push(tokens_of(group.stream()));
                Piece::Open(group.delimiter())
            }
            Some(token) => Piece::Token(token.to_string()),
        })
    }
}

fn tokens_of(tokens: TokenStream) -> vec::IntoIter<TokenTree> {
    tokens.into_iter().collect::<Vec<_>>().into_iter()
}

/// How many tokens at the start are a documentation comment: `#[doc = …]` or `#![doc = …]`.
fn doc_comment(tokens: &[TokenTree]) -> Option<usize> {
    match tokens {
        [hash, group, ..] if is_punct(hash, '#') && is_doc(group) => Some(2),
        [hash, mark, group, ..] if is_punct(hash, '#') && is_punct(mark, '!') && is_doc(group) => {
            Some(3)
        }
        _ => None,
    }
}

fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

fn is_doc(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else {
        return false;
    };
    let mut inside = group.stream().into_iter();
    let starts = (inside.next(), inside.next());
    group.delimiter() == Delimiter::Bracket
        && matches!(&starts, (Some(TokenTree::Ident(name)), Some(mark))
            if name == "doc" && is_punct(mark, '='))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "//! Kata.\n\n/// Adds.\npub fn add(a: u8, b: u8) -> u8 {\n    todo!()\n}\n";

    #[test]
    fn white_space_and_comments_do_not_count() {
        for same in [
            "pub fn add(a: u8, b: u8) -> u8 { todo!() }",
            "//! Kata.\r\n\r\n/// Adds.\r\npub fn add(a: u8, b: u8) -> u8 {\r\n    todo!()\r\n}\r\n",
            "pub fn add(a:u8,b:u8)->u8{\n\ttodo!( ) // mine\n}",
            "/** Adds\n two. */ pub fn add(/* one */ a: u8, b: u8) -> u8 { //! In it.\n todo!() }",
        ] {
            assert!(is_same_code(same, CODE), "{same}");
        }
    }

    #[test]
    fn every_other_change_counts() {
        for other in [
            "",
            "pub fn add(a: u8, b: u8) -> u8 { todo!(); }",
            "pub fn add(a: u8, b: u8) -> u8 { todo!(\"\") }",
            "pub fn add(b: u8, a: u8) -> u8 { todo!() }",
            "#[inline] pub fn add(a: u8, b: u8) -> u8 { todo!() }",
            "pub fn add(a: u8, b: u8) -> u8 { todo![] }",
            "pub fn add(a: u8, b: u8) -> u8 { todo!() } mod a {}",
            "pub fn add(a: u8, b: u8) -> u8 { todo!()",
        ] {
            assert!(!is_same_code(other, CODE), "{other}");
        }
    }

    #[test]
    fn what_is_in_a_text_counts() {
        assert!(!is_same_code("fn f() { \"a b\" }", "fn f() { \"a  b\" }"));
        assert!(!is_same_code("fn f() { \"// a\" }", "fn f() { \"// b\" }"));
    }

    #[test]
    fn what_is_not_rust_is_the_same_only_line_by_line() {
        assert!(is_same_code("fn f( {\r\n", "fn f( {\n"));
        assert!(!is_same_code("fn f( { ", "fn f( {"));
    }

    #[test]
    fn nesting_deeper_than_any_stack_is_compared() {
        let nested = format!("{}{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(is_same_code(&nested, &format!("{nested} // end")));
    }
}
