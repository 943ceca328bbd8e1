//! One kata of one submission, from intake to verdict, top to bottom.

use crate::cases::ReadyKata;
use crate::compile::{CompileError, Compiler, NotCompiled, Stage, Staging};
use crate::course::{self, Kata, SourceFile, Submission};
use crate::engine::{Engine, Names, Work};
use crate::error::{Error, Result};
use crate::judge;
use crate::outcome::Verdict;
use crate::record::{CompilerMessages, Event, KataResult, millis};
use crate::run::Oracle;
use crate::sandbox::{Level, Sandbox};
use crate::verdict_cache::VerdictCache;
use std::time::Instant;
use suite_judge::Excerpt;

impl Engine {
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
            result.warnings = course::not_graded(kata, &work.from, &result.compiler.messages);
        }
        let _ = self.events.send(Event::Finished(Box::new(result.clone())));
        result
    }

    /// The result of a kata at which the grader itself failed.
    pub(crate) fn failed(&self, kata: &Kata, work: &Work, error: Error) -> KataResult {
        let way = Way {
            engine: self,
            kata,
            work,
            cache: None,
        };
        let result = way.without_cases(Halt::Error(error));
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
            let crates = Box::pin(compiler.crates(&stage)).await?;
            Ok::<_, Halt>((crates, started.elapsed()))
        };
        let (program, (mut crates, spent)) = tokio::try_join!(building, crates)?;
        let started = Instant::now();
        let warnings = std::mem::take(&mut crates.warnings);
        let extra = self.idle_permits();
        let driver = async { Ok::<_, Halt>(Box::pin(crates.driver()).await?) };
        let programs = async { Ok(Box::pin(compiler.compile_fail(&stage)).await?) };
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
}

/// Why a grade ended before any case was run.
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
        let mut ready = Box::pin(self.engine.prepare(self.kata, sources, names)).await?;
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
            compiler: std::mem::take(&mut ready.warnings).into_iter().collect(),
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
                let reason = Excerpt::new(error.to_string()).to_string();
                (Verdict::GraderError { reason }, Vec::new())
            }
        };
        KataResult {
            verdict,
            compiler: compiler.into_iter().collect(),
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
            compiler: CompilerMessages::default(),
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
