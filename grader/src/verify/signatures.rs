//! Stub and solution have the same public face, compared as syntax.

use super::{Bench, Findings};
use crate::course::with_temporary_spans;
use crate::error::{Error, Result};
use quote::ToTokens;
use std::collections::BTreeSet;
use std::fs;
use syn::{
    Attribute, Field, Fields, FnArg, ImplItem, Item, ItemImpl, Pat, Signature, TraitItem,
    Visibility,
};

/// Compares the public items of stub and solution.
pub(super) fn verify(bench: &Bench, findings: &mut Findings) -> Result<()> {
    let file = bench
        .catalogue
        .root
        .join("solutions")
        .join(bench.kata.path());
    let file = file.join("src/lib.rs");
    let solution = fs::read_to_string(&file).map_err(|error| Error::io("read", &file, &error))?;
    let stub = bench.kata.stub()?;
    let found = match (face(&stub), face(&solution)) {
        (Ok(stub), Ok(solution)) => differences(&stub, &solution),
        (stub, solution) => [stub.err(), solution.err()]
            .into_iter()
            .flatten()
            .map(|error| format!("not Rust: {error}"))
            .collect(),
    };
    findings.note("same signatures", found);
    Ok(())
}

fn differences(stub: &BTreeSet<String>, solution: &BTreeSet<String>) -> Vec<String> {
    let missing = stub
        .difference(solution)
        .map(|item| format!("only the stub has `{item}`"));
    // A solution may implement more traits for its types, `Drop` for example.
    let extra = solution
        .difference(stub)
        .filter(|item| !item.starts_with("impl"));
    let extra = extra.map(|item| format!("only the solution has `{item}`"));
    missing.chain(extra).collect()
}

/// Every public item, without bodies, documentation and argument names.
fn face(source: &str) -> syn::Result<BTreeSet<String>> {
    with_temporary_spans(|| {
        let mut face = BTreeSet::new();
        for item in syn::parse_file(source)?.items {
            describe(&item, &mut face);
        }
        Ok(face)
    })
}

fn describe(item: &Item, face: &mut BTreeSet<String>) {
    match item {
        Item::Fn(function) if is_public(&function.vis) => {
            face.insert(signature(&function.sig));
        }
        Item::Struct(item) if is_public(&item.vis) => {
            let fields = public_fields(&item.fields);
            let (name, generics) = (&item.ident, text(&item.generics));
            face.insert(format!(
                "struct {name}{generics} {{ {fields} }}{}",
                derives(&item.attrs)
            ));
        }
        Item::Enum(item) if is_public(&item.vis) => {
            let variants = item.variants.iter().map(|variant| {
                let fields: Vec<String> = variant.fields.iter().map(field).collect();
                format!("{}({})", variant.ident, fields.join(", "))
            });
            let variants: Vec<String> = variants.collect();
            let (name, generics) = (&item.ident, text(&item.generics));
            face.insert(format!(
                "enum {name}{generics} {{ {} }}{}",
                variants.join(", "),
                derives(&item.attrs)
            ));
        }
        Item::Trait(item) if is_public(&item.vis) => {
            let methods = item.items.iter().map(|method| match method {
                TraitItem::Fn(method) => signature(&method.sig),
                other => text(other),
            });
            let methods: Vec<String> = methods.collect();
            face.insert(format!("trait {} {{ {} }}", item.ident, methods.join("; ")));
        }
        Item::Const(item) if is_public(&item.vis) => {
            face.insert(format!(
                "const {}: {} = {}",
                item.ident,
                text(&item.ty),
                text(&item.expr)
            ));
        }
        Item::Type(item) if is_public(&item.vis) => {
            face.insert(format!("type {} = {}", item.ident, text(&item.ty)));
        }
        Item::Mod(item) if is_public(&item.vis) => {
            face.insert(format!("mod {}", item.ident));
        }
        Item::Impl(item) => describe_impl(item, face),
        _ => {}
    }
}

