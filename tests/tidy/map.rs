//! ARCHITECTURE.md names every folder that a reader looks for, and none that is gone.

use crate::files::{all, assert_none, root, text};
use std::collections::BTreeSet;

/// The longest that the page may be, in lines.
const LONGEST: usize = 150;

/// What the first column of the table "Where things are" names, relative to the root.
fn named() -> BTreeSet<String> {
    let page = text("ARCHITECTURE.md");
    let table = page.split("## Where things are").nth(1).unwrap();
    let rows = table.lines().skip_while(|line| !line.starts_with("| `"));
    let rows = rows.take_while(|line| line.starts_with("| `"));
    let mut named = BTreeSet::new();
    for row in rows {
        let mut parent = String::new();
        let column = row.split('|').nth(1).unwrap();
        for name in column.split('`').skip(1).step_by(2) {
            let name = name.trim_end_matches('/');
            // A name without a folder lies beside the one before it.
            let path = if name.contains('/') || parent.is_empty() {
                name.to_owned()
            } else {
                format!("{parent}/{name}")
            };
            parent = path
                .rsplit_once('/')
                .map_or("", |(parent, _)| parent)
                .to_owned();
            named.insert(path);
        }
    }
    named
}

#[test]
fn every_folder_on_the_map_exists() {
    let named = named();
    assert!(
        named.len() > 10,
        "only {named:?} was read: is the table broken?"
    );
    let gone = named.into_iter().filter(|path| !root().join(path).is_dir());
    assert_none(
        &gone.collect::<Vec<_>>(),
        "Name the folders that there are in the table of ARCHITECTURE.md.",
    );
}

#[test]
fn every_package_of_the_grader_and_every_folder_of_tests_is_on_the_map() {
    let named = named();
    let manifests = all()
        .iter()
        .filter_map(|file| file.strip_suffix("/Cargo.toml"));
    let packages = manifests.filter(|folder| folder.starts_with("grader/"));
    let tests = all().iter().filter_map(|file| {
        let inside = file.strip_prefix("tests/")?;
        Some(inside.split_once('/')?.0)
    });
    let tests: BTreeSet<String> = tests.map(|folder| format!("tests/{folder}")).collect();
    let folders = packages.map(str::to_owned).chain(tests);
    let missing = folders.filter(|folder| {
        let is_named = |name: &String| name == folder || name.starts_with(&format!("{folder}/"));
        !named.iter().any(is_named)
    });
    assert_none(
        &missing.collect::<Vec<_>>(),
        "Give each a row in the table of ARCHITECTURE.md.",
    );
}

#[test]
fn the_architecture_page_can_be_read_in_one_sitting() {
    let lines = text("ARCHITECTURE.md").lines().count();
    assert!(
        lines <= LONGEST,
        "ARCHITECTURE.md has {lines} lines, more than {LONGEST}"
    );
}
