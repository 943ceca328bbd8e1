//! The grader and its rivals, all of whom can be asked the same.

use crate::course::Kata;
use crate::edit::save;
use crate::environment::command;
use crate::files;
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// Somebody who judges katas.
#[derive(Debug, Clone)]
pub(crate) struct Contestant {
    pub(crate) program: PathBuf,
    /// Where it is called.
    pub(crate) root: PathBuf,
    /// The folder in `root` of the katas that it judges, `<track>/<id>`.
    pub(crate) katas: &'static str,
    /// The folder in `root` of what it keeps of katas from one time to the next.
    pub(crate) kept: String,
    /// The arguments that have it judge one kata, with `ID` for the kata's id.
    pub(crate) one: &'static str,
    /// The arguments that have it judge all.
    pub(crate) all: &'static str,
    pub(crate) variables: Vec<(&'static str, &'static str)>,
}

impl Contestant {
    /// The folder of a kata that it judges.
    pub(crate) fn folder(&self, kata: &Kata) -> PathBuf {
        self.root.join(self.katas).join(&kata.path)
    }

    pub(crate) fn change_all(&self, katas: &[Kata]) -> Result<()> {
        let mut katas = katas.iter();
        katas.try_for_each(|kata| save(kata, &self.folder(kata), ""))
    }

    /// Removes what it keeps.
    pub(crate) fn forget(&self) -> Result<()> {
        files::remove(&self.root.join(&self.kept))
    }

    pub(crate) fn one(&self, kata: &Kata) -> Command {
        self.call(&self.one.replace("ID", &kata.id))
    }

    pub(crate) fn all(&self) -> Command {
        self.call(self.all)
    }

    pub(crate) fn call(&self, args: &str) -> Command {
        let mut command = command(&self.program, &self.root);
        command
            .envs(self.variables.iter().copied())
            .args(args.split(' '));
        command
    }
}
