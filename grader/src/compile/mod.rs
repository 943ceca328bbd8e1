//! Student crates, given crates and drivers, each by one direct call of rustc in a cage.

mod diagnostics;
mod driver;
mod job;
mod library;
mod refused;
mod rustc;

pub(crate) use self::driver::Merged;
pub(crate) use self::library::Library;
pub(crate) use self::refused::Refused;

use self::diagnostics::{Message, misfit, not_compiled, rendered};
use self::job::{Job, is_staged, staged};
use self::rustc::{Hear, Run, Setting, rustc};
use crate::cargo::{Externs, Toolchain};
use crate::catalogue::Given;
use crate::error::{Error, Result};
use crate::linking::Linking;
use crate::outcome::Verdict;
use crate::process::{Cage, Level};
use crate::record::{Event, Events};
use crate::stage::KataStage;
use crate::submission::SourceFile;
use futures::future::OptionFuture;
use std::path::PathBuf;
use tokio::sync::oneshot;

/// What compiles katas, besides the katas.
pub(crate) struct Compiler<'a> {
    /// The compiler.
    pub(crate) toolchain: &'a Toolchain,
    /// What katas may use.
    pub(crate) externs: &'a Externs,
    /// How drivers are linked that were compiled before, where that is known.
    pub(crate) linking: Option<&'a Linking>,
    /// How much the compiler is shut in.
    pub(crate) level: Level,
    /// Who is told of a student's errors before the compiler has ended.
    pub(crate) events: &'a Events,
}

/// Where a kata's driver comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DriverOf {
    /// Its own, compiled with it.
    Kata,
    /// One for many, compiled later by [`Compiler::merge`].
    Batch,
}

/// A kata that compiles.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// Warnings about the student's crate, rendered.
    pub(crate) warnings: Vec<String>,
    /// What was found out about the programs that must not compile, if they were compiled.
    pub(crate) refused: Option<Refused>,
    /// Whether it has a driver of its own.
    pub(crate) has_driver: bool,
    /// The driver that its own is linked with, if that was compiled before.
    pub(crate) library: Option<Library>,
}

/// A kata that cannot be run.
#[derive(Debug)]
pub(crate) struct NotCompiled {
    /// What became of it.
    pub(crate) verdict: Verdict,
    /// The compiler's messages, rendered.
    pub(crate) messages: Vec<String>,
}

/// Why something was not made: the student's doing, or the grader's.
#[derive(Debug)]
enum Unmade {
    NotCompiled(NotCompiled),
    Error(Error),
}

impl From<Error> for Unmade {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<NotCompiled> for Unmade {
    fn from(not_compiled: NotCompiled) -> Self {
        Self::NotCompiled(not_compiled)
    }
}

type Made<T> = std::result::Result<T, Unmade>;

/// The student's doing as a value, the grader's as an error.
fn told_apart<T>(made: Made<T>) -> Result<std::result::Result<T, NotCompiled>> {
    match made {
        Ok(made) => Ok(Ok(made)),
        Err(Unmade::NotCompiled(not_compiled)) => Ok(Err(not_compiled)),
        Err(Unmade::Error(error)) => Err(error),
    }
}

impl Compiler<'_> {
    /// Compiles the crates of one kata: the student's and those that the course gives; beside
    /// them, a driver for their interface, if that pays.
    ///
    /// # Errors
    /// When the compiler could not be run; the student's mistakes are [`NotCompiled`].
    pub(crate) async fn crates<'s>(
        &'s self,
        stage: &'s KataStage,
        sources: &[SourceFile],
        driver: DriverOf,
    ) -> Result<std::result::Result<Caged<'s>, NotCompiled>> {
        let (is_seen, seen) = oneshot::channel();
        let library = async {
            // What has mistakes needs none, and their messages are not to wait for a processor.
            let _ = seen.await;
            let library = self.library(stage, sources, driver);
            library.await.map_err(Unmade::from)
        };
        let made = tokio::try_join!(self.caged(stage, driver, is_seen), library);
        told_apart(made.map(|(caged, library)| Caged { library, ..caged }))
    }

    async fn caged<'s>(
        &'s self,
        stage: &'s KataStage,
        driver: DriverOf,
        is_seen: oneshot::Sender<()>,
    ) -> Made<Caged<'s>> {
        let bars = stage.student_bars(&self.readable());
        let caged = Caged {
            compiler: self,
            stage,
            cage: Cage::open(&bars, self.level).await?,
            warnings: Vec::new(),
            library: None,
            driver,
        };
        caged.with_crates(is_seen).await
    }

    /// What the compiler itself and the katas' crates are.
    fn readable(&self) -> Vec<PathBuf> {
        let mut readable = vec![self.toolchain.sysroot.clone(), self.toolchain.rustc.clone()];
        readable.push(self.externs.folder().to_owned());
        readable.extend(self.linking.map(|linking| linking.folder.clone()));
        readable
    }
}

/// One kata in the cage that it is compiled in.
pub(crate) struct Caged<'a> {
    compiler: &'a Compiler<'a>,
    stage: &'a KataStage,
    cage: Cage,
    /// Warnings about the student's crate, rendered.
    warnings: Vec<String>,
    /// A driver that was compiled before.
    library: Option<Library>,
    /// Where its driver comes from, if there is none that was compiled before.
    driver: DriverOf,
}