fn describe_impl(item: &ItemImpl, face: &mut BTreeSet<String>) {
    let of = format!(
        "{}{}",
        text(&item.self_ty),
        text(&item.generics.where_clause)
    );
    if let Some((path, _)) = &item.trait_ {
        face.insert(format!(
            "impl{} {} for {of}",
            text(&item.generics),
            text(path)
        ));
        return;
    }
    for method in &item.items {
        match method {
            ImplItem::Fn(method) if is_public(&method.vis) => {
                face.insert(format!("{of}: {}", signature(&method.sig)));
            }
            ImplItem::Const(item) if is_public(&item.vis) => {
                face.insert(format!("{of}: const {}", item.ident));
            }
            _ => {}
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// A signature without names of arguments: a stub may call one `path` and its solution too,
/// or not, and `mut` is nobody's business.
fn signature(signature: &Signature) -> String {
    let inputs = signature.inputs.iter().map(|input| match input {
        FnArg::Receiver(receiver) => {
            // `mut self` is the body's business, `&mut self` the caller's.
            let receiver = text(receiver);
            receiver
                .strip_prefix("mut ")
                .map(str::to_owned)
                .unwrap_or(receiver)
        }
        FnArg::Typed(argument) => match &*argument.pat {
            Pat::Ident(_) | Pat::Wild(_) => text(&argument.ty),
            other => format!("{}: {}", text(other), text(&argument.ty)),
        },
    });
    let inputs: Vec<String> = inputs.collect();
    format!(
        "{}{}fn {}{}({}) {}{}",
        signature.constness.map(|_| "const ").unwrap_or_default(),
        signature.asyncness.map(|_| "async ").unwrap_or_default(),
        signature.ident,
        text(&signature.generics),
        inputs.join(", "),
        text(&signature.output),
        text(&signature.generics.where_clause),
    )
}

fn public_fields(fields: &Fields) -> String {
    let public = fields.iter().filter(|field| is_public(&field.vis));
    public.map(field).collect::<Vec<_>>().join(", ")
}

fn field(field: &Field) -> String {
    let name = field.ident.as_ref().map(ToString::to_string);
    format!("{}: {}", name.unwrap_or_default(), text(&field.ty))
}

fn derives(attributes: &[Attribute]) -> String {
    let derives = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"));
    let mut names: Vec<String> = derives
        .flat_map(|attribute| {
            let list = attribute
                .meta
                .require_list()
                .map(|list| list.tokens.to_string());
            let list = list.unwrap_or_default();
            list.split(',')
                .map(|name| name.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .filter(|name| !name.is_empty())
        .collect();
    names.sort();
    if names.is_empty() {
        return String::new();
    }
    format!(" derives {}", names.join(", "))
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(stub: &str, solution: &str) -> Vec<String> {
        differences(&face(stub).unwrap(), &face(solution).unwrap())
    }

    #[test]
    fn bodies_private_items_and_argument_names_do_not_matter() {
        let stub = "pub struct A { x: u8 } pub fn f(path: &str) -> u8 { todo!() }";
        let solution =
            "pub struct A { y: String } fn g() {} impl Drop for A { fn drop(&mut self) {} }
                        pub fn f(p: &str) -> u8 { 1 }";
        assert_eq!(compare(stub, solution), Vec::<String>::new());
    }

    #[test]
    fn a_changed_type_variant_derive_or_receiver_is_found() {
        for (stub, solution) in [
            ("pub fn f(a: u8) {}", "pub fn f(a: u16) {}"),
            ("pub enum E { A }", "pub enum E { A, B }"),
            ("#[derive(Debug)] pub struct S;", "pub struct S;"),
            (
                "pub struct S; impl S { pub fn f(&self) {} }",
                "pub struct S; impl S { pub fn f(&mut self) {} }",
            ),
            ("pub struct S { pub a: u8 }", "pub struct S { a: u8 }"),
        ] {
            assert!(!compare(stub, solution).is_empty(), "{stub} / {solution}");
        }
    }
}
