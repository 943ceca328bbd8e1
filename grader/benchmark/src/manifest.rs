//! Manifests of the rivals' workspace.

use crate::plain::roles_program;
use anyhow::{Context, Result};
use toml::{Table, Value};

/// The workspace: solutions only, and the same lack of debug information as the grader's
/// builds have.
///
/// # Errors
/// When `course` is no manifest of a workspace.
pub(crate) fn of_workspace(course: &str) -> Result<String> {
    let mut manifest: Table = course.parse()?;
    let workspace = manifest.get_mut("workspace").and_then(Value::as_table_mut);
    let workspace = workspace.context("the course is no workspace")?;
    workspace.insert("members".into(), vec!["solutions/*/*"].into());
    workspace.remove("exclude");
    let debug = Table::from_iter([("debug".to_owned(), Value::from(false))]);
    let dev = Table::from_iter([("dev".to_owned(), Value::from(debug))]);
    manifest.insert("profile".into(), dev.into());
    Ok(manifest.to_string())
}

/// A crate without test programs: cargo would build one more of the library itself.
///
/// # Errors
/// When `solution` is no manifest.
pub(crate) fn of_library(solution: &str) -> Result<String> {
    Ok(library(solution)?.to_string())
}

/// A solution with its suite as its only test program.
///
/// # Errors
/// When `solution` is no manifest.
pub(crate) fn of_author(solution: &str, id: &str) -> Result<String> {
    let original: Table = solution.parse()?;
    let tests = original.get("test").and_then(Value::as_array);
    let suite = tests
        .into_iter()
        .flatten()
        .find(|test| test.get("name") == Some(&id.into()));
    let suite = suite.with_context(|| format!("{id} has no suite"))?;
    let mut manifest = library(solution)?;
    manifest.insert("test".into(), Value::Array(vec![suite.clone()]));
    Ok(manifest.to_string())
}

/// A solution with plain tests, and the program that they start if they start any.
///
/// # Errors
/// When `solution` is no manifest.
pub(crate) fn of_plain(solution: &str, id: &str, has_roles: bool) -> Result<String> {
    let mut manifest = library(solution)?;
    manifest.insert("test".into(), target(id, "plain/tests.rs"));
    if has_roles {
        manifest.insert("bin".into(), target(&roles_program(id), "plain/roles.rs"));
    }
    let ours = [("suite", "drive"), ("uncaged", "uncaged")];
    let ours = ours.map(|(name, folder)| {
        let package = format!("suite-{folder}");
        let path = format!("../../../grader/suite/{folder}");
        let crate_ = [
            ("package".to_owned(), package.into()),
            ("path".to_owned(), path.into()),
        ];
        (name.to_owned(), Value::Table(Table::from_iter(crate_)))
    });
    // A program is built with what the library has, not with what tests have.
    let kind = if has_roles {
        "dependencies"
    } else {
        "dev-dependencies"
    };
    if let Some(old) = table(&mut manifest, "dev-dependencies") {
        old.remove("suite");
    }
    if let Some(dependencies) = table(&mut manifest, kind) {
        dependencies.extend(ours);
    }
    Ok(manifest.to_string())
}

fn table<'m>(manifest: &'m mut Table, key: &str) -> Option<&'m mut Table> {
    let entry = manifest.entry(key).or_insert_with(|| Table::new().into());
    entry.as_table_mut()
}

fn library(solution: &str) -> Result<Table> {
    let mut manifest: Table = solution.parse()?;
    let lib = manifest.get_mut("lib").and_then(Value::as_table_mut);
    let lib = lib.context("a solution without a library")?;
    lib.insert("test".into(), false.into());
    lib.insert("doctest".into(), false.into());
    manifest.remove("test");
    manifest.remove("bin");
    Ok(manifest)
}

fn target(name: &str, path: &str) -> Value {
    let fields = [("name", name), ("path", path)];
    let fields = fields.map(|(key, value)| (key.to_owned(), Value::from(value)));
    let mut target = Table::from_iter(fields);
    if path.ends_with("roles.rs") {
        target.insert("test".into(), false.into());
    }
    Value::Array(vec![target.into()])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOLUTION: &str = r#"
        [package]
        name = "pool-solution"
        [lib]
        name = "pool"
        [[bin]]
        name = "pool-child"
        path = "child.rs"
        [[test]]
        name = "pool"
        path = "suite.rs"
        harness = false
        [[test]]
        name = "pool-examples"
        path = "examples.rs"
        [dev-dependencies]
        suite.workspace = true
    "#;

    fn parsed(text: Result<String>) -> Table {
        text.unwrap().parse().unwrap()
    }

    #[test]
    fn a_rival_builds_one_test_program_of_a_kata_and_none_of_its_library() {
        for text in [
            of_author(SOLUTION, "pool"),
            of_plain(SOLUTION, "pool", false),
        ] {
            let manifest = parsed(text);
            assert_eq!(manifest["test"].as_array().unwrap().len(), 1);
            assert_eq!(manifest["lib"]["test"].as_bool(), Some(false));
            assert!(!manifest.contains_key("bin"));
        }
    }

    #[test]
    fn plain_tests_know_nothing_of_the_half_that_decides() {
        let manifest = parsed(of_plain(SOLUTION, "pool", false));
        let suite = &manifest["dev-dependencies"]["suite"];
        assert_eq!(suite["package"].as_str(), Some("suite-drive"));
    }

    #[test]
    fn a_program_that_cases_start_is_built_with_them() {
        let manifest = parsed(of_plain(SOLUTION, "pool", true));
        assert_eq!(manifest["bin"][0]["name"].as_str(), Some("pool-roles"));
        assert!(manifest["dependencies"].get("suite").is_some());
        assert!(manifest["dev-dependencies"].get("suite").is_none());
    }

    #[test]
    fn the_workspace_holds_solutions_only() {
        let text = "[workspace]\nmembers = [\"grader\"]\nexclude = [\"exercises\"]\n\
                    [profile.grader]\ninherits = \"dev\"\n";
        let manifest = parsed(of_workspace(text));
        assert_eq!(
            manifest["workspace"]["members"][0].as_str(),
            Some("solutions/*/*")
        );
        assert_eq!(manifest["profile"]["dev"]["debug"].as_bool(), Some(false));
    }
}
