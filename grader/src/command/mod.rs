//! One file per command: wires the stages together and owns no logic.

mod author;
mod batch;
mod check;
mod doctor;
mod guard;
mod learn;
mod mistake;
mod new_kata;
mod output;
mod reports;
mod runtime;

use crate::cli::{Author, Cli, Color, Command};
use crate::course::{Catalogue, Lang};
use crate::error::{Error, Fault, Result};
use crate::exit_code::ExitCode;
use crate::files::sources;
use crate::text::quoted;
use clap::Parser;
use output::{complain, set_colour};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The program: what `main` returns for these arguments.
pub fn main_of(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    #[cfg(all(target_os = "linux", not(grader_portable)))]
    match args.get(1) {
        Some(arg) if arg == crate::sandbox::SUPERVISOR => return crate::sandbox::supervise(),
        Some(arg) if arg == crate::sandbox::ENTER => return crate::sandbox::enter(&args[2..]),
        _ => crate::sandbox::raise_open_files(),
    }
    guard::panics_on_one_line();
    guard::status_of(|| parsed_and_run(args))
}

fn parsed_and_run(args: Vec<OsString>) -> ExitCode {
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
    lang: Lang,
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
        lang: cli.lang,
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
        Command::Author(Author::Mutants(mutants)) => author::mutants(&here, &mutants),
        Command::Author(Author::New(new)) => new_kata::new(&here, &new),
        Command::Author(Author::Mistake(command)) => mistake::mistake(&here, &command),
    }
}

/// Refuses to grade a course whose own grader this is not: suites, oracles and grader must speak
/// the same language, and a grader that is older than its sources may judge by older rules.
fn check_sources(root: &Path) -> Result<()> {
    let theirs = root.join("grader");
    if !theirs.join("Cargo.toml").is_file() {
        return Ok(());
    }
    // Sources that are not there are others than those it was built from.
    if sources::fingerprint(root).is_ok_and(|here| here == env!("GRADER_SOURCES")) {
        return Ok(());
    }
    Err(Error::grader(
        format!(
            "this grader was not built from {}: the course is newer or older than it",
            theirs.display()
        ),
        format!(
            "if you have installed the grader, install it again: `cargo install --path {}`. If you \
             run `cargo grader`, let cargo build it again: `cargo clean --profile grader --package \
             grader`",
            quoted(&theirs)
        ),
    ))
}

/// Colour or not, for this stream.
fn colour(choice: Color, is_terminal: bool) -> bool {
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty()),
    }
}
