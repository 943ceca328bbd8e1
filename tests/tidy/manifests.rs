//! Versions stand in one place.

use crate::files::{all, assert_none, text};
use std::collections::BTreeSet;
use toml::{Table, Value};

/// Where dependencies may stand in a manifest.
const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
/// What a package takes from its workspace.
const SHARED: [&str; 3] = ["version", "edition", "publish"];

fn manifest(file: &str) -> Table {
    text(file)
        .parse()
        .unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn workspace_dependencies(file: &str) -> Table {
    let manifest = manifest(file);
    manifest["workspace"]["dependencies"]
        .as_table()
        .unwrap()
        .clone()
}

/// What of a dependency decides what is built.
fn decides(dependency: &Value) -> (Option<&str>, bool, BTreeSet<&str>) {
    let version = dependency
        .as_str()
        .or_else(|| dependency.get("version")?.as_str());
    let default = dependency.get("default-features").and_then(Value::as_bool);
    let features = dependency.get("features").and_then(Value::as_array);
    let features = features.into_iter().flatten().filter_map(Value::as_str);
    (version, default.unwrap_or(true), features.collect())
}

#[test]
fn students_get_the_crates_that_their_work_is_graded_with() {
    let course = workspace_dependencies("Cargo.toml");
    let mut different = Vec::new();
    for (name, theirs) in workspace_dependencies("exercises/Cargo.toml") {
        match course.get(&name) {
            None => different.push(format!("{name}: the course's own Cargo.toml has none")),
            Some(ours) if decides(ours) != decides(&theirs) => {
                different.push(format!(
                    "{name}: {theirs} for students, {ours} in the course"
                ));
            }
            Some(_) => {}
        }
    }
    assert_none(
        &different,
        "Versions and features in exercises/Cargo.toml and in Cargo.toml must say the same; the \
         order of features does not matter.",
    );
}

/// Every manifest but those that hold a workspace: of the course, and of students.
fn members() -> Vec<&'static String> {
    let manifests = all().iter().filter(|file| file.ends_with("/Cargo.toml"));
    manifests
        .filter(|file| !file.ends_with("exercises/Cargo.toml"))
        .collect()
}

/// The tables of dependencies of a manifest, also of those for one platform.
fn tables(manifest: &Table) -> Vec<&Table> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets
        .into_iter()
        .flat_map(Table::values)
        .filter_map(Value::as_table);
    let holders = std::iter::once(manifest).chain(targets);
    let tables = holders.flat_map(|init| KINDS.map(|kind| init.get(kind)));
    tables.flatten().filter_map(Value::as_table).collect()
}

#[test]
fn every_version_stands_in_a_workspaces_own_manifest() {
    let mut own = Vec::new();
    for file in members() {
        let manifest = manifest(file);
        for (name, dependency) in tables(&manifest).into_iter().flatten() {
            let inherited = dependency.get("workspace").and_then(Value::as_bool) == Some(true);
            let beside = dependency.get("path").is_some() && dependency.get("version").is_none();
            if !inherited && !beside {
                own.push(format!("{file}: {name} = {dependency}"));
            }
        }
    }
    assert_none(
        &own,
        "Name the version in [workspace.dependencies] of the workspace's own Cargo.toml, and write \
         `name.workspace = true` here.",
    );
}

#[test]
fn every_package_takes_version_edition_and_publishing_from_its_workspace() {
    let mut own = Vec::new();
    for file in members() {
        let manifest = manifest(file);
        for key in SHARED {
            let value = manifest["package"].get(key);
            let inherited = value.and_then(|value| value.get("workspace"));
            if inherited.and_then(Value::as_bool) != Some(true) {
                own.push(format!("{file}: {key}"));
            }
        }
    }
    assert_none(&own, "Write `version.workspace = true`, and so on.");
}
