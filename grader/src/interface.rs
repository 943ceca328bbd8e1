//! What another crate's code can depend on in a student's crate: everything but the bodies of
//! functions that are compiled once, where they stand.
//!
//! A driver is compiled against this instead of the crate itself, and linked to the crate. As long
//! as a student's edits stay inside such bodies, one compiled driver serves them all. Whatever
//! another crate compiles for itself is part of the interface: bodies that are generic, constant,
//! inlined, or hidden in an `impl Trait` or a future; and whatever cannot be told apart here.

use crate::spans;
use crate::submission::SourceFile;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::HashSet;
use syn::spanned::Spanned;
use syn::{
    Attribute, Block, File, GenericParam, Generics, ImplItem, Item, ItemFn, ItemImpl, ItemMod, Path,
    Signature, Visibility,
};

/// A student's crate without what no other crate can see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interface {
    files: Vec<InterfaceFile>,
}

/// One file of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InterfaceFile {
    /// Relative to `src`, with `/`; the same as the student's.
    pub(crate) path: String,
    /// What is compiled.
    pub(crate) text: String,
    /// For each line of the text the student's, from 1.
    lines: Vec<usize>,
}

impl Interface {
    /// The interface of these sources, as far as code can see it that uses no other names than
    /// those in `users`; `None` where it cannot be told.
    pub(crate) fn of(sources: &[SourceFile], users: &str) -> Option<Self> {
        spans::forgotten_after(|| {
            let parsed: Option<Vec<_>> = sources
                .iter()
                .map(|file| Some((file, syn::parse_file(&file.text).ok()?)))
                .collect();
            let parsed = parsed?;
            let macros = parsed
                .iter()
                .flat_map(|(_, parsed)| macros_of(parsed.to_token_stream()))
                .collect();
            let written = |used: &HashSet<&str>| -> Vec<InterfaceFile> {
                let files = parsed.iter();
                let files = files.map(|(file, parsed)| written(file, parsed, used, &macros));
                files.collect()
            };
            // What is kept may use what could be dropped: first everything is dropped that could be.
            let least = written(&HashSet::new());
            let kept = least.iter().flat_map(|file| words(&file.text));
            let used: HashSet<&str> = kept.chain(words(users)).collect();
            let files = written(&used);
            // They would find another text than the student's.
            let reads_itself = files.iter().flat_map(|file| words(&file.text));
            let reads_itself = reads_itself.into_iter().any(|word| INCLUDING.contains(&word));
            (!reads_itself).then_some(Self { files })
        })
    }

    /// Its files.
    pub(crate) fn files(&self) -> &[InterfaceFile] {
        &self.files
    }

    /// The student's line that a line of the interface comes from.
    pub(crate) fn original(&self, path: &str, line: usize) -> Option<usize> {
        let file = self.files.iter().find(|file| file.path == path)?;
        file.lines.get(line.checked_sub(1)?).copied()
    }
}

fn written(
    file: &SourceFile,
    parsed: &File,
    used: &HashSet<&str>,
    macros: &HashSet<String>,
) -> InterfaceFile {
    let mut writer = Writer {
        source: &file.text,
        used,
        macros,
        text: String::new(),
        lines: Vec::new(),
    };
    let about_file = parsed.attrs.iter().map(ToTokens::to_token_stream);
    writer.tokens(about_file.collect());
    parsed.items.iter().for_each(|item| writer.item(item));
    InterfaceFile {
        path: file.path.clone(),
        text: writer.text,
        lines: writer.lines,
    }
}

/// Writes one file. Each line comes from one line of the source; comments, blank lines and what is
/// dropped leave no trace.
struct Writer<'a> {
    source: &'a str,
    /// Names that somebody may use; a function with another name can be dropped.
    used: &'a HashSet<&'a str>,
    /// Macros that the crate defines.
    macros: &'a HashSet<String>,
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

