//! One kata of one submission, from intake to verdict, top to bottom.

use crate::build::Toolset;
use crate::cases::ReadyKata;
use crate::compile::{CompileError, Compiler, NotCompiled, Stage, Staging};
use crate::course::{self, Kata, SourceFile, Submission, Suites};
use crate::error::{Error, Result};
use crate::files::{Fingerprint, Scratch};
use crate::judge;
use crate::limits::Limits;
use crate::outcome::Verdict;
use crate::record::{Event, Events, KataResult};
use crate::run::Oracle;
use crate::sandbox::{Level, Possible, Sandbox, SandboxSpec, Strictness};
use crate::verdict_cache::VerdictCache;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::sync::{OnceCell, Semaphore};

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
    /// The flag that grades it again, with a space before it, or nothing.
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
    fn incremental(&self, kata: &Kata) -> Option<PathBuf> {
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
    scratch: Scratch,
    suites: Suites,
    level: OnceCell<Level>,
    /// One for each thing that may happen beside others.
    permits: Semaphore,
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

    /// What a kata's suite comes to.
    pub(crate) fn suites(&self) -> &Suites {
        &self.suites
    }

    /// Grades one kata of a submission. What goes wrong is in the result.
    ///
    /// What nobody can explain is graded once more with nothing beside it, before it is called
    /// an error: a neighbour may have used up what the machine has.
    pub(crate) async fn grade(
        &self,
        kata: &Kata,
        work: &Work,
        cache: Option<&VerdictCache>,
    ) -> KataResult {
        let way = Way {
            engine: self,
            kata,
            work,
            cache,
        };
        let permit = self.permits.acquire().await;
        let first = way.graded().await;
        drop(permit);
        let result = if first.as_ref().is_err_and(Halt::may_be_a_neighbours_fault) {
            let all = u32::try_from(self.terms.jobs.max(1)).unwrap_or(1);
            let _all = self.permits.acquire_many(all).await;
            way.graded().await
        } else {
            first
        };
        let mut result = result.unwrap_or_else(|halt| way.without_cases(halt));
        if result.verdict == Verdict::DoesNotCompile {
            result.warnings = course::not_graded(kata, &work.from, &result.compiler);
        }
        let _ = self.events.send(Event::Finished(Box::new(result.clone())));
        result
    }

    /// Compiles sources of a kata and opens the sandboxes that its cases run in.
    ///
    /// # Errors
    /// What the student got wrong, or why the grader could not do its job.
    pub(crate) async fn prepare(
        &self,
        kata: &Kata,
        sources: Vec<SourceFile>,
        names: Names,
    ) -> Result<ReadyKata<'_>, Halt> {
        let level = self.level().await?;
        let externs = self.toolset.externs(kata).await?;
        let staging = Staging {
            kata,
            suite: self.suites.of(kata)?,
            sources,
            shown: names.shown,
            incremental: names.incremental,
        };
        let stage = Stage::new(&self.scratch, staging, level)?;
        let compiler = Compiler {
            toolchain: &self.toolset.toolchain,
            cache: &self.toolset.cache,
            externs: &externs,
            level,
            events: &self.events,
        };
        // The oracle is built while the student's crate compiles, unless it is there already.
        // What is built once is not the kata's time.
        let building = async { Ok(self.toolset.oracle(kata).await?) };
        let crates = async {
            let started = Instant::now();
            let crates = compiler.crates(&stage).await?;
            Ok::<_, Halt>((crates, started.elapsed()))
        };
        let (program, (mut crates, spent)) = tokio::try_join!(building, crates)?;
        let started = Instant::now();
        let warnings = std::mem::take(&mut crates.warnings);
        let extra = self.idle_permits();
        let driver = async { Ok::<_, Halt>(crates.driver().await?) };
        let programs = async { Ok(compiler.compile_fail(&stage).await?) };
        let sandboxes = async { Ok(case_sandboxes(&stage, level, 1 + extra.len()).await?) };
        let ((), compile_fail, sandboxes) = tokio::try_join!(driver, programs, sandboxes)?;
        Ok(ReadyKata {
            oracle: Oracle::start(&program, &kata.id)?,
            stage,
            replay_flag: names.flag,
            warnings,
            compile_fail,
            sandboxes,
            spent: spent + started.elapsed(),
            _permits: extra,
        })
    }

    /// Permits that nobody uses now, for cases of one kata that run side by side.
    fn idle_permits(&self) -> Vec<tokio::sync::SemaphorePermit<'_>> {
        std::iter::from_fn(|| self.permits.try_acquire().ok()).collect()
    }
}

/// How a submission is called in what its author reads.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// Its folder, as its author knows it.
    pub(crate) shown: String,
    /// The flag that grades it again, with a space before it, or nothing.
    pub(crate) flag: String,
    /// Where its compiler may keep what makes the next time faster.
    pub(crate) incremental: Option<PathBuf>,
}

/// Why a kata has a verdict without any case, or none.
#[derive(Debug)]
pub(crate) enum Halt {
    /// A verdict before any case was run.
    Verdict(Verdict),
    /// It does not compile.
    NotCompiled(NotCompiled),
    /// The grader could not do its job.
    Error(Error),
}

