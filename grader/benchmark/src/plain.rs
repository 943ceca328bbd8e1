//! Plain `#[test]` versions of a suite's cases.
//!
//! A case's acting half becomes a test with the input that the oracle drew for one seed. What
//! it comes to is dropped: a real test would have to be compiled with assertions, so this is
//! less work than any rival of the same scenarios has.

use anyhow::{Context, Result};
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeMap;
use syn::parse::{Parse, ParseStream};
use syn::{
    Block, Ident, Item, LitInt, LitStr, Macro, Pat, Token, Type, braced, bracketed, parenthesized,
};

/// Inputs of a kata's cases, encoded, by the case's name.
pub(crate) type Inputs = BTreeMap<String, Vec<u8>>;

/// What a suite is as plain tests.
#[derive(Debug)]
pub(crate) struct Plain {
    /// The test program.
    pub(crate) tests: String,
    /// The program that cases start, if they start any.
    pub(crate) roles: Option<String>,
}

/// How the program that cases start is called.
pub(crate) fn roles_program(id: &str) -> String {
    format!("{id}-roles")
}

/// Makes plain tests of a suite.
///
/// # Errors
/// When the text is no suite, or the oracle drew no input for one of its cases.
pub(crate) fn plain(suite: &str, id: &str, inputs: &Inputs) -> Result<Plain> {
    let file = syn::parse_file(suite)?;
    let call = file.items.iter().find_map(|item| match item {
        Item::Macro(item) if item.mac.path.is_ident("suite") => Some(&item.mac),
        _ => None,
    });
    let suite: Suite = call
        .map(Macro::parse_body)
        .context("there is no call of `suite!`")??;
    Ok(Plain {
        tests: suite.tests(id, inputs)?,
        roles: (!suite.roles.is_empty()).then(|| suite.program(id)),
    })
}

#[derive(Default)]
struct Suite {
    /// What cases and roles are written with.
    items: TokenStream,
    roles: Vec<Ident>,
    cases: Vec<Case>,
}

struct Case {
    name: Ident,
    input: Type,
    given: Pat,
    log: Ident,
    report: Type,
    drive: Block,
}

