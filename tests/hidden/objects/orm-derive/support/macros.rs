//! The derive itself. This is a support crate: everything it does, `orm_derive::expand` does.

use proc_macro::TokenStream;
use syn::{DeriveInput, Error, parse_macro_input};

/// Implements `orm::Model` for a struct with named fields.
#[proc_macro_derive(Model, attributes(orm))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let expanded = orm_derive::expand(input);
    expanded.unwrap_or_else(Error::into_compile_error).into()
}
