//! The rivals' workspace: the solutions, each with its suite as an ordinary test program, and
//! nothing else that cargo would have to read or build.

use crate::contestant::Contestant;
use crate::course::Kata;
use crate::environment::workload;
use crate::files;
use crate::measure::seconds;
use anyhow::Result;
use std::fs;
use std::path::Path;
use toml::{Table, Value};

/// Makes the workspace and builds everything in it. One rival compiles incrementally, as cargo
/// does at home, the other one does not, as in CI.
pub(crate) fn make(katas: &[Kata]) -> Result<[Contestant; 2]> {
    let root = workload("rival");
    files::renew(&root)?;
    change_manifest(&root, |manifest| {
        manifest.remove("profile");
        if let Some(workspace) = manifest.get_mut("workspace").and_then(Value::as_table_mut) {
            workspace.insert("members".into(), vec!["solutions/*/*"].into());
        }
    })?;
    for kata in katas {
        // Neither the public examples nor the programs that only they start.
        change_manifest(&root.join("solutions").join(&kata.path), |manifest| {
            manifest.remove("bin");
            if let Some(tests) = manifest.get_mut("test").and_then(Value::as_array_mut) {
                tests.retain(|test| test.get("name").and_then(Value::as_str) == Some(&kata.id));
            }
        })?;
    }
    let rivals = [
        rival(&root, "target/incremental", "1"),
        rival(&root, "target/not-incremental", "0"),
    ];
    for rival in &rivals {
        seconds(&mut rival.call("test --no-run --test *"))?;
    }
    Ok(rivals)
}

/// Without debug information, as the grader builds.
fn rival(root: &Path, target: &'static str, incremental: &'static str) -> Contestant {
    Contestant {
        program: "cargo".into(),
        root: root.to_owned(),
        katas: "solutions",
        kept: format!("{target}/debug/incremental"),
        one: "test --offline --package ID-solution --test *",
        all: "nextest run --offline --test *",
        variables: vec![
            ("CARGO_TARGET_DIR", target),
            ("CARGO_INCREMENTAL", incremental),
            ("CARGO_PROFILE_DEV_DEBUG", "false"),
        ],
    }
}

fn change_manifest(folder: &Path, change: impl FnOnce(&mut Table)) -> Result<()> {
    let file = folder.join("Cargo.toml");
    let mut manifest = fs::read_to_string(&file)?.parse()?;
    change(&mut manifest);
    Ok(fs::write(&file, manifest.to_string())?)
}