impl Halt {
    fn may_be_a_neighbours_fault(&self) -> bool {
        match self {
            Self::Verdict(_) => false,
            Self::NotCompiled(not_compiled) => !not_compiled.is_explained,
            Self::Error(_) => true,
        }
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<CompileError> for Halt {
    fn from(error: CompileError) -> Self {
        match error {
            CompileError::Student(not_compiled) => Self::NotCompiled(not_compiled),
            CompileError::Grader(error) => Self::Error(error),
        }
    }
}

/// The way of one kata of one submission.
struct Way<'a> {
    engine: &'a Engine,
    kata: &'a Kata,
    work: &'a Work,
    cache: Option<&'a VerdictCache>,
}

impl Way<'_> {
    async fn graded(&self) -> Result<KataResult, Halt> {
        let folder = self.work.from.join(self.kata.path());
        let submission = course::take(self.kata, &self.work.from)?;
        let shown = self.work.shown(self.kata);
        let kept = self.cache.map(|cache| {
            let key = cache.key(self.kata, &submission, &shown, &self.work.flag);
            (cache, key)
        });
        if let Some((cache, key)) = &kept
            && let Some(result) = cache.get(self.kata, key)
        {
            return Ok(result);
        }
        let submission = submission.inspected(self.kata, &folder)?;
        let result = match self.made(submission, shown).await {
            Err(Halt::Error(error)) => return Err(error.into()),
            Err(halt) if halt.may_be_a_neighbours_fault() => return Err(halt),
            made => made.unwrap_or_else(|halt| self.without_cases(halt)),
        };
        if let Some((cache, key)) = &kept {
            cache.put(self.kata, key, &result);
        }
        Ok(result)
    }

    async fn made(&self, submission: Submission, shown: String) -> Result<KataResult, Halt> {
        let sources = self.sources(submission)?;
        let started = Event::Started(self.kata.id.clone());
        let _ = self.engine.events.send(started);
        let names = Names {
            shown,
            flag: self.work.flag.clone(),
            incremental: self.work.incremental(self.kata),
        };
        let mut ready = self.engine.prepare(self.kata, sources, names).await?;
        let started = Instant::now();
        let terms = self.engine.terms;
        let mut seed = terms.seed;
        let mut cases = ready.run_all(seed).await?;
        for round in 1..terms.rounds {
            if !cases.iter().all(|case| case.verdict.is_passed()) {
                break;
            }
            self.tell(round);
            seed = terms.seed.wrapping_add(round);
            cases = ready.run_all(seed).await?;
        }
        Ok(KataResult {
            points: cases.iter().map(|case| case.points).sum(),
            max_points: cases.iter().map(|case| case.max_points).sum(),
            time_ms: millis(ready.spent + started.elapsed()),
            compiler: std::mem::take(&mut ready.warnings),
            seed,
            verdict: judge::of_kata(cases.iter().map(|case| &case.verdict)),
            cases,
            ..self.bare()
        })
    }

    /// What is to be compiled, or the verdict where nothing is.
    fn sources(&self, submission: Submission) -> Result<Vec<SourceFile>, Halt> {
        if !self.kata.is_available() {
            let platforms = self.kata.about.platforms.join(" or ");
            return Err(Halt::Verdict(Verdict::Unavailable {
                reason: format!("this kata needs {platforms}"),
            }));
        }
        match submission {
            Submission::Missing | Submission::Untouched => {
                Err(Halt::Verdict(Verdict::NotAttempted))
            }
            Submission::Rejected(reason) => Err(Halt::Verdict(Verdict::Rejected { reason })),
            Submission::Sources(sources) => Ok(sources),
        }
    }

    fn tell(&self, round: u64) {
        let rounds = self.engine.terms.rounds;
        // A tenth at a time, so that a log stays readable.
        if round.is_multiple_of(rounds.div_ceil(10)) {
            let what = format!("{}: round {} of {rounds}", self.kata.id, round + 1);
            let _ = self.engine.events.send(Event::Progress(what));
        }
    }

    fn without_cases(&self, halt: Halt) -> KataResult {
        let (verdict, compiler) = match halt {
            Halt::Verdict(verdict) => (verdict, Vec::new()),
            Halt::NotCompiled(not_compiled) => (not_compiled.verdict, not_compiled.messages),
            Halt::Error(error) => {
                let reason = error.to_string();
                (Verdict::GraderError { reason }, Vec::new())
            }
        };
        KataResult {
            verdict,
            compiler,
            ..self.bare()
        }
    }

    fn bare(&self) -> KataResult {
        let kata = self.kata;
        let points = || self.engine.suites.of(kata).map_or(0, |suite| suite.points);
        KataResult {
            kata: kata.id.clone(),
            track: kata.track.clone(),
            title: kata.about.title.clone(),
            verdict: Verdict::NotAttempted,
            seed: self.engine.terms.seed,
            kept: false,
            points: 0,
            max_points: if kata.is_available() { points() } else { 0 },
            time_ms: 0,
            warnings: Vec::new(),
            compiler: Vec::new(),
            cases: Vec::new(),
        }
    }
}

/// As many sandboxes as there are to be cases side by side.
async fn case_sandboxes(stage: &Stage, level: Level, count: usize) -> Result<Vec<Sandbox>> {
    let spec = stage.case_spec(stage.kata.about.limits.for_case());
    let count = match level {
        Level::Full => count,
        // Here sandboxes share their writable folder.
        Level::Landlock | Level::Limits | Level::Bare => 1,
    };
    futures::future::try_join_all((0..count).map(|_| Sandbox::open(&spec, level))).await
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
        proc: true,
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
    getrandom::fill(&mut bytes).map_err(|error| Error::no_randomness(&error))?;
    // 48 bits: short enough to type again, far too many to guess.
    Ok(u64::from_le_bytes(bytes) >> 16)
}

/// Whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
