//! What helps a student: `list`, `show`, `hint`, `reset`, `solution`, `progress`.

use super::Here;
use super::output::{say, warn};
use crate::cli::{Hint, Named, Show, Solution};
use crate::course::{Kata, Lang, folder_of, restore_stub};
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::files::regular;
use crate::progress::{self, Noted, Progress, backup_folder, next_kata};
use crate::text::{grader_command, plural, quoted, wrapped};
use std::fmt::Write;
use std::fs;

/// Longest text of a kata, in bytes.
const MAX_TEXT: u64 = 1 << 20;

/// All katas, in the course's order.
pub(super) fn list(here: &Here) -> Result<ExitCode> {
    let progress = Progress::load(&here.catalogue.root)?;
    let katas = &here.catalogue.katas;
    let width = |text: fn(&Kata) -> &str| katas.iter().map(|kata| text(kata).len()).max();
    let ids = width(|kata| &kata.id).unwrap_or_default();
    let tracks = width(|kata| &kata.track).unwrap_or_default();
    let mut out = String::new();
    for kata in katas {
        let reached = progress.katas.get(&kata.id);
        let state = match reached {
            Some(reached) if reached.solved => "solved".to_owned(),
            Some(reached) if reached.best > 0 => format!("{}/{}", reached.best, reached.max),
            _ => String::new(),
        };
        let about = &kata.about;
        let _ = writeln!(
            out,
            "{:ids$}  {state:6}  {}/5  {:>3} min  {:tracks$}  {}",
            kata.id,
            about.difficulty,
            about.minutes,
            kata.track,
            about.title_in(here.lang)
        );
    }
    let _ = writeln!(out, "\n{}", next_step(here, &progress));
    say(&out)?;
    Ok(ExitCode::Passed)
}

/// What to do next.
fn next_step(here: &Here, progress: &Progress) -> String {
    match next_kata(&here.catalogue, progress) {
        Some(next) => format!("next: {}", next.words()),
        None => "nothing is left to do: well done".to_owned(),
    }
}

/// A kata's text.
pub(super) fn show(here: &Here, show: &Show) -> Result<ExitCode> {
    let kata = here.catalogue.one(show.kata.as_deref(), &here.cwd)?;
    if show.stub {
        say(&kata.stub()?)?;
        return Ok(ExitCode::Passed);
    }
    let name = match here.lang {
        Lang::En => "README.md",
        Lang::Zh => "README.zh-CN.md",
    };
    let file = folder_of(&here.catalogue, kata).join(name);
    let text = regular::read(&file, MAX_TEXT).map_err(|error| Error::io("read", &file, &error))?;
    say(&text)?;
    Ok(ExitCode::Passed)
}

/// One step of the hint ladder: the one after the last that was given.
pub(super) fn hint(here: &Here, hint: &Hint) -> Result<ExitCode> {
    let kata = here.catalogue.one(hint.kata.as_deref(), &here.cwd)?;
    let root = &here.catalogue.root;
    let hints = &kata.about.hints;
    let given = Progress::load(root)?.hints.get(&kata.id).copied();
    let next = (given.unwrap_or_default() + 1).min(hints.len());
    let level = hint.level.unwrap_or(next);
    let Some(step) = level.checked_sub(1).and_then(|index| hints.get(index)) else {
        return Err(Error::usage(
            format!("{} has hints 1 to {}", kata.id, hints.len()),
            "choose one with --level",
        ));
    };
    let text = match here.lang {
        Lang::En => &step.en,
        Lang::Zh => &step.zh,
    };
    let more = if level < hints.len() {
        format!("more: `{}`", grader_command(["hint", &kata.id]))
    } else {
        "this is the last hint".to_owned()
    };
    let shown = wrapped(text, 88);
    say(&format!(
        "hint {level} of {}\n\n{shown}\n\n{more}\n",
        hints.len()
    ))?;
    if let Noted::NotKept(why) = progress::note_hint(root, &kata.id, level)? {
        warn(&format!(
            "that you have seen it was not put on record: {why}"
        ));
    }
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
    let _ = writeln!(out, "{}", next_step(here, &progress));
    say(&out)?;
    Ok(ExitCode::Passed)
}
