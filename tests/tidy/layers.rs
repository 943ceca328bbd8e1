//! Which module of the grader may import which.

use crate::files::{assert_none, below, text};
use crate::tokens;
use proc_macro2::TokenStream;
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::Item;

/// From the bottom up. A module imports only from what stands before it, in a layer below
/// or in its own. ARCHITECTURE.md prints the same table.
const LAYERS: &[&[&str]] = &[
    &["error", "exit_code", "text"],
    &[
        "parallel",
        "limits",
        "files",
        "incremental",
        "process",
        "sandbox",
    ],
    &["outcome", "record"],
    &[
        "course",
        "build",
        "run",
        "compile",
        "judge",
        "cases",
        "verdict_cache",
        "engine",
        "grade",
        "class",
    ],
    &["progress", "report", "verify"],
    &["cli", "command", "main"],
];

/// What a module may not know, though it stands above it, and why.
const STRANGERS: &[(&str, &[&str], &str)] = &[
    (
        "report",
        &["build", "run", "process", "sandbox", "compile", "grade"],
        "a reporter turns a report into text and starts nothing",
    ),
    (
        "verdict_cache",
        &["run", "cases", "compile"],
        "what is kept is a result, however it was made",
    ),
];

/// The grader's own test helpers; no layer.
const FOR_TESTS: &[&str] = &["fuzz"];

/// What the module that judges may not touch.
const IO: &[&str] = &["env", "fs", "io", "net", "os", "process", "thread", "time"];

/// Which top-level modules each one imports from, tests left out.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in below("grader/src", ".rs") {
        let inside = file
            .trim_start_matches("grader/src/")
            .trim_end_matches(".rs");
        let mut module: Vec<&str> = inside.split('/').collect();
        if module.last() == Some(&"mod") {
            module.pop();
        }
        if module == ["lib"] || FOR_TESTS.contains(&module[0]) {
            continue;
        }
        let source = syn::parse_file(&text(file)).unwrap();
        let mut used = BTreeSet::new();
        collect(source.items, module.len(), &mut used);
        used.remove(module[0]);
        imports
            .entry(module[0].to_owned())
            .or_default()
            .extend(used);
    }
    imports
}

/// Top-level modules that `items`, in a module `depth` below the root, name.
fn collect(items: Vec<Item>, depth: usize, used: &mut BTreeSet<String>) {
    for item in items {
        match item {
            item if is_for_tests(&item) => {}
            Item::Mod(module) => {
                let inside = module.content.map(|(_, items)| items);
                collect(inside.unwrap_or_default(), depth + 1, used);
            }
            item => used.extend(named(item.to_token_stream(), depth)),
        }
    }
}

fn named(tokens: TokenStream, depth: usize) -> impl Iterator<Item = String> {
    let paths = tokens::paths(tokens).into_iter();
    paths.filter_map(move |path| {
        let supers = path.iter().take_while(|part| *part == "super").count();
        let at_root = path[0] == "crate" || supers > 0 && supers == depth;
        let next = supers.max(1);
        at_root.then(|| path.get(next).cloned()).flatten()
    })
}

fn is_for_tests(item: &Item) -> bool {
    let attributes = match item {
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| {
        let attribute = attribute.to_token_stream().to_string();
        attribute.replace(' ', "") == "#[cfg(test)]"
    })
}

fn order() -> Vec<&'static str> {
    LAYERS.concat()
}

fn rank(module: &str) -> Option<usize> {
    order().iter().position(|known| *known == module)
}

#[test]
fn every_module_imports_only_from_what_stands_before_it() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (module, used) in imports() {
        for other in used {
            seen += 1;
            if rank(&other) >= rank(&module) {
                wrong.push(format!("grader/src/{module} imports from `crate::{other}`"));
            }
        }
    }
    assert!(
        seen > 50,
        "only {seen} imports were found: is the search broken?"
    );
    assert_none(
        &wrong,
        "A module imports only from what stands before it in LAYERS (tests/tidy/layers.rs). Move \
         what both need into a lower module. If the order itself is wrong, change it there and in \
         ARCHITECTURE.md.",
    );
}

#[test]
fn every_module_has_a_layer_and_every_layer_only_modules_that_exist() {
    let modules: BTreeSet<String> = imports().into_keys().collect();
    let known: BTreeSet<String> = order().into_iter().map(str::to_owned).collect();
    let difference: Vec<String> = modules.symmetric_difference(&known).cloned().collect();
    assert_none(
        &difference,
        "These stand only in grader/src or only in LAYERS. Give each module a place in LAYERS \
         (tests/tidy/layers.rs) and in the table of ARCHITECTURE.md, and take away what is gone.",
    );
}

#[test]
fn the_architecture_page_prints_the_same_layers() {
    let page = text("ARCHITECTURE.md");
    let row = |layer: usize| {
        let start = format!("| {layer} ");
        let line = page.lines().find(|line| line.starts_with(&start));
        let line = line.unwrap_or_else(|| panic!("ARCHITECTURE.md has no row for layer {layer}"));
        let names = line.split('`').skip(1).step_by(2);
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    for (number, layer) in LAYERS.iter().enumerate() {
        assert_eq!(
            row(number),
            *layer,
            "layer {number}: ARCHITECTURE.md (left) and LAYERS in tests/tidy/layers.rs (right) \
             differ; make them say the same"
        );
    }
}

#[test]
fn strangers_stay_strangers() {
    let imports = imports();
    let mut wrong = Vec::new();
    for (module, strangers, why) in STRANGERS {
        let met = strangers
            .iter()
            .filter(|other| imports[*module].contains(**other));
        wrong.extend(met.map(|other| format!("`{module}` imports from `{other}`: {why}")));
    }
    assert_none(
        &wrong,
        "Hand over what is needed as plain data (`record`, `outcome`).",
    );
}

#[test]
fn the_judge_has_no_input_no_output_and_no_clock() {
    let source = syn::parse_file(&text("grader/src/judge.rs")).unwrap();
    let mut wrong = Vec::new();
    for item in source.items.into_iter().filter(|item| !is_for_tests(item)) {
        for path in tokens::paths(item.to_token_stream()) {
            let touches = path[0] == "tokio"
                || path[0] == "std" && path.get(1).is_some_and(|part| IO.contains(&part.as_str()));
            if touches {
                wrong.push(format!("grader/src/judge.rs uses {}", path.join("::")));
            }
        }
    }
    assert_none(&wrong, "Observe in `run`, and judge what was observed.");
}
