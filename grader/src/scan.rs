//! What the compiler's `unsafe_code` lint lets through, found in the tokens of a source.
//!
//! The lint is forbidden on the command line and sees most of it. It does not see unsafe
//! attributes that it has no rule for (`#[unsafe(naked)]` makes a safe function of machine
//! code), and it sees a macro only where it is expanded. Both need the word `unsafe` inside
//! an attribute or inside a macro, where honest code has no use for it. Elsewhere the word
//! is left to the compiler, which explains it better.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree, token_stream};

/// Something that may not be in a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Line, from 1.
    pub(crate) line: usize,
    /// What, and why not.
    pub(crate) reason: &'static str,
}

/// The first thing in `source` that may not be there; `None` also where the source is not
/// Rust, which the compiler will say.
pub(crate) fn scan(source: &str) -> Option<Finding> {
    let found = source
        .parse::<TokenStream>()
        .ok()
        .and_then(|tokens| Walk::new(tokens).first());
    // The library keeps the text of everything that a thread has parsed until it is told
    // that nobody asks for positions any more.
    proc_macro2::extra::invalidate_current_thread_spans();
    found
}

/// Where a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Code,
    Attribute,
    Macro,
}

/// What the tokens just before make of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// `#` or `#!`
    Hash,
    /// A name, perhaps of a macro.
    Name,
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
            if let Some(finding) = judged(&token, place) {
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
        (TokenTree::Punct(mark), Before::Name) if mark.as_char() == '!' => Before::Bang,
        (TokenTree::Ident(_), Before::Bang) => Before::Bang,
        (TokenTree::Ident(_), _) => Before::Name,
        _ => Before::Nothing,
    }
}

fn judged(token: &TokenTree, place: Place) -> Option<Finding> {
    let TokenTree::Ident(ident) = token else {
        return None;
    };
    let reason = match place {
        Place::Attribute if *ident == "unsafe" => {
            "an unsafe attribute turns off what the compiler guarantees; katas need none"
        }
        Place::Attribute if *ident == "global_allocator" => {
            "a program has one allocator, and it is not a kata's to choose"
        }
        Place::Macro if *ident == "unsafe" => {
            "a macro with `unsafe` in it turns off what the compiler guarantees; katas need none"
        }
        _ => return None,
    };
    Some(at(ident, reason))
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
    fn what_the_lint_lets_through_is_found_with_its_line() {
        for source in [
            "\n#[unsafe(naked)]\nextern \"C\" fn f() {}",
            "\n#[cfg_attr(all(), unsafe(naked))] fn f() {}",
            "\nmacro_rules! m { () => { unsafe { f() } } }",
            "\nfn f() { m!(unsafe) }",
            "\n#[global_allocator]\nstatic A: System = System;",
            "\n#![unsafe(x)]",
        ] {
            assert_eq!(line(source), Some(2), "{source}");
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
