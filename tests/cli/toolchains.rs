//! The same verdicts with every compiler that is installed, and whatever the environment sets for
//! cargo and rustc.

use crate::course::{Course, Report, mistake};
use std::path::Path;
use std::process::Command;

/// Where each toolchain's builds are kept, so that none pushes out those of another.
const TARGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/toolchains");

/// What would change what cargo and rustc build, if they saw it.
const ENVIRONMENTS: [&[(&str, &str)]; 2] = [
    &[
        ("CI", "true"),
        ("RUSTFLAGS", "-D warnings -C opt-level=3 -C panic=abort"),
        ("CARGO_BUILD_TARGET", "wasm32-unknown-unknown"),
        ("CARGO_INCREMENTAL", "0"),
    ],
    &[
        ("CARGO_BUILD_RUSTFLAGS", "--cfg whatever"),
        ("CARGO_INCREMENTAL", "1"),
        ("RUSTC_WRAPPER", "/bin/false"),
    ],
];

/// The toolchains that rustup knows; `None` is the one on the path, where there is no rustup.
fn toolchains() -> Vec<Option<String>> {
    let listed = Command::new("rustup").args(["toolchain", "list"]).output();
    let Ok(listed) = listed else {
        return vec![None];
    };
    let listed = String::from_utf8(listed.stdout).unwrap();
    let names = listed.lines().filter_map(|line| line.split(' ').next());
    names.map(|name| Some(name.to_owned())).collect()
}

/// Right solutions, a submission that does not compile, and one, in `copied`, that only a program
/// that must not compile tells from a right one.
fn course() -> Course {
    let course = Course::with("adder/does_not_compile");
    for kata in ["spawner", "ticket", "wordlist"] {
        course.solve(kata);
    }
    let (copied, _) = mistake("ticket", "copied");
    course.write("copied/basics/ticket/src/lib.rs", &copied);
    course
}

/// Fails unless the verdicts on the course are right.
///
/// # Errors
/// What the grader says if it does not grade.
fn assert_graded(course: &Course, target: &Path, env: &[(&str, &str)]) -> Result<(), String> {
    let grade = |args: &str| {
        let mut check = course.grader(&format!("check --no-cache --format json {args}"));
        check.env("CARGO_TARGET_DIR", target);
        let output = check.envs(env.iter().copied()).output().unwrap();
        let report = Report::read(&String::from_utf8(output.stdout).unwrap());
        report.ok_or_else(|| String::from_utf8(output.stderr).unwrap())
    };
    // Elsewhere a machine without the full sandbox grades, too; CI asks for it.
    let report = grade("--sandbox best")?;
    println!("{} with {env:?}", report.0["toolchain"]);
    for (kata, verdict) in [
        ("spawner", "passed"),
        ("adder", "does-not-compile"),
        ("ticket", "passed"),
        ("wordlist", "passed"),
    ] {
        assert_eq!(report.verdict(kata), verdict, "{:#}", report.kata(kata));
    }
    let said = report.compiler("adder");
    assert!(said.contains("error[E0308]: mismatched types"), "{said}");
    let report = grade("ticket --from copied --sandbox best")?;
    assert_eq!(report.not_passed("ticket"), ["a_ticket_admits_once"]);
    Ok(())
}

#[test]
fn every_toolchain_that_is_installed_comes_to_the_same_verdicts() {
    let course = course();
    let mut graded = 0;
    for toolchain in toolchains() {
        let name = toolchain.as_deref().unwrap_or("the only one");
        let variable = toolchain.as_deref().map(|name| ("RUSTUP_TOOLCHAIN", name));
        match assert_graded(&course, &Path::new(TARGET).join(name), variable.as_slice()) {
            Ok(()) => graded += 1,
            Err(refused) => {
                assert!(refused.contains("is older than"), "{name}: {refused}");
                println!("not graded with {name}: {refused}");
            }
        }
    }
    assert!(graded > 0);
}

#[test]
fn nothing_that_is_set_for_cargo_or_rustc_changes_a_verdict() {
    let course = course();
    for environment in ENVIRONMENTS {
        // Where nothing is built yet, so that everything is built in this environment.
        let target = tempfile::tempdir().unwrap();
        assert_graded(&course, target.path(), environment).unwrap();
    }
}
