//! Programs that must not compile. The compiler's messages decide, so no code of the student
//! may run in the compiler that says them.

use super::Caged;
use super::diagnostics::what_is_wrong;
use super::job::{Job, is_staged, staged};
use super::rustc::{Run, Setting, rustc};
use crate::cargo;
use crate::catalogue::{Given, Kata};
use crate::error::{Error, Result};
use crate::process::Cage;
use crate::stage::given_source;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The variable that names the file in which macros write what they made, or read it.
const EXPANSIONS: &str = "EXPANSIONS";
/// Longest such file, in bytes.
const MAX_EXPANSIONS: u64 = 16 << 20;

impl Caged<'_> {
    /// Compiles the programs that must not compile, and their twins, all at once.
    pub(super) async fn refused(&mut self) -> Result<BTreeMap<String, Option<String>>> {
        let refused = &self.stage.suite.refused;
        if refused.is_empty() {
            return Ok(BTreeMap::new());
        }
        let run = if self.stage.kata.has_macros() {
            self.record_expansions().await?;
            self.replayed().await?
        } else {
            let mut job = self.programs();
            self.compiler
                .against(&mut job, self.stage, &self.stage.out())?;
            self.rustc(&job).await?
        };
        let cases = refused.iter().enumerate().map(|(index, refused)| {
            let wrong = what_is_wrong(&run.diagnostics, index, &refused.expected);
            (refused.case.clone(), wrong)
        });
        Ok(cases.collect())
    }

    fn programs(&self) -> Job {
        let source = self.stage.seen().join("refused/lib.rs");
        let mut job = Job::new("refused", &source, "lib");
        job.args(["-A", "warnings", "--emit", "metadata"]);
        job
    }

    /// Lets the student's macros write down what they make of the programs. What this compiler
    /// says is worth nothing: they run in it.
    async fn record_expansions(&mut self) -> Result<()> {
        let stage = self.stage;
        let file = stage.out().join("expansions");
        let mut job = self.programs();
        job.env
            .push((EXPANSIONS.to_owned(), file.display().to_string()));
        self.compiler.against(&mut job, stage, &stage.out())?;
        self.rustc(&job).await?;
        let made = self.cage.fetch(&file).await;
        let expansions = made.and_then(|made| read(made).ok()).unwrap_or_default();
        stage.keep_expansions(&expansions)
    }

    /// The programs in a compiler of their own, whose macros only repeat what the student's
    /// have written down.
    async fn replayed(&self) -> Result<Run> {
        let (stage, compiler) = (self.stage, self.compiler);
        let given = self.given_without_student()?;
        let mut readable = compiler.readable();
        readable.push(given.clone());
        let bars = stage.compiler_bars(&readable);
        let mut cage = Cage::open(&bars, compiler.level).await?;
        let mut job = self.programs();
        job.env.push((
            EXPANSIONS.to_owned(),
            stage.expansions().display().to_string(),
        ));
        job.look_in(&given);
        for crate_of_course in &stage.kata.about.given {
            let name = &crate_of_course.name;
            job.extern_crate(name, &given.join(staged(&stage.kata, name)));
        }
        job.link(compiler.externs, &stage.kata.about.dependencies)?;
        let setting = Setting {
            seen: stage.seen().to_owned(),
            out: stage.out(),
            incremental: None,
            bounds: stage.kata.about.limits.for_compiler(),
        };
        rustc(compiler.toolchain, &job, &setting, &mut cage).await
    }

    /// The kata's given crates with macros that only repeat, compiled once for all
    /// submissions.
    fn given_without_student(&self) -> Result<PathBuf> {
        let kata = &self.stage.kata;
        let compiler = self.compiler;
        let made_of = compiler.toolchain.fingerprint()?;
        let made_of = made_of
            .folder(&kata.hidden.join("given"), |_| true)?
            .text("crates", &compiler.externs.folder().to_string_lossy())
            .finish();
        let kind = format!("given-{}", kata.id);
        cargo::depot().entry(&kind, &made_of, |folder| {
            let mut each = kata.about.given.iter();
            each.try_for_each(|given| self.compile_given(given, folder))
        })
    }

    fn compile_given(&self, given: &Given, folder: &Path) -> Result<()> {
        let (kata, compiler) = (&self.stage.kata, self.compiler);
        let source = folder.join(format!("{}.rs", given.name));
        let text = given_source(kata, given)?.replaying;
        fs::write(&source, text).map_err(|error| Error::io("write", &source, &error))?;
        let kind = if given.proc_macro {
            "proc-macro"
        } else {
            "lib"
        };
        let mut job = Job::new(&given.name, &source, kind);
        job.args(["-A", "warnings"]);
        job.remap(folder, "given");
        job.look_in(folder);
        if given.proc_macro {
            job.args(["--extern", "proc_macro"]);
            job.extern_crate("expansion", compiler.externs.get("expansion")?);
            job.link(compiler.externs, [])?;
        } else {
            let (ours, others) = dependencies(kata, given)?;
            for name in ours {
                job.extern_crate(name, &folder.join(staged(kata, name)));
            }
            job.link(compiler.externs, others)?;
        }
        compiler.toolchain.compile(&job.args, folder)
    }
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
