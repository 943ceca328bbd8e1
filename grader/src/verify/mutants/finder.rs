//! Goes through a solution and finds what may be changed in it.

use super::outline::{Variants, bodies, enums, name_of};
use super::{Edit, Mutant, parameters};
use crate::course::with_temporary_spans;
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ItemImpl, Signature};

/// Every mutant of a solution. What the stub gives is left alone: a student has it as it is.
///
/// # Errors
/// When one of them is not Rust.
pub(super) fn mutants(solution: &str, stub: &str) -> syn::Result<Vec<Mutant>> {
    with_temporary_spans(|| {
        let file = syn::parse_file(solution)?;
        let mut finder = Finder {
            source: solution,
            given: bodies(&syn::parse_file(stub)?),
            enums: enums(&file),
            place: Vec::new(),
            mutants: Vec::new(),
        };
        finder.visit_file(&file);
        Ok(named_apart(finder.mutants))
    })
}

/// Gives mutants of one name a number, so that each can be told from the others.
fn named_apart(mut mutants: Vec<Mutant>) -> Vec<Mutant> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut edits = BTreeSet::new();
    mutants.retain(|mutant| {
        edits.insert((
            mutant.edit.range.start,
            mutant.edit.range.end,
            mutant.edit.text.clone(),
        ))
    });
    for mutant in &mut mutants {
        let count = seen.entry(mutant.name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            mutant.name = format!("{} ({count})", mutant.name);
        }
    }
    mutants
}
/// What goes through a solution.
pub(super) struct Finder<'s> {
    source: &'s str,
    given: BTreeMap<String, String>,
    pub(super) enums: BTreeMap<String, Variants>,
    /// Where the code is: types and functions.
    pub(super) place: Vec<String>,
    mutants: Vec<Mutant>,
}

impl Finder<'_> {
    pub(super) fn text(&self, range: Range<usize>) -> &str {
        self.source.get(range).unwrap_or_default()
    }

    pub(super) fn of(&self, part: &impl Spanned) -> &str {
        self.text(part.span().byte_range())
    }

    /// Notes that what is in a range may become something else.
    pub(super) fn change(&mut self, range: Range<usize>, becomes: impl Into<String>) {
        let becomes = becomes.into();
        let was = self.text(range.clone()).to_owned();
        let what = match becomes.as_str() {
            "" => format!("without `{}`", brief(&was)),
            _ => format!("`{}` → `{}`", brief(&was), brief(&becomes)),
        };
        self.note(range, becomes, &what);
    }

    pub(super) fn note(&mut self, range: Range<usize>, text: String, what: &str) {
        if self.source.get(range.clone()) == Some(&text) {
            return;
        }
        let before = self.source.get(..range.start).unwrap_or_default();
        self.mutants.push(Mutant {
            name: format!("{}: {what}", self.place.join("::")),
            line: before.matches('\n').count() + 1,
            edit: Edit { range, text },
        });
    }

    pub(super) fn replace(&mut self, part: &impl Spanned, becomes: impl Into<String>) {
        self.change(part.span().byte_range(), becomes);
    }

    /// Exchanges two parts; what is between them stays.
    pub(super) fn exchange(&mut self, first: &impl Spanned, second: &impl Spanned) {
        let (first, second) = (first.span().byte_range(), second.span().byte_range());
        let between = self.text(first.end..second.start);
        let (a, b) = (self.text(first.clone()), self.text(second.clone()));
        let text = format!("{b}{between}{a}");
        let what = format!("`{}` exchanged with `{}`", brief(a), brief(b));
        self.note(first.start..second.end, text, &what);
    }

    fn function(&mut self, sig: &Signature, block: &Block, visit: impl FnOnce(&mut Self)) {
        self.place.push(sig.ident.to_string());
        let name = self.place.join("::");
        let body = block.to_token_stream().to_string();
        if self.given.get(&name) != Some(&body) {
            self.whole(sig, block);
            visit(self);
        }
        self.place.pop();
    }

    /// Changes of a whole function: its parameters, and what it gives.
    fn whole(&mut self, sig: &Signature, block: &Block) {
        let span = block.span().byte_range();
        let body = self.text(span.clone()).to_owned();
        for (what, first) in parameters::changes(sig) {
            let text = format!("{{ {first} {}", body.get(1..).unwrap_or_default());
            self.note(span.clone(), text, &what);
        }
        for value in parameters::values(sig) {
            self.note(
                span.clone(),
                format!("{{ {value} }}"),
                &format!("gives `{value}` at once"),
            );
        }
        for (what, text) in parameters::results(sig, &body) {
            self.note(span.clone(), text, &what);
        }
    }

    /// The arguments of a macro such as `vec!` or `write!`, where they are expressions.
    fn macro_arguments(&mut self, mac: &syn::Macro) {
        type Arguments = syn::punctuated::Punctuated<Expr, syn::Token![,]>;
        if let Ok(args) = mac.parse_body_with(Arguments::parse_terminated) {
            for arg in &args {
                self.visit_expr(arg);
            }
        }
    }
}

