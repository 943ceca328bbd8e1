//! `author mistake`: makes, opens and saves wrong solutions.

use super::Here;
use super::output::say;
use crate::cli::{EditMistake, MistakeCommand, RebaseMistakes, SaveMistake};
use crate::course::Kata;
use crate::error::{Error, Result};
use crate::exit_code::ExitCode;
use crate::text::{grader_command, plural};
use crate::verify::{Mistake, Mistakes};
use std::fs;
use std::path::PathBuf;

/// Runs one of the commands.
pub(super) fn mistake(here: &Here, command: &MistakeCommand) -> Result<ExitCode> {
    match command {
        MistakeCommand::Edit(args) => edit(here, args),
        MistakeCommand::Save(args) => save(here, args),
        MistakeCommand::Rebase(args) => rebase(here, args),
    }
}

fn edit(here: &Here, args: &EditMistake) -> Result<ExitCode> {
    check_name(&args.name)?;
    let kata = here.catalogue.one(Some(&args.kata), &here.cwd)?;
    let mistakes = Mistakes::of(&here.catalogue, kata)?;
    let text = if mistakes.file(&args.name).exists() {
        mistakes.apply(&mistakes.get(&args.name)?)?
    } else {
        mistakes.solution().to_owned()
    };
    let file = edited(here, kata, &args.name);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| Error::io("make", folder, &error))?;
    }
    fs::write(&file, text).map_err(|error| Error::io("write", &file, &error))?;
    let save = grader_command(["author", "mistake", "save", &kata.id, &args.name]);
    say(&format!(
        "{}\nnext: edit this file, then run `{save}`\n",
        file.display()
    ))?;
    Ok(ExitCode::Passed)
}

fn save(here: &Here, args: &SaveMistake) -> Result<ExitCode> {
    check_name(&args.name)?;
    for text in [&args.what, &args.caught_by].into_iter().flatten() {
        if text.trim().is_empty() || text.contains('\n') {
            return Err(Error::usage(
                "a header of a patch is one line that is not empty",
                "say it in one sentence",
            ));
        }
    }
    let kata = here.catalogue.one(Some(&args.kata), &here.cwd)?;
    let mistakes = Mistakes::of(&here.catalogue, kata)?;
    let known = if mistakes.file(&args.name).exists() {
        Some(mistakes.get(&args.name)?)
    } else {
        None
    };
    let said = |given: &Option<String>, known: Option<&String>, flag: &str| {
        given.as_ref().or(known).cloned().ok_or_else(|| {
            Error::usage(format!("{} is new", args.name), format!("say {flag}, too"))
        })
    };
    let what = said(
        &args.what,
        known.as_ref().map(|known| &known.what),
        "--what TEXT",
    )?;
    let case = known.as_ref().map(|known| &known.caught_by);
    let caught_by = said(&args.caught_by, case, "--caught-by CASE")?;
    let file = edited(here, kata, &args.name);
    let text = fs::read_to_string(&file).map_err(|error| Error::io("read", &file, &error))?;
    let mut mistake = Mistake::new(&args.name, &what, &caught_by);
    mistake.told = known.map(|known| known.told).unwrap_or_default();
    mistakes.write(&mistakes.made_of(&mistake, &text))?;
    let verify = grader_command(["author", "verify", &kata.id]);
    let patch = mistakes.file(&args.name);
    say(&format!(
        "{}\nnext: `{verify}` shows whether it is caught\n",
        patch.display()
    ))?;
    Ok(ExitCode::Passed)
}

fn check_name(name: &str) -> Result<()> {
    if Mistake::is_name(name) {
        return Ok(());
    }
    Err(Error::usage(
        format!("{name:?} cannot be the name of a mistake"),
        "name it in a word or two, in_snake_case",
    ))
}

fn rebase(here: &Here, args: &RebaseMistakes) -> Result<ExitCode> {
    let (mut made, mut failed) = (0, Vec::new());
    for kata in here.catalogue.select(&args.katas, &here.cwd)? {
        let mistakes = Mistakes::of(&here.catalogue, kata)?;
        for name in mistakes.names()? {
            match made_anew(&mistakes, &name) {
                Ok(()) => made += 1,
                Err(error) => failed.push(format!("{error}\n")),
            }
        }
    }
    let made = plural(made, "wrong solution");
    say(&format!("{}{made} made anew\n", failed.concat()))?;
    Ok(if failed.is_empty() {
        ExitCode::Passed
    } else {
        ExitCode::Unsolved
    })
}

fn made_anew(mistakes: &Mistakes, name: &str) -> Result<()> {
    let mistake = mistakes.get(name)?;
    let text = mistakes.apply(&mistake)?;
    mistakes.write(&mistakes.made_of(&mistake, &text))
}

/// Where a wrong solution is edited.
fn edited(here: &Here, kata: &Kata, name: &str) -> PathBuf {
    let folder = here.catalogue.root.join("target/mistakes").join(&kata.id);
    folder.join(format!("{name}.rs"))
}