impl Suite {
    fn tests(&self, id: &str, inputs: &Inputs) -> Result<String> {
        let items = &self.items;
        let program = if self.roles.is_empty() {
            quote!("")
        } else {
            let variable = format!("CARGO_BIN_EXE_{}", roles_program(id));
            quote!(env!(#variable))
        };
        let tests: Vec<TokenStream> = self
            .cases
            .iter()
            .map(|case| {
                let name = case.name.to_string();
                let input = inputs.get(&name);
                Ok(case.test(input.with_context(|| format!("{id}/{name} has no input"))?))
            })
            .collect::<Result<_>>()?;
        let text = quote! {
            #![allow(warnings, reason = "the suite is linted where it stands")]
            #items
            fn prepare() -> uncaged::WorkingFolder {
                uncaged::prepare(#program.to_owned(), #id);
                uncaged::WorkingFolder::enter().expect("a working folder")
            }
            #(#tests)*
        };
        Ok(text.to_string())
    }

    fn program(&self, id: &str) -> String {
        let (items, roles) = (&self.items, &self.roles);
        let names = roles.iter().map(ToString::to_string);
        let text = quote! {
            #![allow(warnings, reason = "the suite is linted where it stands")]
            #items
            fn main() -> std::process::ExitCode {
                suite::serve(&[suite::Kata {
                    id: #id,
                    cases: &[],
                    roles: &[#(suite::Role { name: #names, run: #roles }),*],
                }])
            }
        };
        text.to_string()
    }
}

impl Case {
    fn test(&self, input: &[u8]) -> TokenStream {
        let Self {
            name,
            input: given_type,
            given,
            log,
            report,
            drive,
        } = self;
        let test = format_ident!("test_{name}");
        let bytes = Literal::byte_string(input);
        quote! {
            fn #name(#given: #given_type, #log: &suite::Log) -> #report #drive
            #[test]
            fn #test() {
                let _folder = prepare();
                let input = suite::Wire::from_bytes(#bytes).expect("an input");
                std::hint::black_box(#name(input, &suite::Log::new()));
            }
        }
    }
}

impl Parse for Suite {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut suite = Self::default();
        while !input.is_empty() {
            suite.part(input)?;
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(suite)
    }
}

impl Suite {
    fn part(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let name: Ident = input.parse()?;
        input.parse::<Token![=]>()?;
        if name == "shared" || name == "acting" {
            let inside;
            braced!(inside in input);
            self.items.extend(inside.parse::<TokenStream>()?);
        } else if name == "deciding" {
            let inside;
            braced!(inside in input);
            inside.parse::<TokenStream>()?;
        } else if name == "roles" {
            let inside;
            bracketed!(inside in input);
            self.roles = inside
                .parse_terminated(Ident::parse, Token![,])?
                .into_iter()
                .collect();
        } else {
            self.case(name, input)?;
        }
        Ok(())
    }

    /// A program that must not compile is no test: nothing is kept of it.
    fn case(&mut self, name: Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let kind: Ident = input.parse()?;
        let inside;
        parenthesized!(inside in input);
        if kind == "case" {
            self.cases.push(Case::read(name, &inside)?);
        } else {
            inside.parse::<TokenStream>()?;
        }
        Ok(())
    }
}

impl Case {
    fn read(name: Ident, inside: ParseStream<'_>) -> syn::Result<Self> {
        inside.parse::<LitStr>()?;
        key(inside)?;
        inside.parse::<LitInt>()?;
        key(inside)?;
        inside.parse::<Token![|]>()?;
        inside.parse::<Ident>()?;
        inside.parse::<Token![|]>()?;
        inside.parse::<Token![->]>()?;
        let input = inside.parse()?;
        inside.parse::<Block>()?;
        key(inside)?;
        inside.parse::<Token![|]>()?;
        let given = Pat::parse_single(inside)?;
        inside.parse::<Token![,]>()?;
        let log = log(inside)?;
        inside.parse::<Token![|]>()?;
        inside.parse::<Token![->]>()?;
        let (report, drive) = (inside.parse()?, inside.parse()?);
        inside.parse::<TokenStream>()?;
        Ok(Self {
            name,
            input,
            given,
            log,
            report,
            drive,
        })
    }
}

/// `, points =` and the like.
fn key(inside: ParseStream<'_>) -> syn::Result<()> {
    inside.parse::<Token![,]>()?;
    inside.parse::<Ident>()?;
    inside.parse::<Token![=]>()?;
    Ok(())
}

/// `_log` and `log` are names, a lone `_` is none that a function's parameter could use twice.
fn log(inside: ParseStream<'_>) -> syn::Result<Ident> {
    let underscore: Option<Token![_]> = inside.parse()?;
    underscore.map_or_else(|| inside.parse(), |_| Ok(format_ident!("_log")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUITE: &str = r#"
        use suite::suite;
        suite!(
            shared = { const SIZE: usize = 3; },
            acting = { fn act() {} fn parrot() {} },
            deciding = { fn secret() {} },
            roles = [parrot],
            adds_up = case(
                "It adds up.",
                points = 1,
                input = |rng| -> Result<Vec<u8>, String> { Ok(rng.list(1..3)) },
                drive = |given, log| -> u64 { act(); 7 },
                judge = |given, got, _events| { equal(got, &secret()) },
            ),
            stays = refused("It stays.", points = 1, broken = { x }, sound = { y }),
        );
    "#;

    #[test]
    fn a_case_is_a_test_of_its_acting_half_only() {
        let inputs = Inputs::from([("adds_up".to_owned(), vec![1, 2])]);
        let plain = plain(SUITE, "sums", &inputs).unwrap();
        assert_eq!(plain.tests.matches("# [test]").count(), 1);
        assert!(plain.tests.contains("act () ; 7"));
        assert!(plain.tests.contains("SIZE"));
        for decides in ["secret", "rng", "equal", "stays"] {
            assert!(!plain.tests.contains(decides), "{decides}: {}", plain.tests);
        }
        assert!(syn::parse_file(&plain.tests).is_ok());
    }

    #[test]
    fn roles_are_a_program_of_their_own() {
        let inputs = Inputs::from([("adds_up".to_owned(), Vec::new())]);
        let plain = plain(SUITE, "sums", &inputs).unwrap();
        let program = plain.roles.unwrap();
        assert!(program.contains("run : parrot"));
        assert!(syn::parse_file(&program).is_ok());
        assert!(plain.tests.contains("CARGO_BIN_EXE_sums-roles"));
    }

    #[test]
    fn a_case_without_an_input_is_an_error() {
        assert!(plain(SUITE, "sums", &Inputs::new()).is_err());
    }

    #[test]
    fn every_suite_of_the_course_can_be_made_plain() {
        let hidden = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/hidden");
        let files = crate::tree::read(&hidden).unwrap();
        let suites = files
            .into_iter()
            .filter(|(file, _)| file.ends_with("suite.rs"));
        for (file, bytes) in suites {
            let text = String::from_utf8(bytes).unwrap();
            let error = plain(&text, "kata", &Inputs::new()).unwrap_err();
            assert!(
                error.to_string().contains("has no input"),
                "{}: {error}",
                file.display()
            );
        }
    }
}
