//! The scan: finds in the tokens of a source what the compiler's lints let through.
//!
//! `unsafe_code` is forbidden on the command line, and the lint finds most of it. It misses
//! unsafe attributes that it has no rule for (`#[unsafe(naked)]` makes a safe function of
//! machine code), and it checks a macro only where it is expanded. Both need the word `unsafe`
//! inside an attribute or a macro, where honest code has no use for it. Elsewhere the word is
//! left to the compiler, which explains it better.
//!
//! No lint forbids `#[global_allocator]`. A macro may be passed that name, and `use` may rename
//! it, but no macro can make an identifier out of nothing. So the name is rejected inside
//! attributes and macros, and where it is renamed. A function may have it.
//!
//! This is right only if the tokens found here are those that rustc finds. Where they may
//! differ, the text is searched instead.

use super::spans;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree, token_stream};

/// Something that must not be in a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Line, from 1.
    pub(crate) line: usize,
    /// What, and why not.
    pub(crate) reason: &'static str,
}

/// The first thing in `source` that must not be there. `None` also where the source is not Rust,
/// which the compiler reports.
pub(crate) fn scan(source: &str) -> Option<Finding> {
    if let Some(finding) = shebang(source) {
        return Some(finding);
    }
    spans::with_temporary_spans(|| match source.parse::<TokenStream>() {
        Ok(tokens) => Walk::new(tokens).first(),
        Err(_) => search(source),
    })
}

/// A first line that rustc skips, and that may open a comment or a string here.
fn shebang(source: &str) -> Option<Finding> {
    let line = source.trim_start_matches('\u{feff}').strip_prefix("#!")?;
    let is_attribute = line.trim_start().starts_with('[');
    (!is_attribute).then_some(Finding {
        line: 1,
        reason: "a first line that begins with `#!` is for scripts, and a kata is a library; remove it",
    })
}

/// The first forbidden word in a text whose tokens are unknown: what is not Rust for this library
/// may be Rust for the compiler.
fn search(source: &str) -> Option<Finding> {
    let holds_word = |line: &str| WORDS.iter().any(|word| line.contains(word));
    let line = source.lines().position(holds_word)?;
    Some(Finding {
        line: line + 1,
        reason: "it is not clear whether this `unsafe` or `global_allocator` is code, because a \
                 bracket, a quote or a comment is not closed somewhere; fix that first",
    })
}

const UNSAFE: &str = "unsafe";
const ALLOCATOR: &str = "global_allocator";
const WORDS: [&str; 2] = [UNSAFE, ALLOCATOR];

/// Where a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Code,
    Attribute,
    Macro,
}

/// What the tokens just before a group say about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// `#` or `#!`
    Hash,
    /// A name, perhaps of a macro.
    Name,
    /// The name of the attribute that chooses the allocator.
    Allocator,
    /// A name and `!`, perhaps with the name of what it defines.
    Bang,
}

/// A walk over nested groups without recursion: a source can nest deeper than a stack.
struct Walk {
    open: Vec<(token_stream::IntoIter, Place, Before)>,
}

impl Walk {
    fn new(tokens: TokenStream) -> Self {
        Self {
            open: vec![(tokens.into_iter(), Place::Code, Before::Nothing)],
        }
    }

    fn first(mut self) -> Option<Finding> {
        while let Some((tokens, place, before)) = self.open.last_mut() {
            let place = *place;
            let Some(token) = tokens.next() else {
                self.open.pop();
                continue;
            };
            if let Some(finding) = judged(&token, place, *before) {
                return Some(finding);
            }
            let inside = inside(&token, place, *before);
            *before = after(&token, *before);
            if let (TokenTree::Group(group), Some(place)) = (token, inside) {
                self.open
                    .push((group.stream().into_iter(), place, Before::Nothing));
            }
        }
        None
    }
}

fn inside(token: &TokenTree, place: Place, before: Before) -> Option<Place> {
    let TokenTree::Group(group) = token else {
        return None;
    };
    Some(match (place, before) {
        (Place::Code, Before::Hash) if is_bracket(group) => Place::Attribute,
        (Place::Code, Before::Bang) => Place::Macro,
        _ => place,
    })
}

fn is_bracket(group: &Group) -> bool {
    group.delimiter() == Delimiter::Bracket
}

fn after(token: &TokenTree, before: Before) -> Before {
    match (token, before) {
        (TokenTree::Punct(mark), _) if mark.as_char() == '#' => Before::Hash,
        (TokenTree::Punct(mark), Before::Hash) if mark.as_char() == '!' => Before::Hash,
        (TokenTree::Punct(mark), Before::Name | Before::Allocator) if mark.as_char() == '!' => {
            Before::Bang
        }
        (TokenTree::Ident(_), Before::Bang) => Before::Bang,
        (TokenTree::Ident(ident), _) if is_allocator(ident) => Before::Allocator,
        (TokenTree::Ident(_), _) => Before::Name,
        _ => Before::Nothing,
    }
}

