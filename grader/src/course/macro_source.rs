//! The two forms of a support crate of macros: one records what the student's code expands each
//! use to, the other replays that without the student's code.

use super::spans;
use crate::error::{Error, Result};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::path::Path;
use syn::{Attribute, File, FnArg, Item, ItemFn, Pat, Signature};

/// The attributes that make a function a macro.
const KINDS: &[&str] = &["proc_macro", "proc_macro_attribute", "proc_macro_derive"];

/// The source of a crate of macros, in two forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MacroSource {
    /// The original, which also records every expansion.
    pub(crate) recording: String,
    /// Only the macros, which replay what was recorded.
    pub(crate) replaying: String,
}

impl MacroSource {
    /// Makes both from the crate's only file.
    ///
    /// # Errors
    /// When it is not Rust.
    pub(crate) fn parse(path: &Path, source: &str) -> Result<Self> {
        spans::with_temporary_spans(|| Self::parsed(path, source))
    }

    fn parsed(path: &Path, source: &str) -> Result<Self> {
        let file = syn::parse_file(source)
            .map_err(|error| Error::course(path, format!("not Rust: {error}")))?;
        let macros: Vec<&ItemFn> = file.items.iter().filter_map(a_macro).collect();
        let replaying = macros.iter().map(|function| replaying(function));
        let replaying: TokenStream = replaying.collect();
        Ok(Self {
            recording: recording(&file).to_string(),
            replaying: replaying.to_string(),
        })
    }
}

fn a_macro(item: &Item) -> Option<&ItemFn> {
    match item {
        Item::Fn(function) if function.attrs.iter().any(is_kind) => Some(function),
        _ => None,
    }
}

fn is_kind(attribute: &Attribute) -> bool {
    KINDS.iter().any(|kind| attribute.path().is_ident(kind))
}

fn recording(file: &File) -> TokenStream {
    let attributes = &file.attrs;
    let items = file.items.iter().map(|item| {
        let as_macro = a_macro(item);
        as_macro.map_or_else(|| quote!(#item), recorded)
    });
    quote!(#(#attributes)* #(#items)*)
}

fn recorded(function: &ItemFn) -> TokenStream {
    let (attributes, visibility) = (&function.attrs, &function.vis);
    let (signature, body) = (&function.sig, &function.block);
    let inputs = inputs(signature);
    quote! {
        #(#attributes)* #visibility #signature {
            let inputs = [#(::core::clone::Clone::clone(&#inputs)),*];
            ::expansion::recorded(&inputs, move || -> ::proc_macro::TokenStream #body)
        }
    }
}

fn replaying(function: &ItemFn) -> TokenStream {
    let kind = function.attrs.iter().filter(|attribute| is_kind(attribute));
    let name = &function.sig.ident;
    let inputs: Vec<_> = (0..function.sig.inputs.len())
        .map(|index| format_ident!("input_{index}"))
        .collect();
    quote! {
        #(#kind)*
        pub fn #name(#(#inputs: ::proc_macro::TokenStream),*) -> ::proc_macro::TokenStream {
            ::expansion::replayed(&[#(#inputs),*])
        }
    }
}

fn inputs(signature: &Signature) -> Vec<&syn::Ident> {
    let patterns = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(&*typed.pat),
        FnArg::Receiver(_) => None,
    });
    patterns
        .filter_map(|pattern| match pattern {
            Pat::Ident(named) => Some(&named.ident),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACROS: &str = r"
        use proc_macro::TokenStream;

        #[proc_macro_derive(Model, attributes(orm))]
        pub fn derive_model(input: TokenStream) -> TokenStream {
            student::expand(input)
        }

        fn help() {}
    ";

    fn parsed() -> MacroSource {
        MacroSource::parse(Path::new("macros.rs"), MACROS).unwrap()
    }

    #[test]
    fn the_replaying_form_has_no_code_but_its_own() {
        let replaying = parsed().replaying;
        assert!(replaying.contains("proc_macro_derive (Model , attributes (orm))"));
        assert!(replaying.contains("replayed"));
        assert!(!replaying.contains("student") && !replaying.contains("help"));
    }

    #[test]
    fn the_recording_form_still_calls_the_student() {
        let recording = parsed().recording;
        assert!(recording.contains("recorded"));
        assert!(recording.contains("student :: expand (input)"));
        assert!(recording.contains("fn help"));
    }
}
