//! What serves every submission: what is built, how student code is confined, and what may
//! happen side by side.

use crate::build::Toolset;
use crate::course::{Kata, Suites};
use crate::error::{Error, Result};
use crate::files::{Fingerprint, Scratch};
use crate::limits::Limits;
use crate::record::Events;
use crate::sandbox::{self, Level, Possible, Purpose, Sandbox, SandboxSpec, Strictness};
use std::path::{Path, PathBuf};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

/// How to grade, whoever's work it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// The seed of every input in the first round; the next round has the next seed.
    pub(crate) seed: u64,
    /// How often each kata is run. What counts is the first round that it does not pass.
    pub(crate) rounds: u64,
    /// What to do where the full sandbox cannot be had.
    pub(crate) strictness: Strictness,
    /// What may happen side by side.
    pub(crate) jobs: usize,
}

/// One submission.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    /// A folder laid out like `exercises`.
    pub(crate) from: PathBuf,
    /// Whose work it is, in words.
    pub(crate) origin: String,
    /// The flag that grades it again, quoted for a shell, with a space before it, or nothing.
    pub(crate) flag: String,
    /// A folder for what makes the next grade faster; none where the disk is not to be trusted.
    pub(crate) incremental: Option<PathBuf>,
}

impl Work {
    /// A kata's folder as the submission's author knows it.
    pub(crate) fn shown(&self, kata: &Kata) -> String {
        let folder = self.from.join(kata.path());
        let cwd = std::env::current_dir().unwrap_or_default();
        let shown = folder.strip_prefix(&cwd).unwrap_or(&folder);
        if shown.as_os_str().is_empty() {
            return ".".to_owned();
        }
        shown.display().to_string()
    }

    /// Where the compiler may keep what makes the next time faster: for each folder of
    /// submissions and each kata its own.
    pub(crate) fn incremental(&self, kata: &Kata) -> Option<PathBuf> {
        let from = Fingerprint::new().text("from", &self.from.to_string_lossy());
        let incremental = self.incremental.as_ref()?;
        Some(incremental.join(&from.finish()[..8]).join(&kata.id))
    }
}

/// What serves every submission.
pub(crate) struct Engine {
    /// What katas need.
    pub(crate) toolset: Toolset,
    /// How to grade.
    pub(crate) terms: Terms,
    /// Who is told what happens.
    pub(crate) events: Events,
    /// Where everything is compiled and run.
    pub(crate) scratch: Scratch,
    /// Suites, taken apart.
    pub(crate) suites: Suites,
    level: OnceCell<Level>,
    /// One for each thing that may happen beside others.
    pub(crate) permits: Semaphore,
}

impl Engine {
    /// For the course at `root`.
    ///
    /// # Errors
    /// When there is no compiler or no scratch folder.
    pub(crate) async fn open(root: &Path, terms: Terms, events: &Events) -> Result<Self> {
        Ok(Self {
            toolset: Toolset::open(root, events).await?,
            terms,
            events: events.clone(),
            scratch: Scratch::new()?,
            suites: Suites::default(),
            level: OnceCell::new(),
            permits: Semaphore::new(terms.jobs.max(1)),
        })
    }

    /// How student code is confined here, found by making a sandbox.
    ///
    /// # Errors
    /// When that is less than was asked for.
    pub(crate) async fn level(&self) -> Result<Level> {
        let finding = async {
            let level = self.terms.strictness.level(&possible_sandbox().await?)?;
            Sandbox::check_linker(level)?;
            Ok(level)
        };
        self.level.get_or_try_init(|| finding).await.copied()
    }

    /// The level, if anything was compiled.
    pub(crate) fn known_level(&self) -> Option<Level> {
        self.level.get().copied()
    }

    /// Permits that nobody uses now, for cases of one kata that run side by side.
    pub(crate) fn idle_permits(&self) -> Vec<SemaphorePermit<'_>> {
        std::iter::from_fn(|| self.permits.try_acquire().ok()).collect()
    }
}

impl Drop for Engine {
    // What still ends in a sandbox may write to the scratch folder while that is removed.
    fn drop(&mut self) {
        sandbox::wait_for_all();
    }
}

/// How a submission is called in what its author reads.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// Its folder, as its author knows it.
    pub(crate) shown: String,
    /// The flag that grades it again, quoted for a shell, with a space before it, or nothing.
    pub(crate) flag: String,
    /// Where its compiler may keep what makes the next time faster.
    pub(crate) incremental: Option<PathBuf>,
}

/// The strongest sandbox that can be had here, found by making one.
///
/// # Errors
/// When there is no scratch folder to make it in.
pub(crate) async fn possible_sandbox() -> Result<Possible> {
    let folder = Scratch::new()?;
    let spec = SandboxSpec {
        root: folder.path().to_owned(),
        readable: Vec::new(),
        writable: folder.path().join("work"),
        persistent: None,
        purpose: Purpose::Compiler,
        bounds: Limits::default().for_case(),
    };
    Ok(Sandbox::strongest(&spec).await)
}

/// A seed that nobody could know.
///
/// # Errors
/// When the system has no random numbers.
pub(crate) fn fresh_seed() -> Result<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(Error::no_randomness)?;
    // 48 bits: short enough to type again, far too many to guess.
    Ok(u64::from_le_bytes(bytes) >> 16)
}
