//! What `cargo run` starts, and what it refuses to start: `.cargo/start`.

use assert_cmd::Command;
use predicates::str::contains;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::TempDir;

const CARGO_FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../.cargo");
const PROGRAM: &str = "target/debug/seven";

/// A package that is run as the course runs the grader. Its program ends with the number of its
/// arguments.
fn package() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in [".cargo", "src"] {
        fs::create_dir(at(name)).unwrap();
    }
    for name in ["config.toml", "start"] {
        fs::copy(Path::new(CARGO_FILES).join(name), at(".cargo").join(name)).unwrap();
    }
    let manifest = "[package]\nname = \"seven\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(at("Cargo.toml"), manifest).unwrap();
    let main = "fn main() { std::process::exit(std::env::args().count() as i32 - 1) }";
    fs::write(at("src/main.rs"), main).unwrap();
    folder
}

fn run(package: &TempDir) -> Command {
    let mut command = Command::new("cargo");
    command
        .args([
            "run",
            "--offline",
            "--",
            "one",
            "two words",
            "",
            "4",
            "5",
            "6",
            "7",
        ])
        .env("CARGO_TARGET_DIR", "target")
        .current_dir(package.path());
    command
}

#[test]
fn a_program_is_started_with_its_arguments_and_its_status_is_cargo_s() {
    run(&package()).assert().code(7);
}

#[test]
fn an_emptied_program_is_an_error_and_not_a_success() {
    let package = package();
    run(&package).assert().code(7);
    fs::write(package.path().join(PROGRAM), "").unwrap();
    run(&package)
        .assert()
        .code(3)
        .stderr(contains("seven is empty or may not be executed"));
}

#[test]
fn a_program_that_may_not_be_executed_is_told() {
    let package = package();
    run(&package).assert().code(7);
    fs::set_permissions(package.path().join(PROGRAM), Permissions::from_mode(0o644)).unwrap();
    run(&package)
        .assert()
        .code(3)
        .stderr(contains("seven is empty or may not be executed"));
}