impl Writer<'_> {
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
                items.iter().for_each(|item| self.item(item));
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
        if !can_be_dropped || self.used.contains(sig.ident.to_string().as_str()) {
            self.tokens(quote!(#(#attrs)* #vis #sig { loop {} }));
        }
    }

    /// Whether its body is compiled once, with the student's crate, and changes nothing outside.
    fn is_opaque(&self, function: &Function<'_>, around: &Generics) -> bool {
        let sig = function.sig;
        let is_plain = sig.constness.is_none() && sig.asyncness.is_none();
        let (inputs, output) = (&sig.inputs, &sig.output);
        let mut parts = [quote!(#inputs #output), function.block.to_token_stream()].into_iter();
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
                self.macros.contains(name) || !HARMLESS_MACROS.contains(&name.as_str())
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

/// Macros that read a file.
const INCLUDING: [&str; 3] = ["include", "include_bytes", "include_str"];

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

fn without_docs(tokens: TokenStream) -> TokenStream {
    let (mut kept, mut hashes) = (Vec::new(), Vec::new());
    for token in tokens {
        match token {
            TokenTree::Punct(mark)
                if mark.as_char() == '#' || mark.as_char() == '!' && hashes.len() == 1 =>
            {
                hashes.push(TokenTree::Punct(mark));
            }
            TokenTree::Group(group) if !hashes.is_empty() && is_doc(&group) => hashes.clear(),
            TokenTree::Group(group) => {
                kept.append(&mut hashes);
                let mut inside = Group::new(group.delimiter(), without_docs(group.stream()));
                inside.set_span(group.span());
                kept.push(TokenTree::Group(inside));
            }
            token => {
                kept.append(&mut hashes);
                kept.push(token);
            }
        }
    }
    kept.append(&mut hashes);
    kept.into_iter().collect()
}

fn is_doc(group: &Group) -> bool {
    let first = group.stream().into_iter().next();
    group.delimiter() == Delimiter::Bracket
        && matches!(first, Some(TokenTree::Ident(word)) if word == "doc")
}

/// Names after `macro_rules!`.
fn macros_of(tokens: TokenStream) -> Vec<String> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found: Vec<String> = tokens
        .windows(3)
        .filter_map(|three| match three {
            [TokenTree::Ident(word), TokenTree::Punct(_), TokenTree::Ident(name)]
                if word == "macro_rules" =>
            {
                Some(name.to_string())
            }
            _ => None,
        })
        .collect();
    for token in tokens {
        if let TokenTree::Group(group) = token {
            found.extend(macros_of(group.stream()));
        }
    }
    found
}

/// Whatever could be a name in a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter != '_' && !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn same() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for kata in std::env::var("KATAS").unwrap().split(',') {
            let users = std::fs::read_to_string(root.join("tests/hidden").join(kata).join("suite.rs")).unwrap();
            let read = |folder: &std::path::Path| -> Vec<SourceFile> {
                let mut files: Vec<SourceFile> = Vec::new();
                let folder = if folder.is_dir() { folder.to_owned() } else { return vec![SourceFile { path: "lib.rs".into(), text: std::fs::read_to_string(folder).unwrap() }] };
                for entry in std::fs::read_dir(folder).unwrap().flatten() {
                    files.push(SourceFile { path: entry.file_name().to_string_lossy().into(), text: std::fs::read_to_string(entry.path()).unwrap() });
                }
                files
            };
            let sol = root.join("solutions").join(kata);
            let mut base = read(&sol.join("src"));
            let of = |files: &[SourceFile]| Interface::of(files, &users).map(|i| i.files.iter().map(|f| f.text.clone()).collect::<String>());
            let reference = of(&base);
            let mut seen = std::collections::HashMap::<String, usize>::new();
            let (mut none, mut same, mut n) = (0, 0, 0);
            for entry in std::fs::read_dir(sol.join("wrong")).unwrap().flatten() {
                if entry.path().extension().is_none_or(|e| e != "rs") { continue; }
                n += 1;
                let lib = std::fs::read_to_string(entry.path()).unwrap();
                base.iter_mut().find(|f| f.path == "lib.rs").unwrap().text = lib;
                match of(&base) { None => none += 1, Some(i) => { if Some(&i) == reference.as_ref() { same += 1; } *seen.entry(i).or_default() += 1; } }
            }
            println!("{kata}: {n} wrong, {same} as the reference, {none} none, {} interfaces, reference has {:?}", seen.len(), reference.is_some());
        }
    }
}
