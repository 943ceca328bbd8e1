//! What another crate's code can depend on in a student's crate: everything but the bodies of
//! functions that are compiled once, where they stand.
//!
//! A driver is compiled against this instead of the crate itself, and linked to the crate. As long
//! as a student's edits stay inside such bodies, one compiled driver serves them all. Whatever
//! another crate compiles for itself is part of the interface: bodies that are generic, constant,
//! inlined, or hidden in an `impl Trait` or a future; and whatever cannot be told apart here.

mod bodies;
mod tokens;
mod writer;

use self::bodies::Bodies;
use self::tokens::{macros_of, words};
use self::writer::{Known, Writer};
use crate::submission::SourceFile;
use quote::ToTokens;
use std::collections::HashSet;
use std::thread;
use syn::File;

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

/// Bytes of the stack on which sources are parsed: enough for whatever [`Bodies`] leaves to parse.
const STACK: usize = 256 << 20;
/// Macros that read a file.
const INCLUDING: [&str; 3] = ["include", "include_bytes", "include_str"];

impl Interface {
    /// The interface of these sources, as far as code can see it that uses no other names than
    /// those in `users`; `None` where it cannot be told.
    pub(crate) fn of(sources: &[SourceFile], users: &str) -> Option<Self> {
        thread::scope(|scope| {
            let parsing = thread::Builder::new()
                .stack_size(STACK)
                .spawn_scoped(scope, || Self::parsed(sources, users));
            parsing.ok()?.join().ok()?
        })
    }

    fn parsed(sources: &[SourceFile], users: &str) -> Option<Self> {
        let parsed = sources.iter().map(Parsed::new);
        let parsed: Vec<Parsed<'_>> = parsed.collect::<Option<_>>()?;
        let macros = parsed.iter().flat_map(Parsed::macros).collect();
        let written = |used: &HashSet<&str>| -> Vec<InterfaceFile> {
            let known = Known {
                used,
                macros: &macros,
            };
            parsed.iter().map(|file| file.written(known)).collect()
        };
        // What is kept may use what could be dropped: first everything is dropped that could be.
        let least = written(&HashSet::new());
        let kept = least.iter().flat_map(|file| words(&file.text));
        let used: HashSet<&str> = kept.chain(words(users)).collect();
        let files = written(&used);
        // They would find another text than the student's.
        let reads_itself =
            |file: &InterfaceFile| words(&file.text).any(|word| INCLUDING.contains(&word));
        let reads_itself = files.iter().any(reads_itself);
        (!reads_itself).then_some(Self { files })
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

/// One file of the student's, without the bodies of its functions.
struct Parsed<'a> {
    source: &'a SourceFile,
    bodies: Bodies,
    file: File,
}

impl<'a> Parsed<'a> {
    fn new(source: &'a SourceFile) -> Option<Self> {
        let bodies = Bodies::taken_out(&source.text)?;
        let file = syn::parse2(bodies.file.clone()).ok()?;
        Some(Self {
            source,
            bodies,
            file,
        })
    }

    fn macros(&self) -> Vec<String> {
        let bodies = self.bodies.all();
        bodies
            .chain([self.file.to_token_stream()])
            .flat_map(macros_of)
            .collect()
    }

    fn written(&self, known: Known<'_>) -> InterfaceFile {
        let mut writer = Writer::new(&self.source.text, &self.bodies, known);
        writer.file(&self.file);
        let (text, lines) = writer.finish();
        InterfaceFile {
            path: self.source.path.clone(),
            text,
            lines,
        }
    }
}

#[cfg(test)]
mod tests;