impl Caged<'_> {
    /// Makes the driver, unless it is to be one for many.
    ///
    /// # Errors
    /// When the compiler could not be run; the student's mistakes are [`NotCompiled`].
    pub(crate) async fn finish(mut self) -> Result<std::result::Result<Compiled, NotCompiled>> {
        let (compiler, stage) = (self.compiler, self.stage);
        // To link takes less time than to run the cases, beside which they can be compiled as well.
        let compiles_driver = self.library.is_none() && self.driver == DriverOf::Kata;
        let refused = async {
            let refused = compiles_driver.then(|| compiler.refused(stage));
            let refused = OptionFuture::from(refused).await.transpose();
            refused.map_err(Unmade::from)
        };
        let made = tokio::try_join!(self.drivable(), refused);
        told_apart(made.map(|(has_driver, refused)| Compiled {
            refused,
            has_driver,
            warnings: self.warnings,
            library: self.library,
        }))
    }

    /// Makes a driver, linked with one that was compiled before if there is one; whether it has one
    /// now.
    async fn drivable(&mut self) -> Made<bool> {
        if let Some(library) = self.library.take()
            && self.link(&library).await?
        {
            self.library = Some(library);
            return Ok(true);
        }
        match self.driver {
            DriverOf::Kata => self.driver().await.map(|()| true),
            DriverOf::Batch => Ok(false),
        }
    }

    async fn with_crates(mut self, is_seen: oneshot::Sender<()>) -> Made<Self> {
        let (compiler, stage) = (self.compiler, self.stage);
        let kata = &stage.kata;
        self.warnings = self.student(is_seen).await?;
        if kata.has_macros() {
            // Whatever is compiled from here on may run the student's.
            let bars = stage.compiler_bars(&compiler.readable());
            self.cage = Cage::open(&bars, compiler.level).await?;
        }
        for given in &kata.about.given {
            let job = self.given(given)?;
            let setting = Setting::of(stage);
            self.make(&job, &setting, |run| misfit(kata, run), None)
                .await?;
        }
        Ok(self)
    }

    /// The student's crate; warnings about it. As soon as it is known what others can see of it,
    /// `is_seen` says so.
    async fn student(&mut self, is_seen: oneshot::Sender<()>) -> Made<Vec<String>> {
        let stage = self.stage;
        let kata = &stage.kata;
        let name = kata.crate_name();
        let mut job = Job::new(&name, &stage.seen().join("src/lib.rs"), "lib");
        // On the command line, so that no attribute can take it back.
        job.args(["-F", "unsafe_code"]);
        job.args(["--emit", "metadata,link", "--json", "artifacts"]);
        job.remap(&stage.seen().join("src"), &stage.source_as_shown());
        job.link(self.compiler.externs, &kata.about.dependencies)?;
        let events = self.compiler.events;
        let mut is_seen = Some(is_seen);
        let mut hear = |message: &Message| match message {
            Message::Diagnostic(message) => {
                if let Some(error) = message.rendered_at("error") {
                    let _ = events.send(Event::CompileError(error));
                }
            }
            Message::Artifact { emit } if emit == "metadata" => {
                is_seen.take().map(|is_seen| is_seen.send(()));
            }
            Message::Artifact { .. } | Message::Other => {}
        };
        let setting = Setting {
            incremental: stage.incremental_of_student(),
            ..Setting::of(stage)
        };
        let run = self
            .make(&job, &setting, not_compiled, Some(&mut hear))
            .await?;
        Ok(rendered(&run, "warning"))
    }

    fn given(&self, given: &Given) -> Result<Job> {
        let (stage, externs) = (self.stage, self.compiler.externs);
        let source = stage.seen().join(format!("given/{}.rs", given.name));
        let mut job = Job::of_given(given, &source);
        job.remap(stage.seen(), &stage.shown);
        let (ours, others): (Vec<_>, Vec<_>) = given
            .dependencies
            .iter()
            .partition(|name| is_staged(&stage.kata, name));
        for name in ours {
            job.extern_crate(name, &stage.libraries().join(staged(&stage.kata, name)));
        }
        job.look_in(&stage.libraries());
        job.link(externs, others)?;
        if given.proc_macro {
            job.args(["--extern", "proc_macro"]);
            job.extern_crate("expansion", externs.get("expansion")?);
        }
        Ok(job)
    }

    /// Makes a crate and keeps it, for this cage and others, or says why it was not made.
    async fn make(
        &mut self,
        job: &Job,
        setting: &Setting,
        why: impl FnOnce(&Run) -> NotCompiled,
        hear: Option<Hear<'_>>,
    ) -> Made<Run> {
        let toolchain = self.compiler.toolchain;
        let run = rustc(toolchain, job, setting, &mut self.cage, hear).await?;
        let Some(made) = self.cage.fetch(&job.output(&setting.out)).await else {
            return Err(why(&run).into());
        };
        self.stage
            .keep_library(&staged(&self.stage.kata, &job.name), made)?;
        Ok(run)
    }
}
