//! What a kata is made of.

use crate::files::{all, assert_none, text};
use crate::tokens::{ident, is_mark, levels, line, of};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeSet;
use syn::visit::{self, Visit};

/// What every kata has in each folder.
const HAS: &[(&str, &[&str])] = &[
    (
        "exercises",
        &[
            "Cargo.toml",
            "README.md",
            "README.zh-CN.md",
            "src/lib.rs",
            "tests/examples.rs",
        ],
    ),
    ("solutions", &["Cargo.toml", "src/lib.rs"]),
    ("tests/hidden", &["kata.toml", "stub.rs", "suite.rs"]),
];

/// Fewest wrong solutions of a kata.
const WRONG: usize = 4;

/// `<track>/<id>` of everything that is a kata in some folder.
fn places() -> BTreeSet<String> {
    let tops = HAS.iter().map(|(top, _)| format!("{top}/"));
    let inside = tops.flat_map(|top| {
        let files = all().iter();
        files.filter_map(move |file| file.strip_prefix(&top).map(str::to_owned))
    });
    inside
        .filter_map(|file| {
            let mut parts = file.splitn(3, '/');
            let (track, id, _) = (parts.next()?, parts.next()?, parts.next()?);
            Some(format!("{track}/{id}"))
        })
        .collect()
}

/// The files of a kata in a folder, relative to it.
fn files_in(top: &str, place: &str) -> Vec<&'static str> {
    let folder = format!("{top}/{place}/");
    let files = all().iter();
    files
        .filter_map(|file| file.strip_prefix(&folder))
        .collect()
}

/// The suites, with the names of their katas' crates.
fn suites() -> Vec<(String, String)> {
    let places = places().into_iter();
    let suites = places.map(|place| {
        let id = place
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .replace('-', "_");
        (format!("tests/hidden/{place}/suite.rs"), id)
    });
    suites.filter(|(file, _)| all().contains(file)).collect()
}

