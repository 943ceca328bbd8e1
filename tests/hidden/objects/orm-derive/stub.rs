//! Turns a struct into a model at compile time.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

/// Expands `#[derive(Model)]` into an implementation of `::orm::Model`.
///
/// On the struct: `#[orm(table = "users")]`; without it the table has the struct's name.
/// On a field: `#[orm(column = "username")]`; without it the column has the field's name. Or
/// `#[orm(skip)]`: the field is no column.
pub fn expand(input: DeriveInput) -> syn::Result<TokenStream> {
    let ident = &input.ident;
    // A model of nothing, so that everything compiles from the start.
    Ok(quote! {
        impl ::orm::Model for #ident {
            const TABLE: &'static str = "";
            const COLUMNS: &'static [::orm::Column] = &[];

            fn values(&self) -> ::std::vec::Vec<::orm::Value> {
                ::core::todo!("the values of a row")
            }
        }
    })
}
