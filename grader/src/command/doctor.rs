//! `doctor`: looks whether everything is in place.

use super::Here;
use super::output::say;
use super::runtime::block_on;
use crate::build::{self, BuildCache, Toolchain};
use crate::course::oddities;
use crate::engine::possible_sandbox;
use crate::error::Result;
use crate::exit_code::ExitCode;
use crate::progress::Progress;
use crate::sandbox::Possible;
use crate::text::{inert, plural, printable};
use std::fmt::Write;
use std::path::Path;

/// Prints what was found and what to do about it.
pub(super) fn doctor(here: &Here) -> Result<ExitCode> {
    let root = &here.catalogue.root;
    let mut checkup = Checkup::default();
    let katas = plural(here.catalogue.katas.len(), "kata");
    checkup.say("course", format!("{}, {katas}", root.display()));
    checkup.ask("compiler", toolchain(root), |toolchain| {
        let caveat = toolchain.caveat().map(|caveat| format!("\n{caveat}"));
        let (version, host) = (&toolchain.version, &toolchain.host);
        format!("{version} for {host}{}", caveat.unwrap_or_default())
    });
    checkup.ask("sandbox", block_on(possible_sandbox()), sandbox);
    checkup.ask("progress", Progress::load(root), |progress| {
        format!("{} on record", plural(progress.katas.len(), "kata"))
    });
    for oddity in oddities(&here.catalogue, &root.join("exercises")) {
        checkup.say("warning", oddity);
    }
    say(&checkup.told())?;
    Ok(if checkup.ill {
        ExitCode::Grader
    } else {
        ExitCode::Passed
    })
}

fn toolchain(root: &Path) -> Result<Toolchain> {
    let workspace = build::workspace(root);
    Toolchain::find(&workspace, &BuildCache::open(&workspace)?)
}

fn sandbox(possible: &Possible) -> String {
    let made_in = possible.made_in.as_micros();
    let mut text = format!(
        "{}, made in {}.{} ms",
        possible.level.words(),
        made_in / 1000,
        made_in / 100 % 10
    );
    if let Some(missing) = possible.missing.first() {
        let _ = write!(
            text,
            "\nthe full sandbox is not possible: {missing}\nto get it: {}",
            missing.remedy()
        );
    }
    text
}

/// What was found so far.
#[derive(Debug, Default)]
struct Checkup {
    text: String,
    ill: bool,
}

impl Checkup {
    fn say(&mut self, about: &str, found: impl AsRef<str>) {
        let indented = printable(found.as_ref()).replace('\n', &format!("\n{:12}", ""));
        let _ = writeln!(self.text, "{about:10}  {indented}");
    }

    fn ask<T>(&mut self, about: &str, found: Result<T>, words: impl FnOnce(&T) -> String) {
        match found {
            Ok(found) => self.say(about, words(&found)),
            Err(error) => {
                self.ill = true;
                self.say(about, error.to_string());
            }
        }
    }

    fn told(&self) -> String {
        let end = if self.ill { "see above" } else { "all is well" };
        inert(&format!("{}{end}\n", self.text))
    }
}
