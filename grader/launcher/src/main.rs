//! What `cargo grader` runs: starts the grader, and has it built before where that is needed.
//!
//! Cargo takes a tenth of a second to find that the grader and the hundred crates in it are built.
//! This program uses none of them, so cargo is done with it in little more than half that time; it
//! then looks only whether a file has changed since cargo was last asked about the grader.

mod built;

use built::{Asking, Built};
use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};

fn main() -> ExitCode {
    start().unwrap_or_else(|error| {
        let _ = writeln!(
            io::stderr(),
            "error: the grader cannot be started: {error}\n  help: build it with `cargo build \
             --profile grader --package grader`, which says more"
        );
        ExitCode::FAILURE
    })
}

fn start() -> io::Result<ExitCode> {
    let built = Built::new(root(), &env::current_exe()?);
    if !built.is_fresh() {
        // Where it cannot be noted, cargo is asked again the next time.
        let asking = built.ask();
        let status = build(built.root()).status()?;
        if !status.success() {
            return Ok(code(status));
        }
        let _ = asking.and_then(Asking::done);
    }
    run(Command::new(built.program()).args(env::args_os().skip(1)))
}

/// The course, as cargo says who runs this; a shared target folder may hold another one's.
fn root() -> PathBuf {
    let here = env::var_os("CARGO_MANIFEST_DIR");
    let here = here.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let root = Path::new(&here).ancestors().nth(2);
    root.unwrap_or(Path::new("/")).to_owned()
}

fn build(root: &Path) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--profile", "grader", "--package", "grader"]);
    build.arg("--manifest-path").arg(root.join("Cargo.toml"));
    build
}

#[cfg(unix)]
fn run(program: &mut Command) -> io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(program.exec())
}

#[cfg(not(unix))]
fn run(program: &mut Command) -> io::Result<ExitCode> {
    program.status().map(code)
}

fn code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
