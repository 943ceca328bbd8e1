//! What a solution has: its functions and its enums.

use super::siblings;
use quote::ToTokens;
use std::collections::BTreeMap;
use syn::visit::{self, Visit};
use syn::{Fields, Item, ItemEnum, ItemImpl, Signature};

/// The functions of a file with the tokens of their bodies.
pub(super) fn bodies(file: &syn::File) -> BTreeMap<String, String> {
    #[derive(Default)]
    struct Bodies {
        place: Vec<String>,
        found: BTreeMap<String, String>,
    }
    impl<'a> Visit<'a> for Bodies {
        fn visit_item_impl(&mut self, item: &'a ItemImpl) {
            self.place.push(name_of(item));
            visit::visit_item_impl(self, item);
            self.place.pop();
        }
        fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
            let name = place(&self.place, &item.sig);
            self.found
                .insert(name, item.block.to_token_stream().to_string());
        }
        fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
            let name = place(&self.place, &item.sig);
            self.found
                .insert(name, item.block.to_token_stream().to_string());
        }
    }
    let mut bodies = Bodies::default();
    bodies.visit_file(file);
    bodies.found
}

/// `Type` or `Type as Trait`.
pub(super) fn name_of(item: &ItemImpl) -> String {
    let of = item.self_ty.to_token_stream().to_string().replace(' ', "");
    match &item.trait_ {
        Some((path, _)) => format!(
            "{of} as {}",
            path.to_token_stream().to_string().replace(' ', "")
        ),
        None => of,
    }
}

fn place(around: &[String], sig: &Signature) -> String {
    let function = sig.ident.to_string();
    around
        .iter()
        .cloned()
        .chain([function])
        .collect::<Vec<_>>()
        .join("::")
}

/// The variants of an enum that hold nothing, or one unnamed field: by name.
pub(super) type Variants = Vec<(String, usize)>;

pub(super) fn enums(file: &syn::File) -> BTreeMap<String, Variants> {
    let items = file.items.iter().filter_map(|item| match item {
        Item::Enum(item) => Some((item.ident.to_string(), variants(item))),
        _ => None,
    });
    let mut known: BTreeMap<String, Variants> = siblings::ENUMS
        .iter()
        .map(|(name, variants)| {
            let variants = variants.iter().map(|variant| ((*variant).to_owned(), 0));
            ((*name).to_owned(), variants.collect())
        })
        .collect();
    known.extend(items);
    known
}

fn variants(item: &ItemEnum) -> Variants {
    let shape = |fields: &Fields| match fields {
        Fields::Unit => Some(0),
        Fields::Unnamed(fields) => Some(fields.unnamed.len()),
        Fields::Named(_) => None,
    };
    let variants = item.variants.iter();
    variants
        .filter_map(|variant| Some((variant.ident.to_string(), shape(&variant.fields)?)))
        .collect()
}
