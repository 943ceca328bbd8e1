//! Programs that must not compile. The compiler's messages decide, so no code of the student
//! may run in the compiler that says them.

use super::Compiler;
use super::diagnostics::what_is_wrong;
use super::job::{Job, is_staged, staged};
use super::rustc::{Setting, rustc};
use crate::cargo;
use crate::catalogue::{Given, Kata};
use crate::error::{Error, Result};
use crate::process::Cage;
use crate::stage::{KataStage, given_source};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The variable that names the file in which macros write what they made, or read it.
const EXPANSIONS: &str = "EXPANSIONS";
/// Longest such file, in bytes.
const MAX_EXPANSIONS: u64 = 16 << 20;

/// Names of the must-not-compile cases and what is wrong with them; `None` is right.
pub(crate) type Refused = BTreeMap<String, Option<String>>;

impl Compiler<'_> {
    /// Compiles the programs that must not compile, and their twins, all at once, in a cage in
    /// which nothing else is compiled.
    ///
    /// # Errors
    /// When the compiler could not be run.
    pub(crate) async fn refused(&self, stage: &KataStage) -> Result<Refused> {
        let refused = &stage.suite.refused;
        if refused.is_empty() {
            return Ok(Refused::new());
        }
        let mut job = programs(stage, &stage.expansions());
        let mut readable = self.readable();
        if stage.kata.has_macros() {
            self.record_expansions(stage).await?;
            let given = self.given_without_student(&stage.kata)?;
            self.against_given(&mut job, &stage.kata, &given)?;
            readable.push(given);
        } else {
            self.against(&mut job, stage, &stage.libraries())?;
            job.look_in(&stage.libraries());
        }
        let mut cage = Cage::open(&stage.refused_bars(&readable), self.level).await?;
        let run = rustc(self.toolchain, &job, &setting(stage), &mut cage, None).await?;
        let cases = refused.iter().enumerate().map(|(index, refused)| {
            let wrong = what_is_wrong(&run, index, &refused.expected);
            (refused.case.clone(), wrong)
        });
        Ok(cases.collect())
    }

    /// Lets the student's macros write down what they make of the programs that must not
    /// compile. What this compiler says is worth nothing: they run in it.
    async fn record_expansions(&self, stage: &KataStage) -> Result<()> {
        let file = stage.refused_out().join("expansions");
        let mut job = programs(stage, &file);
        self.against(&mut job, stage, &stage.libraries())?;
        job.look_in(&stage.libraries());
        let mut cage = Cage::open(&stage.refused_bars(&self.readable()), self.level).await?;
        rustc(self.toolchain, &job, &setting(stage), &mut cage, None).await?;
        let made = cage.fetch(&file).await;
        let expansions = made.and_then(|made| read(made).ok()).unwrap_or_default();
        stage.keep_expansions(&expansions)
    }

    /// Names the given crates, which lie in a folder, and what the programs may use.
    fn against_given(&self, job: &mut Job, kata: &Kata, given: &Path) -> Result<()> {
        job.look_in(given);
        for crate_of_course in &kata.about.given {
            let name = &crate_of_course.name;
            job.extern_crate(name, &given.join(staged(kata, name)));
        }
        job.link(self.externs, &kata.about.dependencies)
    }

    /// The kata's given crates with macros that only repeat, compiled once for all
    /// submissions.
    fn given_without_student(&self, kata: &Kata) -> Result<PathBuf> {
        let made_of = self.toolchain.fingerprint()?;
        let made_of = made_of
            .folder(&kata.hidden.join("given"), |_| true)?
            .text("crates", &self.externs.folder().to_string_lossy())
            .finish();
        let kind = format!("given-{}", kata.id);
        cargo::depot().entry(&kind, &made_of, |folder| {
            let mut each = kata.about.given.iter();
            each.try_for_each(|given| self.compile_given(kata, given, folder))
        })
    }

    fn compile_given(&self, kata: &Kata, given: &Given, folder: &Path) -> Result<()> {
        let source = folder.join(format!("{}.rs", given.name));
        let text = given_source(kata, given)?.replaying;
        fs::write(&source, text).map_err(|error| Error::io("write", &source, &error))?;
        let mut job = Job::of_given(given, &source);
        job.args(["-A", "warnings"]);
        job.remap(folder, "given");
        job.look_in(folder);
        if given.proc_macro {
            job.args(["--extern", "proc_macro"]);
            job.extern_crate("expansion", self.externs.get("expansion")?);
            job.link(self.externs, [])?;
        } else {
            let (ours, others) = dependencies(kata, given)?;
            for name in ours {
                job.extern_crate(name, &folder.join(staged(kata, name)));
            }
            job.link(self.externs, others)?;
        }
        self.toolchain.compile(&job.args, folder)
    }
}

fn setting(stage: &KataStage) -> Setting {
    Setting {
        out: stage.refused_out(),
        ..Setting::of(stage)
    }
}

fn programs(stage: &KataStage, expansions: &Path) -> Job {
    let source = stage.seen().join("refused/lib.rs");
    let mut job = Job::new("refused", &source, "lib");
    job.args(["-A", "warnings", "--emit", "metadata"]);
    job.env
        .push((EXPANSIONS.to_owned(), expansions.display().to_string()));
    job
}

type Names<'a> = Vec<&'a String>;

/// Given crates that a given crate uses, and external ones.
fn dependencies<'a>(kata: &Kata, given: &'a Given) -> Result<(Names<'a>, Names<'a>)> {
    if given.dependencies.contains(&kata.crate_name()) {
        return Err(Error::course(
            &kata.hidden.join("kata.toml"),
            format!(
                "{} uses the student's crate; where a kata has macros, only they may",
                given.name
            ),
        ));
    }
    let names = given.dependencies.iter();
    Ok(names.partition(|name| is_staged(kata, name)))
}

fn read(made: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    made.take(MAX_EXPANSIONS).read_to_end(&mut bytes)?;
    Ok(bytes)
}
