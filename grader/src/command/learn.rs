//! What helps a student: `list`, `show`, `hint`, `reset`, `solution`, `progress`.

use super::Here;
use super::output::say;
use crate::cli::{Hint, Named, Show, Solution};
use crate::course::{Kata, folder_of, restore_stub};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::files::regular;
use crate::progress::{Progress, backup_folder};
use crate::text::{grader_command, plural, quoted, wrapped};
use std::fmt::Write;
use std::fs;

/// Longest text of a kata, in bytes.
const MAX_TEXT: u64 = 1 << 20;

/// All katas, by track.
pub(super) fn list(here: &Here) -> Result<ExitCode> {
    let progress = Progress::load(&here.catalogue.root)?;
    let katas = &here.catalogue.katas;
    let width = katas
        .iter()
        .map(|kata| kata.id.len())
        .max()
        .unwrap_or_default();
    let mut out = String::new();
    let mut track = "";
    for kata in katas {
        if kata.track != track {
            track = &kata.track;
            let _ = writeln!(out, "{track}");
        }
        let reached = progress.katas.get(&kata.id);
        let state = match reached {
            Some(reached) if reached.solved => "solved".to_owned(),
            Some(reached) if reached.best > 0 => format!("{}/{}", reached.best, reached.max),
            _ => String::new(),
        };
        let _ = writeln!(
            out,
            "  {:width$}  {state:6}  {}/5  {:>3} min  {}",
            kata.id, kata.about.difficulty, kata.about.minutes, kata.about.title
        );
    }
    out.push_str("\nnext: `cargo grader show KATA` says what a kata asks for\n");
    say(&out)?;
    Ok(ExitCode::Passed)
}

/// A kata's text.
pub(super) fn show(here: &Here, show: &Show) -> Result<ExitCode> {
    let kata = here.catalogue.one(show.kata.as_deref(), &here.cwd)?;
    if show.stub {
        say(&kata.stub()?)?;
        return Ok(ExitCode::Passed);
    }
    let name = if show.zh {
        "README.zh-CN.md"
    } else {
        "README.md"
    };
    let file = folder_of(&here.catalogue, kata).join(name);
    let text = regular::read(&file, MAX_TEXT).map_err(|error| Error::io("read", &file, &error))?;
    say(&text)?;
    Ok(ExitCode::Passed)
}

/// One step of the hint ladder.
pub(super) fn hint(here: &Here, hint: &Hint) -> Result<ExitCode> {
    let kata = here.catalogue.one(hint.kata.as_deref(), &here.cwd)?;
    let hints = &kata.about.hints;
    let Some(step) = hint.level.checked_sub(1).and_then(|index| hints.get(index)) else {
        return Err(Error::usage(
            format!("{} has hints 1 to {}", kata.id, hints.len()),
            "choose one with --level",
        ));
    };
    let text = if hint.zh { &step.zh } else { &step.en };
    let mut out = format!("{}\n", wrapped(text, 88));
    if hint.level < hints.len() {
        let _ = writeln!(
            out,
            "\nmore: `{}`",
            grader_command(["hint", &kata.id, "--level", &(hint.level + 1).to_string()])
        );
    }
    say(&out)?;
    Ok(ExitCode::Passed)
}

/// Brings the stub back and keeps the student's text.
pub(super) fn reset(here: &Here, reset: &Named) -> Result<ExitCode> {
    let kata = here.catalogue.one(reset.kata.as_deref(), &here.cwd)?;
    let backup = backup_folder(&here.catalogue.root, &kata.id);
    let folder = folder_of(&here.catalogue, kata);
    restore_stub(kata, &folder, &backup)?;
    say(&format!(
        "{} is a stub again; what you had is in {}\n",
        kata.id,
        quoted(&backup)
    ))?;
    Ok(ExitCode::Passed)
}

/// The solution, for those who have one.
pub(super) fn solution(here: &Here, solution: &Solution) -> Result<ExitCode> {
    let kata = here.catalogue.one(solution.kata.as_deref(), &here.cwd)?;
    let progress = Progress::load(&here.catalogue.root)?;
    if !progress.is_solved(&kata.id) && !solution.give_up {
        return Err(Error::usage(
            format!("the solution of {} opens when you have solved it", kata.id),
            format!(
                "`{}` helps; --give-up shows it anyway",
                grader_command(["hint", &kata.id])
            ),
        ));
    }
    let file = solution_file(here, kata);
    let text = fs::read_to_string(&file).map_err(|error| Error::io("read", &file, &error))?;
    say(&text)?;
    Ok(ExitCode::Passed)
}

fn solution_file(here: &Here, kata: &Kata) -> std::path::PathBuf {
    let folder = here.catalogue.root.join("solutions").join(kata.path());
    folder.join("src/lib.rs")
}

/// How far the student is.
pub(super) fn progress(here: &Here) -> Result<ExitCode> {
    let progress = Progress::load(&here.catalogue.root)?;
    let katas = &here.catalogue.katas;
    let solved = katas
        .iter()
        .filter(|kata| progress.is_solved(&kata.id))
        .count();
    let mut out = format!("{solved} of {} solved\n", plural(katas.len(), "kata"));
    let begun = katas.iter().filter_map(|kata| {
        let reached = progress.katas.get(&kata.id)?;
        (!reached.solved && reached.best > 0).then_some((kata, reached))
    });
    for (kata, reached) in begun {
        let _ = writeln!(
            out,
            "  {}: {} of {} points",
            kata.id, reached.best, reached.max
        );
    }
    match katas.iter().find(|kata| !progress.is_solved(&kata.id)) {
        Some(kata) => {
            let _ = writeln!(out, "next: `{}`", grader_command(["show", &kata.id]));
        }
        None => out.push_str("nothing is left to do: well done\n"),
    }
    say(&out)?;
    Ok(ExitCode::Passed)
}
