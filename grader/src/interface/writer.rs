//! What of a file is written, and how.

use super::bodies::Bodies;
use super::tokens::without_docs;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::HashSet;
use syn::spanned::Spanned;
use syn::{
    Attribute, Block, File, GenericParam, Generics, ImplItem, Item, ItemFn, ItemImpl, ItemMod,
    Path, Signature, Visibility,
};

/// What is known of the whole crate.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    /// Names that somebody may use; a function with another name can be dropped.
    pub(super) used: &'a HashSet<&'a str>,
    /// Macros that the crate defines.
    pub(super) macros: &'a HashSet<String>,
}

/// Writes one file. Each line comes from one line of the source; comments, blank lines and what is
/// dropped leave no trace.
pub(super) struct Writer<'a> {
    source: &'a str,
    bodies: &'a Bodies,
    known: Known<'a>,
    text: String,
    lines: Vec<usize>,
}

/// A function, free or not.
struct Function<'a> {
    attrs: &'a [Attribute],
    vis: &'a Visibility,
    sig: &'a Signature,
    block: &'a Block,
}

impl<'a> Writer<'a> {
    pub(super) fn new(source: &'a str, bodies: &'a Bodies, known: Known<'a>) -> Self {
        Self {
            source,
            bodies,
            known,
            text: String::new(),
            lines: Vec::new(),
        }
    }

    /// What was written, and where each line comes from.
    pub(super) fn finish(self) -> (String, Vec<usize>) {
        (self.text, self.lines)
    }