/// What a kata's own manifests say belongs to it, besides what every kata has.
fn belongs(top: &str, place: &str, file: &str) -> bool {
    let about = about(place);
    let names = |key: &str| {
        let list = about
            .get(key)
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten();
        list.filter_map(toml::Value::as_str)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let locked = names("locked");
    let support = about.get("support").and_then(toml::Value::as_array);
    let sources = support
        .into_iter()
        .flatten()
        .filter_map(|one| one["source"].as_str());
    match top {
        "tests/hidden" => {
            locked.iter().any(|locked| locked == file)
                || sources.into_iter().any(|source| source == file)
                || file.starts_with("fixtures/")
        }
        "solutions" => {
            let wrong = file
                .strip_prefix("wrong/")
                .and_then(|name| name.strip_suffix(".patch"));
            wrong.is_some_and(|name| !name.contains('/'))
                || locked.iter().any(|locked| file == format!("src/{locked}"))
                || support.is_some() && file.starts_with("support/")
        }
        _ => {
            locked.iter().any(|locked| file == format!("src/{locked}"))
                || support.is_some() && file.starts_with("support/")
                || targets(&format!("{top}/{place}/Cargo.toml")).contains(file)
        }
    }
}

/// Files that a manifest names as the sources of programs and tests.
fn targets(manifest: &str) -> BTreeSet<String> {
    if !all().iter().any(|file| file == manifest) {
        return BTreeSet::new();
    }
    let manifest: toml::Table = text(manifest).parse().unwrap();
    let kinds = ["bin", "test", "example"].into_iter();
    let targets = kinds.filter_map(|kind| manifest.get(kind).and_then(toml::Value::as_array));
    let paths = targets
        .flatten()
        .filter_map(|target| target.get("path")?.as_str());
    paths.map(str::to_owned).collect()
}

fn about(place: &str) -> toml::Table {
    let file = format!("tests/hidden/{place}/kata.toml");
    if !all().contains(&file) {
        return toml::Table::new();
    }
    text(&file)
        .parse()
        .unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn every_kata_has_all_its_files() {
    let places = places();
    assert!(!places.is_empty());
    let mut missing = Vec::new();
    for place in &places {
        for (top, files) in HAS {
            let there = files_in(top, place);
            let gone = files.iter().filter(|file| !there.contains(file));
            missing.extend(gone.map(|file| format!("{top}/{place}/{file}")));
        }
        let wrong = files_in("solutions", place);
        let wrong = wrong
            .iter()
            .filter(|file| file.starts_with("wrong/"))
            .count();
        if wrong < WRONG {
            missing.push(format!(
                "solutions/{place}/wrong/: {wrong} of at least {WRONG}"
            ));
        }
    }
    assert_none(
        &missing,
        "Write what is missing; docs/authoring.md says what belongs there.",
    );
}

#[test]
fn nothing_else_lies_in_a_katas_folders() {
    let mut stray = Vec::new();
    for place in &places() {
        for (top, files) in HAS {
            let there = files_in(top, place).into_iter();
            let strange = there.filter(|file| !files.contains(file) && !belongs(top, place, file));
            stray.extend(strange.map(|file| format!("{top}/{place}/{file}")));
        }
    }
    assert_none(
        &stray,
        "Remove them, or say in the kata's kata.toml (`locked`, `support`) or Cargo.toml (the `path` \
         of a program of the examples) what they are for. What a suite reads goes into `fixtures/`.",
    );
}

#[test]
fn a_katas_id_is_unique() {
    let mut seen = BTreeSet::new();
    let twice = places().into_iter().filter(|place| {
        let id = place.rsplit('/').next().unwrap_or_default().to_owned();
        !seen.insert(id)
    });
    assert_none(
        &twice.collect::<Vec<_>>(),
        "Another track has a kata of this id; results and progress are kept by id. Rename one.",
    );
}

#[test]
fn every_exercise_starts_as_its_pristine_stub() {
    let mut changed = Vec::new();
    for place in &places() {
        let exercise = format!("exercises/{place}/src/lib.rs");
        let stub = format!("tests/hidden/{place}/stub.rs");
        if [&exercise, &stub].iter().all(|file| all().contains(file))
            && text(&exercise) != text(&stub)
        {
            changed.push(format!("{exercise} differs from {stub}"));
        }
    }
    assert_none(
        &changed,
        "Have you solved a kata in the course's own repository? `cargo grader reset` brings the \
         stub back. If the stub was to change, change both, byte for byte.",
    );
}

#[test]
fn no_stub_tells_the_student_that_a_parameter_is_not_used() {
    let mut found = Vec::new();
    for place in &places() {
        let file = format!("tests/hidden/{place}/stub.rs");
        if all().contains(&file) {
            let mut unused = Unused(Vec::new());
            unused.visit_file(&syn::parse_file(&text(&file)).unwrap());
            found.extend(unused.0.iter().map(|name| format!("{file}: {name}")));
        }
    }
    assert_none(
        &found,
        "The signature is what the student keeps. Give the parameter its name, and use it inside \
         `todo!(\"… {name:?}\")` or in `let _ = name;`.",
    );
}

/// Parameters whose names begin with an underscore.
struct Unused(Vec<String>);

impl<'ast> Visit<'ast> for Unused {
    fn visit_fn_arg(&mut self, argument: &'ast syn::FnArg) {
        if let syn::FnArg::Typed(argument) = argument {
            match &*argument.pat {
                syn::Pat::Ident(name) if name.ident.to_string().starts_with('_') => {
                    self.0.push(name.ident.to_string());
                }
                syn::Pat::Wild(_) => self.0.push("_".to_owned()),
                _ => {}
            }
        }
        visit::visit_fn_arg(self, argument);
    }
}

#[test]
fn no_suite_imports_everything_of_a_student() {
    let mut found = Vec::new();
    for (file, crate_name) in suites() {
        levels(of(&file), &mut |level| {
            found.extend(
                globs(level, &crate_name)
                    .iter()
                    .map(|line| format!("{file}:{line}")),
            );
        });
    }
    assert_none(
        &found,
        "Name what the suite uses: with `*`, a `type Result` of the student's own would break the \
         driver.",
    );
}

/// Lines of `use <crate>…*…;` in one level.
fn globs(level: &[TokenTree], crate_name: &str) -> Vec<usize> {
    let uses = level.iter().enumerate();
    let uses = uses.filter(|(_, token)| ident(token).as_deref() == Some("use"));
    let globs = uses.filter(|(at, _)| {
        let statement: Vec<TokenTree> = level[at + 1..]
            .iter()
            .take_while(|token| !is_mark(token, ';'))
            .cloned()
            .collect();
        let mut names = statement.iter().filter_map(ident);
        let of_student = names.next().as_deref() == Some(crate_name);
        let mut has_star = false;
        levels(
            statement.into_iter().collect::<TokenStream>(),
            &mut |inside| {
                has_star |= inside.iter().any(|token| is_mark(token, '*'));
            },
        );
        of_student && has_star
    });
    globs.map(|(_, token)| line(token)).collect()
}

#[test]
fn globs_are_found_however_they_are_written() {
    for source in [
        "use kata::*;",
        "use ::kata::inner::*;",
        "use kata::{A, inner::{self, *}};",
        "suite!(acting = { use kata::*; })",
    ] {
        let mut found = 0;
        let tokens: TokenStream = source.parse().unwrap();
        levels(tokens, &mut |level| found += globs(level, "kata").len());
        assert_eq!(found, 1, "{source}");
    }
    let honest: TokenStream = "use kata::A; use std::io::*;".parse().unwrap();
    levels(honest, &mut |level| {
        assert!(globs(level, "kata").is_empty());
    });
}

#[test]
fn no_suite_has_documentation_where_the_macro_takes_none() {
    let mut found = Vec::new();
    for (file, _) in suites() {
        let lines = documented(of(&file), false);
        found.extend(lines.iter().map(|line| format!("{file}:{line}")));
    }
    assert_none(
        &found,
        "The title of a case says what it proves. `///` between the parts of `suite!( … )` is no \
         comment but an attribute, which the macro does not take: write `//`.",
    );
}

/// Lines of `///` inside a call of `suite!` that do not stand inside the braces of a block,
/// where they document an item.
fn documented(tokens: TokenStream, inside_call: bool) -> Vec<usize> {
    let level: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for (at, token) in level.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        let attribute = at > 0 && is_mark(&level[at - 1], '#');
        let mut first = group.stream().into_iter();
        if inside_call
            && attribute
            && first.next().as_ref().and_then(ident).as_deref() == Some("doc")
        {
            found.push(line(token));
        }
        let is_call = at > 1 && ident(&level[at - 2]).as_deref() == Some("suite");
        if group.delimiter() == proc_macro2::Delimiter::Parenthesis && (inside_call || is_call) {
            found.extend(documented(group.stream(), true));
        }
    }
    found
}

#[test]
fn documentation_in_the_wrong_place_is_found() {
    let lines = |source: &str| documented(source.parse().unwrap(), false);
    let right =
        "/// Fine.\nsuite!(\n    acting = {\n        /// Fine.\n        fn f() {}\n    },\n)";
    assert_eq!(lines(right), [0; 0]);
    assert_eq!(
        lines("suite!(\n    /// Not.\n    one = case(\n        /// Not.\n        \"…\",\n))"),
        [2, 4]
    );
}
