//! Drivers: of one kata, and of many in one program, which costs little more than one.

use super::diagnostics::misfit;
use super::job::{Job, staged};
use super::rustc::{Run, Setting, rustc};
use super::{Caged, Compiler, DriverOf, Made, NotCompiled};
use crate::error::Result;
use crate::process::Cage;
use crate::stage::{BatchStage, KataStage};
use std::path::Path;

/// What became of one driver for many katas.
pub(crate) enum Merged {
    /// It lies on the stage.
    Made,
    /// It could not be made because of these of them; none when nobody can say whose fault it
    /// is.
    Without(Vec<String>),
}

impl Caged<'_> {
    /// The kata's own driver.
    pub(super) async fn driver(&mut self) -> Made<()> {
        let stage = self.stage;
        let mut job = new_driver(&stage.seen().join("driver.rs"), "bin", DriverOf::Kata);
        let externs = &self.compiler.externs;
        job.extern_crate("suite", externs.get("suite-drive")?);
        job.remap(&stage.seen().join("suites"), "hidden suite");
        self.compiler.against(&mut job, stage, &stage.libraries())?;
        job.look_in(&stage.libraries());
        let (compiler, setting) = (self.compiler, Setting::of(stage));
        let run = rustc(compiler.toolchain, &job, &setting, &mut self.cage, None).await?;
        let Some(made) = self.cage.fetch(&job.output(&setting.out)).await else {
            return Err(misfit(&stage.kata, &run).into());
        };
        Ok(stage.keep_driver(made)?)
    }
}

impl Compiler<'_> {
    /// One driver for all katas of a batch.
    ///
    /// # Errors
    /// When the compiler could not be run.
    pub(crate) async fn merge(&self, batch: &BatchStage, katas: &[&KataStage]) -> Result<Merged> {
        let (run, made) = self.driver_of(batch, katas).await?;
        if made {
            return Ok(Merged::Made);
        }
        let at_fault = katas.iter().filter(|stage| run.is_fault_of(stage));
        let at_fault = at_fault.map(|stage| stage.kata.id.clone());
        Ok(Merged::Without(at_fault.collect()))
    }

    /// The driver of one kata that is compiled already.
    ///
    /// # Errors
    /// When the compiler could not be run; the student's mistakes are [`NotCompiled`].
    pub(crate) async fn alone(
        &self,
        batch: &BatchStage,
        stage: &KataStage,
    ) -> Result<std::result::Result<(), NotCompiled>> {
        let (run, made) = self.driver_of(batch, &[stage]).await?;
        Ok(if made {
            Ok(())
        } else {
            Err(misfit(&stage.kata, &run))
        })
    }

    async fn driver_of(&self, batch: &BatchStage, katas: &[&KataStage]) -> Result<(Run, bool)> {
        let limits = katas.iter().map(|stage| stage.kata.about.limits);
        let strictest = limits.min_by_key(|limits| limits.compile_seconds);
        let setting = Setting {
            seen: batch.seen().to_owned(),
            out: batch.out(),
            incremental: None,
            bounds: strictest.unwrap_or_default().for_compiler(),
        };
        let mut job = new_driver(&batch.seen().join("driver.rs"), "bin", DriverOf::Batch);
        job.extern_crate("suite", self.externs.get("suite-drive")?);
        job.remap(&batch.seen().join("suites"), "hidden suite");
        for stage in katas {
            let libraries = batch.libraries_of(stage);
            self.against(&mut job, stage, &libraries)?;
            job.look_in(&libraries);
        }
        let bars = batch.bars(&self.readable(), katas, setting.bounds);
        let mut cage = Cage::open(&bars, self.level).await?;
        let run = rustc(self.toolchain, &job, &setting, &mut cage, None).await?;
        let made = cage.fetch(&job.output(&setting.out)).await;
        let is_made = made.is_some();
        made.map(|made| batch.keep_driver(made)).transpose()?;
        Ok((run, is_made))
    }

    /// Names the crates of a kata, which lie in `libraries`, and what it may use.
    pub(super) fn against(&self, job: &mut Job, stage: &KataStage, libraries: &Path) -> Result<()> {
        let kata = &stage.kata;
        let student = kata.crate_name();
        let given = kata.about.given.iter().map(|given| given.name.as_str());
        for name in given.chain([student.as_str()]) {
            job.extern_crate(name, &libraries.join(staged(kata, name)));
        }
        job.link(self.externs, kata.about.used())
    }
}

pub(super) fn new_driver(source: &Path, kind: &str, driver: DriverOf) -> Job {
    let mut job = Job::new("driver", source, kind);
    job.args(["-A", "warnings"]);
    if driver == DriverOf::Kata {
        // Little else is left to do.
        job.args(["-C", "codegen-units=4"]);
    }
    job
}
