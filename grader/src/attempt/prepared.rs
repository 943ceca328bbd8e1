//! A submission of a kata that compiles, before its cases are run.

use super::Attempt;
use crate::catalogue::Kata;
use crate::compile::{Compiled, DriverOf, NotCompiled};
use crate::error::Result;
use crate::process::{Cage, Level};
use crate::stage::{KataStage, Stage};
use crate::submission::SourceFile;
use crate::workshop::Workshop;
use futures::future::try_join_all;
use std::path::PathBuf;
use tokio::sync::OnceCell;

/// How the submission is called in what its author reads.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    /// Its folder, as its author knows it.
    pub(crate) shown: String,
    /// The flag that grades it again, with a space before it, or nothing.
    pub(crate) flag: String,
    /// Where its compiler may keep what makes the next time faster.
    pub(crate) lasting: Option<PathBuf>,
}

/// How a kata is run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Driving {
    /// Whose driver runs it.
    pub(crate) driver: DriverOf,
    /// Cases that may run side by side.
    pub(crate) lanes: usize,
}

/// One submission of one kata that compiles.
pub(crate) struct Prepared {
    /// The submission.
    pub(crate) work: Work,
    lanes: Lanes,
}

/// A submission of a kata, and what came of compiling it.
pub(crate) struct Work {
    pub(super) sources: Vec<SourceFile>,
    pub(super) names: Names,
    /// Where it lies.
    pub(crate) stage: KataStage,
    pub(super) compiled: Compiled,
}

/// Cages of a kata's cases.
enum Lanes {
    /// As many as there are to be cases side by side.
    Open(Vec<Cage>),
    /// To be opened, so many.
    Later(usize),
}

impl Prepared {
    /// Stages and compiles; a driver of its own only if it asks for one. While that is compiled
    /// the cages of its cases are opened.
    ///
    /// # Errors
    /// When the grader cannot; what the student got wrong is [`NotCompiled`].
    pub(crate) async fn compile(
        kata: &Kata,
        sources: Vec<SourceFile>,
        names: Names,
        driving: Driving,
        (stage, workshop): (&Stage, &Workshop),
    ) -> Result<std::result::Result<Self, NotCompiled>> {
        let lasting = names.lasting.clone();
        let stage = stage.kata(kata, &sources, &names.shown, workshop.level, lasting)?;
        let compiler = workshop.compiler();
        let crates = match compiler.crates(&stage, &sources, driving.driver).await? {
            Ok(crates) => crates,
            Err(not_compiled) => return Ok(Err(not_compiled)),
        };
        let lanes = async {
            Ok(match driving.driver {
                DriverOf::Kata => Lanes::Open(open(&stage, workshop.level, driving.lanes).await?),
                DriverOf::Batch => Lanes::Later(driving.lanes),
            })
        };
        let (made, lanes) = tokio::try_join!(crates.finish(), lanes)?;
        Ok(made.map(|compiled| Self {
            work: Work {
                sources,
                names,
                stage,
                compiled,
            },
            lanes,
        }))
    }

    /// Whether it has a driver of its own.
    pub(crate) fn has_driver(&self) -> bool {
        self.work.compiled.has_driver
    }

    /// Opens the cages of its cases, if they are not.
    ///
    /// # Errors
    /// When there is no cage or no oracle.
    pub(crate) async fn start(self, workshop: &Workshop) -> Result<Attempt<'_>> {
        let lanes = match self.lanes {
            Lanes::Open(cages) => cages,
            Lanes::Later(lanes) => open(&self.work.stage, workshop.level, lanes).await?,
        };
        Ok(Attempt {
            lanes,
            oracle: workshop.oracle().await?,
            refused: OnceCell::new_with(self.work.compiled.refused.clone()),
            work: self.work,
            workshop,
        })
    }
}

/// As many cages as there are to be cases side by side.
async fn open(stage: &KataStage, level: Level, lanes: usize) -> Result<Vec<Cage>> {
    let bars = stage.case_bars(stage.kata.about.limits.for_case());
    let lanes = match level {
        Level::Full => lanes.max(1),
        // Here cages share their writable folder.
        Level::Landlock | Level::Limits | Level::Bare => 1,
    };
    try_join_all((0..lanes).map(|_| Cage::open(&bars, level))).await
}
