//! One file per command: wires the stages together and owns no logic.

mod author;
mod batch;
mod check;
mod doctor;
mod learn;
mod output;

use crate::cli::{Author, Cli, Color, Command};
use crate::course::Catalogue;
use crate::error::{Error, Fault, Result};
use crate::exit_code::ExitCode;
use crate::files::sources;
use clap::Parser;
use output::{complain, set_colour};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The program: what `main` returns for these arguments.
pub fn main_of(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    #[cfg(all(target_os = "linux", not(grader_portable)))]
    match args.get(1) {
        Some(arg) if arg == crate::sandbox::SUPERVISOR => return crate::sandbox::supervise(),
        Some(arg) if arg == crate::sandbox::ENTER => return crate::sandbox::enter(&args[2..]),
        _ => crate::sandbox::raise_open_files(),
    }
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no mistakes, though clap hands them over as errors.
            let code = error.exit_code();
            let _ = error.print();
            return if code == 0 {
                ExitCode::Passed
            } else {
                ExitCode::Usage
            };
        }
    };
    set_colour(cli.color);
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            complain(&error);
            match error.fault {
                Fault::Usage => ExitCode::Usage,
                Fault::Grader => ExitCode::Grader,
            }
        }
    }
}

/// Where the user stands and what the course holds.
struct Here {
    catalogue: std::sync::Arc<Catalogue>,
    cwd: PathBuf,
}

fn run(cli: Cli) -> Result<ExitCode> {
    let cwd = std::env::current_dir().map_err(|error| {
        Error::grader(
            format!("the working folder cannot be named: {error}"),
            "change to a folder that exists",
        )
    })?;
    let here = Here {
        catalogue: Catalogue::find(&cwd)?.into(),
        cwd,
    };
    check_sources(&here.catalogue.root)?;
    output::write_alias(&here.catalogue.root);
    match cli.command {
        Command::Check(check) => check::check(&here, &check, cli.color),
        Command::Batch(batch) => batch::batch(&here, &batch),
        Command::List => learn::list(&here),
        Command::Show(show) => learn::show(&here, &show),
        Command::Hint(hint) => learn::hint(&here, &hint),
        Command::Reset(reset) => learn::reset(&here, &reset),
        Command::Solution(solution) => learn::solution(&here, &solution),
        Command::Progress => learn::progress(&here),
        Command::Doctor => doctor::doctor(&here),
        Command::Author(Author::Verify(verify)) => author::verify(&here, &verify),
    }
}

/// Refuses to grade a course whose own grader this is not: suites, oracles and grader must speak
/// the same language, and a grader that is older than its sources may judge by older rules.
fn check_sources(root: &Path) -> Result<()> {
    if !root.join("grader/Cargo.toml").is_file() {
        return Ok(());
    }
    let here = sources::fingerprint(root);
    let here = here.map_err(|error| Error::io("read", &root.join("grader"), &error))?;
    if here == env!("GRADER_SOURCES") {
        return Ok(());
    }
    Err(Error::grader(
        format!(
            "this grader was not built from the sources in {}",
            root.join("grader").display()
        ),
        "if you run `cargo grader`, run `cargo clean --profile grader --package grader` once, \
         because the dates of files have misled cargo; if you have installed the grader, run \
         `cargo install --path grader` again",
    ))
}

/// Runs the engine's future on a runtime of its own, until it is done or interrupted; either
/// way everything it owns is taken down.
fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| {
        Error::grader(
            format!("the grader's own scheduler does not start: {error}"),
            "are there too many threads?",
        )
    })?;
    let result = runtime.block_on(async {
        tokio::select! {
            result = future => result,
            () = interrupted() => Err(Error::grader("interrupted", "run the command again")),
        }
    });
    // What still builds in the background must not hold the answer back, but what tasks own
    // must be gone.
    runtime.shutdown_timeout(Duration::from_millis(500));
    #[cfg(all(target_os = "linux", not(grader_portable)))]
    crate::sandbox::wait_for_all();
    result
}

#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn interrupted() {
    let _ = tokio::signal::ctrl_c().await;
}

/// Colour or not, for this stream.
fn colour(choice: Color, is_terminal: bool) -> bool {
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty()),
    }
}
