// Mistake: takes the spelling of a raw identifier for its name.
// Caught by: a_raw_identifier_is_an_ordinary_name

//! Turns a struct into a model at compile time.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use std::collections::HashSet;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Error, Field, Fields, Ident, LitStr, Path, Result, Type,
    parse_quote_spanned,
};

/// Expands `#[derive(Model)]` into an implementation of `::orm::Model`.
///
/// On the struct: `#[orm(table = "users")]`; without it the table has the struct's name.
/// On a field: `#[orm(column = "username")]`; without it the column has the field's name. Or
/// `#[orm(skip)]`: the field is no column.
pub fn expand(input: DeriveInput) -> syn::Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new(input.ident.span(), "a model is a struct"));
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(Error::new(input.ident.span(), "a model has named fields"));
    };

    let mut mistakes = Mistakes::default();
    let table = mistakes.keep(Names::of_struct(&input.attrs)).flatten();
    let columns = fields.named.iter().map(Column::of_field);
    let columns = columns.filter_map(|column| mistakes.keep(column).flatten());
    let columns: Vec<Column<'_>> = columns.collect();
    mistakes.keep(all_different(&columns));
    mistakes.end()?;
    if columns.is_empty() {
        return Err(Error::new(
            input.ident.span(),
            "a model has at least one column",
        ));
    }
    Ok(implementation(&input, table, &columns))
}

fn implementation(
    input: &DeriveInput,
    table: Option<LitStr>,
    columns: &[Column<'_>],
) -> TokenStream {
    let ident = &input.ident;
    let table = table.unwrap_or_else(|| name_of(ident));

    let described = columns.iter().map(|Column { ident, ty, name }| {
        let field = name_of(ident);
        quote_spanned! {ty.span()=>
            ::orm::Column {
                field: #field,
                name: #name,
                column_type: <#ty as ::orm::SqlType>::COLUMN_TYPE,
                nullable: <#ty as ::orm::SqlType>::NULLABLE,
            }
        }
    });
    let values = columns.iter().map(|Column { ident, ty, .. }| {
        quote_spanned! {ty.span()=> <#ty as ::orm::SqlType>::to_value(&self.#ident) }
    });

    let mut generics = input.generics.clone();
    if !generics.params.is_empty() {
        let bounds = columns
            .iter()
            .map(|Column { ty, .. }| -> syn::WherePredicate {
                parse_quote_spanned! {ty.span()=> #ty: ::orm::SqlType }
            });
        generics.make_where_clause().predicates.extend(bounds);
    }
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();

    quote! {
        impl #impl_generics ::orm::Model for #ident #ty_generics #where_clause {
            const TABLE: &'static ::core::primitive::str = #table;
            const COLUMNS: &'static [::orm::Column] = &[#(#described),*];

            fn values(&self) -> ::std::vec::Vec<::orm::Value> {
                ::std::vec![#(#values),*]
            }
        }
    }
}

/// A field that is stored.
struct Column<'a> {
    ident: &'a Ident,
    ty: &'a Type,
    /// With the span of whatever gave the name: the attribute's text or the field.
    name: LitStr,
}

impl<'a> Column<'a> {
    /// `None` for a field that is skipped.
    fn of_field(field: &'a Field) -> Result<Option<Self>> {
        let Names { given, skip } = Names::parse(&field.attrs, "column", true)?;
        let ident = field.ident.as_ref().expect("the fields are named");
        match (skip, given) {
            (Some(skip), Some(_)) => Err(Error::new(skip, "a skipped field has no column")),
            (Some(_), None) => Ok(None),
            (None, given) => Ok(Some(Self {
                ident,
                ty: &field.ty,
                name: given.unwrap_or_else(|| name_of(ident)),
            })),
        }
    }
}

fn all_different(columns: &[Column<'_>]) -> Result<()> {
    let mut seen = HashSet::new();
    let mut mistakes = Mistakes::default();
    for Column { name, .. } in columns {
        if !seen.insert(name.value()) {
            let message = format!("there is a column {:?} already", name.value());
            mistakes.keep(Err::<(), _>(Error::new(name.span(), message)));
        }
    }
    mistakes.end()
}

/// `r#type` is the Rust spelling of the name `type`.
fn name_of(ident: &Ident) -> LitStr {
    LitStr::new(&ident.to_string(), ident.span())
}

/// What the `#[orm(…)]` attributes of one item say.
struct Names {
    given: Option<LitStr>,
    /// Where the word is.
    skip: Option<Span>,
}

impl Names {
    fn of_struct(attrs: &[Attribute]) -> Result<Option<LitStr>> {
        Self::parse(attrs, "table", false).map(|names| names.given)
    }

    /// Goes through all attributes of the item, so that a key in a second one counts as well.
    fn parse(attrs: &[Attribute], key: &str, can_skip: bool) -> Result<Self> {
        let mut names = Self {
            given: None,
            skip: None,
        };
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("orm")) {
            attr.parse_nested_meta(|meta| {
                if meta.path.is_ident(key) {
                    once(&names.given, &meta.path)?;
                    names.given = Some(text(&meta)?);
                } else if can_skip && meta.path.is_ident("skip") {
                    once(&names.skip, &meta.path)?;
                    names.skip = Some(meta.path.span());
                } else {
                    return Err(Error::new_spanned(
                        &meta.path,
                        "this key means nothing here",
                    ));
                }
                Ok(())
            })?;
        }
        Ok(names)
    }
}

fn text(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    meta.value()?.parse()
}

fn once<T>(before: &Option<T>, key: &Path) -> Result<()> {
    match before {
        Some(_) => Err(Error::new_spanned(key, "this key is there twice")),
        None => Ok(()),
    }
}

/// All mistakes at once: whoever mends them wants to compile once, not once for each.
#[derive(Default)]
struct Mistakes(Option<Error>);

impl Mistakes {
    fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        match (result, &mut self.0) {
            (Ok(value), _) => return Some(value),
            (Err(error), Some(before)) => before.combine(error),
            (Err(error), none) => *none = Some(error),
        }
        None
    }

    fn end(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}
