//! One run of rustc in a cage.

use super::diagnostics::{Diagnostic, Message, read_diagnostics, read_messages};
use super::job::Job;
use crate::cargo::Toolchain;
use crate::error::Result;
use crate::limits::Bounds;
use crate::process::{Cage, Ended, Lines, Order};
use crate::stage::KataStage;
use crate::watch::{Stop, TICK, Watch};
use std::path::PathBuf;
use tokio::time::interval;

/// Bytes of rustc's messages kept at either end.
const KEPT_MESSAGES: usize = 1 << 20;

/// Pieces that are compiled anew or kept, each as a whole. By itself rustc makes ten times as many,
/// and linking them takes longer than compiling what would else have been kept.
const PIECES: [&str; 2] = ["-C", "codegen-units=8"];

/// Where rustc works.
pub(super) struct Setting {
    /// Its working folder, in the cage.
    pub(super) seen: PathBuf,
    /// Where what it makes goes, in the cage.
    pub(super) out: PathBuf,
    /// Where it may keep what makes the next time faster, in the cage.
    pub(super) incremental: Option<PathBuf>,
    /// What it may use.
    pub(super) bounds: Bounds,
}

impl Setting {
    /// For a kata in a cage of its compiler.
    pub(super) fn of(stage: &KataStage) -> Self {
        Self {
            seen: stage.seen().to_owned(),
            out: stage.out(),
            incremental: stage.incremental(),
            bounds: stage.kata.about.limits.for_compiler(),
        }
    }

    /// A program to run there.
    pub(super) fn order(&self, program: PathBuf, args: Vec<String>) -> Order {
        let out = self.out.display().to_string();
        let env = [
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("TMPDIR", out.as_str()),
            ("LANG", "C.UTF-8"),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Order {
            program,
            args,
            env: env.into(),
            cwd: self.seen.clone(),
            bounds: self.bounds,
        }
    }
}

/// What one run of rustc came to.
pub(super) struct Run {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether they are all that rustc has said.
    pub(super) is_whole: bool,
    pub(super) stopped: Option<Stop>,
    pub(super) ended: Option<Ended>,
}

/// Who is told each message as it comes.
pub(super) type Hear<'a> = &'a mut (dyn FnMut(&Message) + Send);

/// Runs rustc.
///
/// # Errors
/// When it could not be started or ended.
pub(super) async fn rustc(
    toolchain: &Toolchain,
    job: &Job,
    setting: &Setting,
    cage: &mut Cage,
    hear: Option<Hear<'_>>,
) -> Result<Run> {
    supervised(&order(toolchain, job, setting), cage, hear).await
}

/// Runs a program that compiles or links.
///
/// # Errors
/// When it could not be started or ended.
pub(super) async fn supervised(
    order: &Order,
    cage: &mut Cage,
    mut hear: Option<Hear<'_>>,
) -> Result<Run> {
    let running = cage.spawn(order, KEPT_MESSAGES).await?;
    let mut watch = Watch::over(running.root, order.bounds);
    let (mut stopped, mut ended) = (None, None);
    let mut lines = Lines::default();
    // Not a sleep in each round: whoever never stops talking would put it off for ever.
    let mut look = interval(TICK * 5);
    while stopped.is_none() && ended.is_none() {
        tokio::select! {
            end = cage.ended() => ended = Some(end),
            _ = look.tick() => stopped = watch.look(&running),
            () = running.stderr.grown(), if hear.is_some() => {
                let said = read_messages(&running.stderr.next_lines(&mut lines));
                if let Some(hear) = &mut hear {
                    said.iter().for_each(hear);
                }
            }
        }
    }
    cage.end().await?;
    let said = running.stderr.finish().await;
    Ok(Run {
        diagnostics: read_diagnostics(&said.to_bytes()),
        is_whole: said.is_whole(),
        stopped,
        ended,
    })
}

fn order(toolchain: &Toolchain, job: &Job, setting: &Setting) -> Order {
    let mut args = job.args.clone();
    if let Some(folder) = &setting.incremental {
        let folder = folder.join(&job.name);
        args.extend(["-C".to_owned(), format!("incremental={}", folder.display())]);
        args.extend(PIECES.map(str::to_owned));
    }
    let out = setting.out.display().to_string();
    args.extend(["--out-dir".to_owned(), out]);
    let mut order = setting.order(toolchain.rustc.clone(), args);
    order.env.extend(job.env.clone());
    order
}
