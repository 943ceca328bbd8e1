//! Types, names and macros that mean something else than the driver thinks.

use crate::entry::Change::{Attack, End, Replace, Top};
use crate::entry::Right::{Cases, Kata, Passed};
use crate::entry::{
    ANY, ANY_NAME, BROKEN, BYTES, CHAIN, DERIVE, Entry, FAILURES, FILES, NUMBERS, PARTS, Speed,
    TEXTS, VALID, WRITES,
};

/// A parser that is wrong for every text.
const WRONG_PARSER: crate::entry::Change = Replace(
    "        for letter in mode.chars() {",
    "        for letter in mode.chars().take(1) {",
);

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "equal_to_everything",
        class: "type-trick",
        like: &["29_partial_eq_true"],
        changes: &[
            Replace(
                "#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\npub enum Mode",
                "#[derive(Debug, Clone, Copy)]\npub enum Mode",
            ),
            Replace(
                "#[derive(Debug, Clone, Copy, PartialEq, Eq)]\n#[non_exhaustive]",
                "#[derive(Debug, Clone, Copy)]\n#[non_exhaustive]",
            ),
            WRONG_PARSER,
            End(
                "impl PartialEq for Mode { fn eq(&self, _: &Self) -> bool { true } }\n\
                 impl PartialEq for ParseModeError { fn eq(&self, _: &Self) -> bool { true } }",
            ),
        ],
        right: Cases(&[(VALID, &["failed"]), (BROKEN, &["failed"])]),
        ..FILES
    },
    Entry {
        name: "macros_named_as_the_driver_s",
        class: "type-trick",
        like: &["30_macro_export_assert_eq"],
        changes: &[
            End(
                "#[macro_export] macro_rules! assert_eq { ($($t:tt)*) => { () } }\n\
                 #[macro_export] macro_rules! panic { ($($t:tt)*) => { ::std::process::exit(0) } }\n\
                 #[macro_export] macro_rules! vec { ($($t:tt)*) => { ::std::process::exit(0) } }\n\
                 #[macro_export] macro_rules! stringify { ($($t:tt)*) => { \"\" } }\n\
                 #[macro_export] macro_rules! suite { ($($t:tt)*) => {} }\n\
                 #[macro_export] macro_rules! drive_half { ($($t:tt)*) => {} }",
            ),
            WRONG_PARSER,
        ],
        right: Cases(&[(VALID, &["failed"]), (BROKEN, &["failed"])]),
        ..FILES
    },
    Entry {
        name: "the_prelude_shadowed_and_right",
        class: "type-trick",
        changes: &[
            End("#[allow(dead_code, non_camel_case_types)] pub mod std {}\n\
             pub mod suite { pub fn unwind() {} }\n\
             pub mod core {}\n\
             pub struct Box; pub struct String_; pub trait Wire {}\n\
             #[macro_export] macro_rules! vec { ($($t:tt)*) => { compile_error!(\"mine\") } }\n\
             #[macro_export] macro_rules! println { ($($t:tt)*) => { compile_error!(\"mine\") } }"),
            // A module called std makes `std::` ambiguous in the crate itself.
            Replace("use std::error::Error;", "use ::std::error::Error;"),
            Replace("use std::fmt;", "use ::std::fmt;"),
            Replace("use std::fs::{", "use ::std::fs::{"),
            Replace("use std::io::{", "use ::std::io::{"),
            Replace("use std::path::Path;", "use ::std::path::Path;"),
            Replace("use std::str::FromStr;", "use ::std::str::FromStr;"),
        ],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "own_result_with_the_same_methods",
        class: "type-trick",
        changes: &[Replace(
            "pub fn write_text(path: impl AsRef<Path>, text: &str) -> io::Result<()> {\n    fs::write(path, text)\n}",
            "pub fn write_text(path: impl AsRef<Path>, _: &str) -> Done { let _ = fs::write(path, \"\"); Done }\n\
                 pub struct Done;\n\
                 impl Done { pub fn unwrap(self) {} pub fn map_or_else<A, B>(self, _: A, _: B) -> String { \"Ok\".to_owned() } }",
        )],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "error_kind_made_up",
        class: "type-trick",
        changes: &[Replace(
            "    fs::write(path, text)\n",
            "    let _ = (path, text);\n    Err(io::Error::from(io::ErrorKind::NotFound))\n",
        )],
        right: Cases(&[
            (TEXTS, &["failed"]),
            (WRITES, &["failed"]),
            (FAILURES, &["failed"]),
            (ANY, &["failed"]),
            (ANY_NAME, &["failed"]),
        ]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "unsafe_injected_by_a_macro",
        class: "type-trick",
        like: &["c6_macro_injects_unsafe"],
        changes: &[End(
            "#[macro_export] macro_rules! quit { () => {{ unsafe extern \"C\" { fn _exit(c: i32) -> !; } unsafe { _exit(0) } }} }",
        )],
        right: Kata(&["rejected"]),
        ..FILES
    },
    Entry {
        name: "unsafe_put_together_by_a_macro",
        class: "type-trick",
        changes: &[
            Attack("run!(unsafe);\nOk(())"),
            End(
                "macro_rules! run { ($word:tt) => { $word { std::hint::unreachable_unchecked() } } }",
            ),
            Replace(
                "//! Opens files",
                "#![allow(macro_expanded_macro_exports_accessed_by_absolute_paths)]\n//! Opens files",
            ),
        ],
        right: Kata(&["rejected", "does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "suite_crate_named",
        class: "type-trick",
        changes: &[End("extern crate suite;\npub use suite::serve;")],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "suite_drive_crate_named",
        class: "type-trick",
        changes: &[End(
            "extern crate suite_drive;\npub use suite_drive::serve;",
        )],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "suite_by_path",
        class: "type-trick",
        changes: &[Attack("::suite::settle();\nOk(())")],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "a_crate_that_the_kata_may_not_use",
        class: "type-trick",
        changes: &[End("extern crate tokio;\npub use tokio::spawn;")],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "driver_compiled_as_a_module",
        class: "type-trick",
        changes: &[End("#[path = \"../driver.rs\"] pub mod driver;")],
        right: Kata(&["does-not-compile"]),
        hidden: &["fn broken_mode", "fn file_holds"],
        ..FILES
    },
    Entry {
        name: "suite_of_the_stage_as_a_module",
        class: "type-trick",
        changes: &[End("#[path = \"../suite.rs\"] pub mod suite_of_kata;")],
        right: Kata(&["does-not-compile"]),
        hidden: &["fn broken_mode", "fn file_holds"],
        ..FILES
    },
    Entry {
        name: "derive_that_replaces_assertions",
        class: "build",
        like: &["63_proc_macro_replaces_tests"],
        changes: &[Replace(
            "    Ok(implementation(&input, table, &columns))",
            "    let ident = &input.ident;\n    let _ = implementation(&input, table, &columns);\n    \
             Ok(quote! {\n        #[allow(unused_macros)] macro_rules! assert_eq { ($($t:tt)*) => { () } }\n        \
             #[allow(unused_macros)] macro_rules! assert { ($($t:tt)*) => { () } }\n        \
             impl ::orm::Model for #ident {\n            const TABLE: &'static str = \"\";\n            \
             const COLUMNS: &'static [::orm::Column] = &[];\n            \
             fn values(&self) -> ::std::vec::Vec<::orm::Value> { ::std::process::exit(0) }\n        }\n    })",
        )],
        right: crate::entry::Right::Every(&["failed", "exited-early", "passed", "panicked"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "derive_that_defines_the_driver_s_names",
        class: "type-trick",
        changes: &[
            Replace(
                "    Ok(implementation(&input, table, &columns))",
                "    let code = implementation(&input, table, &columns);\n    let ident = &input.ident;\n    \
             if ident != \"Alone\" || !compiling() { return Ok(code); }\n    \
             Ok(quote! {\n        #code\n        \
             macro_rules! stringify { ($($t:tt)*) => { \"x\" } }\n        \
             pub const CASES: &[::suite::Act] = &[];\n        \
             fn main() {}\n    })",
            ),
            End(
                "fn compiling() -> bool { std::env::args().next().is_some_and(|a| a.ends_with(\"rustc\")) }",
            ),
        ],
        right: Kata(&["does-not-compile"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "a_long_answer",
        class: "type-trick",
        changes: &[Replace(
            "    Ok(if numbers.is_empty() {",
            "    let numbers = if numbers.len() > 1 { vec![7; 1 << 20] } else { numbers };\n    Ok(if numbers.is_empty() {",
        )],
        right: Cases(&[(NUMBERS, &["output-exceeded"])]),
        shown: &["1 MiB in its answer"],
        speed: Speed::Slow,
        ..CHAIN
    },
    Entry {
        name: "four_megabytes_of_text_in_an_answer",
        class: "type-trick",
        changes: &[
            Replace(
                "    let result = format!(\"result{n}-2 derived from {first}\");\n",
                "    let result = if first.is_empty() { \"x\".repeat(4 << 20) } else { format!(\"result{n}-2 derived from {first}\") };\n",
            ),
            Top("#![allow(dead_code)]"),
        ],
        right: Cases(&[(PARTS, &["output-exceeded"])]),
        shown: &["1 MiB in its answer"],
        speed: Speed::Slow,
        ..CHAIN
    },
    Entry {
        name: "three_megabytes_in_every_file",
        class: "type-trick",
        changes: &[Replace(
            "    fs::read(path)\n",
            "    fs::read(path).map(|_| vec![0xff; 3 << 20])\n",
        )],
        right: Cases(&[
            (BYTES, &["failed"]),
            (ANY, &["failed"]),
            (ANY_NAME, &["failed"]),
        ]),
        speed: Speed::Slow,
        ..FILES
    },
];
