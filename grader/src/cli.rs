//! What the user types. Nothing here is resolved yet.

use crate::course::Lang;
use crate::report::Format;
use crate::sandbox::Strictness;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Grades the katas and helps with them
#[derive(Debug, Parser)]
#[command(
    name = "grader",
    bin_name = "cargo grader",
    version,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    /// When to use colour
    #[arg(long, value_enum, default_value_t, global = true)]
    pub(crate) color: Color,
    /// The language of whatever there is in two
    #[arg(long, value_enum, default_value_t, global = true)]
    pub(crate) lang: Lang,
    /// What to do
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Grade katas and report
    Check(Check),
    /// Grade a class: one folder for each student
    Batch(Batch),
    /// Show all katas and how far you are
    List,
    /// Show what a kata asks for
    Show(Show),
    /// Give a hint, each time one step further
    Hint(Hint),
    /// Bring a kata's stub back; your text is kept
    Reset(Named),
    /// Show the solution of a kata you have solved
    Solution(Solution),
    /// Show what you have reached
    Progress,
    /// Look whether everything is in place
    Doctor,
    /// For those who write katas
    #[command(subcommand)]
    Author(Author),
}

/// The author's commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Author {
    /// Prove that katas are fair, strong and stable
    Verify(Verify),
    /// Lay out the files of a new kata
    New(NewKata),
    /// Change the solutions in every small way, and show the changes that no case catches
    Mutants(Mutants),
    /// Make, open and save wrong solutions
    #[command(subcommand)]
    Mistake(MistakeCommand),
}

/// `author new`.
#[derive(Debug, Args)]
pub(crate) struct NewKata {
    /// Track, `in-kebab-case`
    #[arg(value_name = "TRACK")]
    pub(crate) track: String,
    /// Id, `in-kebab-case`
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

/// The commands for wrong solutions.
#[derive(Debug, Subcommand)]
pub(crate) enum MistakeCommand {
    /// Write a wrong solution out to be edited; a new one starts as the solution
    Edit(EditMistake),
    /// Save what was edited as a patch of the solution
    Save(SaveMistake),
    /// Make every patch anew for a solution that has changed
    Rebase(RebaseMistakes),
}

/// `author mistake edit`.
#[derive(Debug, Args)]
pub(crate) struct EditMistake {
    /// Id, or a path inside
    #[arg(value_name = "KATA")]
    pub(crate) kata: String,
    /// The mistake in a word or two, `in_snake_case`
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
}

/// `author mistake save`.
#[derive(Debug, Args)]
pub(crate) struct SaveMistake {
    /// Id, or a path inside
    #[arg(value_name = "KATA")]
    pub(crate) kata: String,
    /// Name of the mistake
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// What a student did, and why it is tempting; needed for a new mistake
    #[arg(long, value_name = "TEXT")]
    pub(crate) what: Option<String>,
    /// The case that catches it; needed for a new mistake
    #[arg(long, value_name = "CASE")]
    pub(crate) caught_by: Option<String>,
}

/// `author mistake rebase`.
#[derive(Debug, Args)]
pub(crate) struct RebaseMistakes {
    /// Ids, tracks, or paths inside either; none means all
    #[arg(value_name = "KATA")]
    pub(crate) katas: Vec<String>,
}

/// `check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Ids, tracks, or paths inside either; none means all, or the one you stand in
    #[arg(value_name = "KATA")]
    pub(crate) katas: Vec<String>,
    /// Grade the course's own solutions
    #[arg(long, conflicts_with = "from")]
    pub(crate) solutions: bool,
    /// Grade a folder laid out like `exercises`
    #[arg(long, value_name = "DIR")]
    pub(crate) from: Option<PathBuf>,
    /// Draw the inputs under this seed, to replay a failure
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Where the full sandbox cannot be had; usual is best, and required where CI is set
    #[arg(long, value_enum, value_name = "CHOICE")]
    pub(crate) sandbox: Option<Strictness>,
    /// Make every verdict again, also where nothing has changed; usual where CI is set
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Grade this many katas at a time
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<usize>,
    /// Print in this form
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// Also write a report in this form to a file
    #[arg(long = "report", value_name = "FORMAT=PATH", value_parser = report_file)]
    pub(crate) reports: Vec<(Format, PathBuf)>,
    /// Run each kata this many times, each under a new seed
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) repeat: u64,
    /// Tell every failure in full, not only the first of each kata, and name what passed
    #[arg(long)]
    pub(crate) all: bool,
}

/// `batch`.
#[derive(Debug, Args)]
pub(crate) struct Batch {
    /// A folder with a folder for each student, each laid out like `exercises`
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Ids, tracks, or paths inside either; none means all
    #[arg(value_name = "KATA")]
    pub(crate) katas: Vec<String>,
    /// Where to put each student's report, as JSON, and a summary as JSON and CSV
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Draw everybody's inputs under this seed, to replay a failure
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Where the full sandbox cannot be had; usual is best, and required where CI is set
    #[arg(long, value_enum, value_name = "CHOICE")]
    pub(crate) sandbox: Option<Strictness>,
    /// Do this many things at a time
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<usize>,
}

/// `show`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Id, or a path inside
    #[arg(value_name = "KATA")]
    pub(crate) kata: Option<String>,
    /// The pristine stub instead
    #[arg(long)]
    pub(crate) stub: bool,
}

/// `hint`.
#[derive(Debug, Args)]
pub(crate) struct Hint {
    /// Id, or a path inside
    #[arg(value_name = "KATA")]
    pub(crate) kata: Option<String>,
    /// How far the hint goes: 1 is a question, 3 a sketch; usual is one step further than last time
    #[arg(long, value_name = "N")]
    pub(crate) level: Option<usize>,
}

/// `reset`.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Id, or a path inside
    #[arg(value_name = "KATA")]
    pub(crate) kata: Option<String>,
}

/// `solution`.
#[derive(Debug, Args)]
pub(crate) struct Solution {
    /// Id, or a path inside
    #[arg(value_name = "KATA")]
    pub(crate) kata: Option<String>,
    /// Also before you have solved it
    #[arg(long)]
    pub(crate) give_up: bool,
}

/// `author verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// Ids, tracks, or paths inside either; none means all
    #[arg(value_name = "KATA")]
    pub(crate) katas: Vec<String>,
    /// Run solutions and wrong solutions this many times
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) repeat: usize,
    /// Put the causes that wrong solutions are told on record in their patches, to be read there
    #[arg(long)]
    pub(crate) accept_causes: bool,
    /// Verify this many katas at a time
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<usize>,
}

/// `author mutants`.
#[derive(Debug, Args)]
pub(crate) struct Mutants {
    /// Ids, tracks, or paths inside either; none means all
    #[arg(value_name = "KATA")]
    pub(crate) katas: Vec<String>,
    /// Try only mutants whose name contains this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) only: String,
    /// Run each mutant this many times, each under a new seed
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) repeat: usize,
    /// Try this many mutants at a time
    #[arg(long, short, value_name = "N")]
    pub(crate) jobs: Option<usize>,
}

fn report_file(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, path) = text
        .split_once('=')
        .ok_or("write it as FORMAT=PATH, for example junit=report.xml")?;
    let format = Format::from_str(format, true)?;
    Ok((format, path.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