/// A text on one line, without its middle if it is long.
pub(super) fn brief(text: &str) -> String {
    const ENDS: usize = 28;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let letters: Vec<char> = line.chars().collect();
    if letters.len() <= 2 * ENDS + 1 {
        return line;
    }
    let head: String = letters[..ENDS].iter().collect();
    let tail: String = letters[letters.len() - ENDS..].iter().collect();
    format!("{head}…{tail}")
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        if !item.attrs.iter().any(|attr| self.of(attr).contains("test")) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'a ItemImpl) {
        self.place.push(name_of(item));
        visit::visit_item_impl(self, item);
        self.place.pop();
    }

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.function(&item.sig, &item.block, |this| this.visit_block(&item.block));
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.function(&item.sig, &item.block, |this| this.visit_block(&item.block));
    }

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.place.push(item.ident.to_string());
        visit::visit_item_const(self, item);
        self.place.pop();
    }

    fn visit_type(&mut self, _: &'a syn::Type) {}

    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}

    fn visit_block(&mut self, block: &'a Block) {
        self.statements(block);
        visit::visit_block(self, block);
    }

    fn visit_macro(&mut self, mac: &'a syn::Macro) {
        self.macro_arguments(mac);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.expression(expr);
        match expr {
            // What `expect` would say is never read where all is right.
            Expr::MethodCall(call) if call.method == "expect" => self.visit_expr(&call.receiver),
            _ => visit::visit_expr(self, expr),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STUB: &str = "fn f(n: u8) -> u8 { todo!() } fn given() -> u8 { 7 }";

    fn changed(solution: &str) -> Vec<String> {
        let mutants = mutants(solution, STUB).unwrap();
        mutants
            .iter()
            .map(|mutant| mutant.apply(solution))
            .collect()
    }

    #[test]
    fn what_the_stub_gives_is_left_alone() {
        assert_eq!(changed("fn given() -> u8 { 7 }"), Vec::<String>::new());
        assert!(!changed("fn given() -> u8 { 8 }").is_empty());
    }

    #[test]
    fn each_operator_makes_its_changes() {
        for (was, becomes) in [
            ("a == b", "a != b"),
            ("a < b", "a <= b"),
            ("a && b", "b"),
            ("!a", "a"),
            ("g(a, b)", "g(b, a)"),
            ("a.first()", "a.last()"),
            ("a.b().c()", "a.b()"),
            ("a.b().c()", "a.c()"),
            ("Some(a)", "None"),
            ("0..a", "0..=a"),
            ("7", "8"),
            ("\"text\"", "\"\""),
            ("if a { b } else { c }", "if true { b } else { c }"),
            (
                "match a { 1 if b => c, _ => d }",
                "match a { 1 if true => c, _ => d }",
            ),
            ("match a { 1 => c, _ => d }", "match a {  _ => d }"),
            ("match a { 1 => c, 2 => d }", "match a { 2 => c, 1 => d }"),
            ("{ a()?; b }", "{ let _ = a(); b }"),
            ("{ a(); b(); c }", "{ b(); a(); c }"),
            ("{ a(); b }", "{  b }"),
            ("a.notify_one()", "a.notify_all()"),
            ("E::One", "E::Two"),
            ("E::Three(1)", "E::Four(1)"),
            ("ErrorKind::NotFound", "ErrorKind::Other"),
            ("vec![1]", "vec![2]"),
            ("loop { break }", "loop { continue }"),
        ] {
            let wrap = |body: &str| {
                format!("enum E {{ One, Two, Three(u8), Four(u8) }} fn h() {{ let x = {body}; }}")
            };
            let all = changed(&wrap(was));
            assert!(all.contains(&wrap(becomes)), "{was} → {becomes}: {all:#?}");
        }
    }

    #[test]
    fn each_mutant_has_a_name_of_its_own() {
        let mutants = mutants("impl A { fn f() -> u8 { g(1) + g(1) } }", STUB).unwrap();
        let names: BTreeSet<&String> = mutants.iter().map(|mutant| &mutant.name).collect();
        assert_eq!(names.len(), mutants.len());
        assert!(names.contains(&"A::f: `1` → `2`".to_owned()), "{names:#?}");
        assert!(
            names.contains(&"A::f: `1` → `2` (2)".to_owned()),
            "{names:#?}"
        );
    }
}