    pub(super) fn file(&mut self, file: &File) {
        let about_it = file.attrs.iter().map(ToTokens::to_token_stream);
        self.tokens(about_it.collect());
        self.items(&file.items);
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            self.item(item);
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Fn(ItemFn {
                attrs,
                vis,
                sig,
                block,
                ..
            }) => {
                let function = Function {
                    attrs,
                    vis,
                    sig,
                    block,
                };
                self.function(&function, &Generics::default(), true);
            }
            Item::Impl(item) => self.implementation(item),
            Item::Mod(ItemMod { attrs, .. }) if is_for_tests(attrs) => {}
            Item::Mod(ItemMod {
                attrs,
                vis,
                ident,
                content: Some((_, items)),
                ..
            }) => {
                self.tokens(quote!(#(#attrs)* #vis mod #ident));
                self.put("{", item.span().start().line);
                self.items(items);
                self.put("}", item.span().end().line);
            }
            Item::Struct(_) | Item::Enum(_) | Item::Type(_) | Item::Use(_) | Item::Mod(_) => {
                self.tokens(item.to_token_stream());
            }
            _ => self.verbatim(item.to_token_stream()),
        }
    }

    fn implementation(&mut self, item: &ItemImpl) {
        let mut header = item.clone();
        header.items.clear();
        let header = without_docs(header.to_token_stream()).to_string();
        let header = header.trim_end().trim_end_matches('}').to_owned();
        self.put(&header, item.span().start().line);
        for inside in &item.items {
            let ImplItem::Fn(method) = inside else {
                self.verbatim(inside.to_token_stream());
                continue;
            };
            let function = Function {
                attrs: &method.attrs,
                vis: &method.vis,
                sig: &method.sig,
                block: &method.block,
            };
            self.function(&function, &item.generics, item.trait_.is_none());
        }
        self.put("}", item.span().end().line);
    }

    fn function(&mut self, function: &Function<'_>, around: &Generics, can_be_dropped: bool) {
        let Function {
            attrs, vis, sig, ..
        } = function;
        if is_for_tests(attrs) {
            return;
        }
        if !self.is_opaque(function, around) {
            self.tokens(quote!(#(#attrs)*));
            let block = function.block;
            self.verbatim(quote!(#vis #sig #block));
            return;
        }
        if !can_be_dropped || self.known.used.contains(sig.ident.to_string().as_str()) {
            self.tokens(quote!(#(#attrs)* #vis #sig { loop {} }));
        }
    }

    /// Whether its body is compiled once, with the student's crate, and changes nothing outside.
    fn is_opaque(&self, function: &Function<'_>, around: &Generics) -> bool {
        let sig = function.sig;
        let Some(body) = self.bodies.at(function.block.span().byte_range().start) else {
            return false;
        };
        let is_plain = sig.constness.is_none() && sig.asyncness.is_none();
        let (inputs, output) = (&sig.inputs, &sig.output);
        let mut parts = [quote!(#inputs #output), body].into_iter();
        is_plain
            && [around, &sig.generics].into_iter().all(has_no_types)
            && function.attrs.iter().all(is_harmless)
            && parts.all(|tokens| self.is_self_contained(tokens))
    }

    /// Whether nothing in it can add to what is seen outside.
    fn is_self_contained(&self, tokens: TokenStream) -> bool {
        let mut tokens = tokens.into_iter().peekable();
        let mut before: Option<String> = None;
        while let Some(token) = tokens.next() {
            let word = match &token {
                TokenTree::Ident(word) => Some(word.to_string()),
                _ => None,
            };
            let is_call = matches!(&token, TokenTree::Punct(mark) if mark.as_char() == '!')
                && matches!(
                    tokens.peek(),
                    Some(TokenTree::Group(_) | TokenTree::Ident(_))
                );
            let is_unknown = |name: &String| {
                self.known.macros.contains(name) || !HARMLESS_MACROS.contains(&name.as_str())
            };
            if is_call && before.as_ref().is_some_and(is_unknown) {
                return false;
            }
            match &token {
                TokenTree::Ident(word) if word == "impl" => return false,
                TokenTree::Group(group) if !self.is_self_contained(group.stream()) => return false,
                _ => {}
            }
            before = word;
        }
        true
    }

    /// Writes tokens in one line, without what documents them.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens = without_docs(tokens);
        let Some(first) = tokens.clone().into_iter().next() else {
            return;
        };
        self.put(&tokens.to_string(), first.span().start().line);
    }

    /// Writes tokens as they stand in the source, without what documents them as a whole.
    fn verbatim(&mut self, tokens: TokenStream) {
        let mut tokens = without_docs(tokens).into_iter();
        let Some(first) = tokens.next() else {
            return;
        };
        let start = first.span();
        let end = tokens.last().map_or(start, |last| last.span());
        let range = start.byte_range().start..end.byte_range().end;
        let text = self.source.get(range).unwrap_or_default().to_owned();
        self.put(&text, start.start().line);
    }

    fn put(&mut self, text: &str, first: usize) {
        for (index, line) in text.lines().enumerate() {
            self.text += line;
            self.text.push('\n');
            self.lines.push(first + index);
        }
    }
}

/// Attributes of functions that leave their bodies where they are.
const HARMLESS_ATTRIBUTES: [&str; 10] = [
    "allow",
    "cfg",
    "cold",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "must_use",
    "track_caller",
    "warn",
];

/// Macros that make no items which are seen outside a body; and words that stand before `!` and a
/// bracket without being macros.
const HARMLESS_MACROS: [&str; 40] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "column",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "else",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "if",
    "in",
    "join",
    "json",
    "line",
    "match",
    "matches",
    "module_path",
    "panic",
    "pin",
    "print",
    "println",
    "quote",
    "return",
    "select",
    "stringify",
    "thread_local",
    "todo",
    "try_join",
    "unimplemented",
    "unreachable",
    "vec",
    "while",
    "write",
    "writeln",
];

fn is_harmless(attribute: &Attribute) -> bool {
    let path = attribute.path();
    HARMLESS_ATTRIBUTES
        .iter()
        .any(|harmless| path.is_ident(harmless))
}

/// `#[test]` and `#[cfg(test)]`: never compiled here.
fn is_for_tests(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attribute| {
        let is_cfg = attribute.path().is_ident("cfg");
        attribute.path().is_ident("test")
            || is_cfg
                && attribute
                    .parse_args::<Path>()
                    .is_ok_and(|of| of.is_ident("test"))
    })
}

fn has_no_types(generics: &Generics) -> bool {
    let mut params = generics.params.iter();
    params.all(|param| matches!(param, GenericParam::Lifetime(_)))
}