fn judged(token: &TokenTree, place: Place, before: Before) -> Option<Finding> {
    let TokenTree::Ident(ident) = token else {
        return None;
    };
    let reason = match (place, before) {
        (Place::Attribute, _) if *ident == UNSAFE => {
            "an unsafe attribute turns off what the compiler guarantees; katas need none"
        }
        (Place::Macro, _) if *ident == UNSAFE => {
            "a macro with `unsafe` in it turns off what the compiler guarantees; katas need none"
        }
        (Place::Attribute | Place::Macro, _) if is_allocator(ident) => NO_ALLOCATOR,
        (Place::Code, Before::Allocator) if *ident == "as" => NO_ALLOCATOR,
        _ => return None,
    };
    Some(at(ident, reason))
}

const NO_ALLOCATOR: &str = "a kata must not choose the allocator of the program";

/// A raw identifier names the same attribute. (`r#unsafe` is no keyword and does nothing.)
fn is_allocator(ident: &Ident) -> bool {
    *ident == ALLOCATOR || *ident == "r#global_allocator"
}

fn at(ident: &Ident, reason: &'static str) -> Finding {
    Finding {
        line: ident.span().start().line,
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(source: &str) -> Option<usize> {
        scan(source).map(|finding| finding.line)
    }

    #[test]
    fn what_the_lint_misses_is_found_with_its_line() {
        for source in [
            "\n#[unsafe(naked)]\nextern \"C\" fn f() {}",
            "\n#[cfg_attr(all(), unsafe(naked))] fn f() {}",
            "\nmacro_rules! m { () => { unsafe { f() } } }",
            "\nfn f() { m!(unsafe) }",
            "\n#[global_allocator]\nstatic A: System = System;",
            "\n#![unsafe(x)]",
            "\n#[r#global_allocator]\nstatic A: System = System;",
            "\n#[cfg_attr(all(), global_allocator)] static A: System = System;",
            "\n#[std::prelude::v1::global_allocator] static A: System = System;",
            "\nmacro_rules! m { ($n:ident) => { #[$n] static A: S = S; } } m!(global_allocator);",
            "\nmacro_rules! m { () => { #[global_allocator] static A: System = System; } }",
            "\nmod a { m! { r#global_allocator } }",
            "\nuse std::prelude::v1::global_allocator as mine;\n#[mine] static A: S = S;",
            "\npub use std::prelude::v1::{self, r#global_allocator as mine};",
        ] {
            assert_eq!(line(source), Some(2), "{source}");
        }
    }

    #[test]
    fn a_source_that_other_compilers_may_read_differently_is_searched_as_text() {
        for source in [
            "fn f( {\n// unsafe",
            "const X: u8 = b'\u{e9}';\nmacro_rules! m { () => { unsafe {} } }",
            "fn f() { \"\\q\" }\n#[global_allocator] static A: System = System;",
        ] {
            assert_eq!(line(source), Some(2), "{source}");
        }
    }

    #[test]
    fn a_first_line_for_scripts_cannot_hide_the_others() {
        for source in [
            "#!/bin/sh /*\n#[global_allocator] static A: System = System; // */",
            "\u{feff}#!/bin/sh \"\nmacro_rules! m { () => { unsafe {} } } // \"",
            "#!\nfn f() {}",
        ] {
            assert_eq!(line(source), Some(1), "{source}");
        }
    }

    #[test]
    fn honest_code_is_left_alone() {
        for source in [
            "fn f() { println!(\"unsafe {}\", \"#[unsafe(naked)]\") } // unsafe",
            "/* unsafe */ #[doc = \"unsafe\"] fn f() {}",
            "fn r#unsafe() {} fn g() { m!(r#unsafe) }",
            "type F = unsafe fn();",
            "fn f() { let x = r#\"unsafe { }\"#; assert!(!x.is_empty()) }",
            "fn f(unsafe_code: u8) -> bool { unsafe_code != 0 }",
            "fn f( {",
            "#![allow(dead_code)]\nfn f() {}",
            "\u{feff}#! [allow(dead_code)]",
            "fn global_allocator() {} mod a { pub use super::global_allocator; }",
            "struct S { global_allocator: u8 } fn f(s: S) -> u8 { s.global_allocator + 1 }",
            "/// `#[global_allocator]`\nfn f() { println!(\"global_allocator\") }",
            "fn f(my_global_allocator: u8) { println!(\"{}\", my_global_allocator as u16) }",
        ] {
            assert_eq!(line(source), None, "{source}");
        }
    }

    #[test]
    fn nesting_deeper_than_any_stack_is_walked() {
        let depth = 100_000;
        let source = format!("{}unsafe{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(line(&source), None);
    }

    #[test]
    fn no_source_makes_the_scan_panic() {
        let source = b"#[cfg_attr(a, unsafe(b))] macro_rules! m { ($x:tt) => { unsafe { $x } } }";
        crate::fuzz::mutated(source, |bytes| {
            let _ = scan(&String::from_utf8_lossy(bytes));
        });
    }
}
