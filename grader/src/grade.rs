//! The engine: one submission of some katas, from intake to report.

use crate::cargo::{self, Externs, Toolchain};
use crate::catalogue::{Catalogue, Kata};
use crate::compile::{Compiled, Compiler, NotCompiled};
use crate::error::{Error, Result};
use crate::judge;
use crate::oracle::Oracle;
use crate::outcome::Verdict;
use crate::process::{Keeper, PROTECTION};
use crate::record::{
    CaseResult, Event, Failure, HappenedEvent, KataResult, Mismatch, Panic, REPORT_VERSION, Report,
};
use crate::run::{self, CaseRun, Evidence};
use crate::stage::{KataStage, Stage};
use crate::submission::{self, SourceFile, Submission};
use crate::suite_source::SuiteSource;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use suite_judge::protocol::PlannedCase;
use suite_judge::{Judgement, Wrong};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Semaphore, watch};

/// What to grade.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    /// A folder laid out like `exercises`.
    pub(crate) from: PathBuf,
    /// Whose work it is, in words.
    pub(crate) origin: String,
    /// The flag that grades it again.
    pub(crate) flag: String,
    /// The seed of every input.
    pub(crate) seed: u64,
    /// Katas at a time.
    pub(crate) jobs: usize,
}

/// A seed that nobody could know.
pub(crate) fn fresh_seed() -> Result<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::grader(format!("the system has no random numbers: {error}"), "try again")
    })?;
    // Six digits less than half of what fits are easier to type again and as hard to guess.
    Ok(u64::from_le_bytes(bytes) >> 16)
}

/// Everything that is built once and serves every submission.
pub(crate) struct Workshop {
    toolchain: Toolchain,
    externs: Externs,
    oracle: OracleSource,
}

type OracleSource = watch::Receiver<Option<std::result::Result<Arc<Oracle>, String>>>;
type Events = UnboundedSender<Event>;

impl Workshop {
    /// Builds what student crates need; goes on building the oracle in the background.
    pub(crate) async fn open(events: &Events) -> Result<Self> {
        let sender = events.clone();
        let built = tokio::task::spawn_blocking(move || {
            let toolchain = Toolchain::find()?;
            let externs = cargo::build_dependencies(&toolchain, progress(&sender, "katas' crates"));
            externs.map(|externs| (toolchain, externs))
        });
        let (toolchain, externs) = built.await.map_err(|error| broken(&error))??;
        Ok(Self {
            toolchain,
            externs,
            oracle: start_oracle(events.clone()),
        })
    }

    /// The oracle, as soon as it is there.
    pub(crate) async fn oracle(&self) -> Result<Arc<Oracle>> {
        let mut source = self.oracle.clone();
        let there = source.wait_for(Option::is_some).await;
        match there.ok().as_deref() {
            Some(Some(Ok(oracle))) => Ok(Arc::clone(oracle)),
            Some(Some(Err(why))) => Err(Error::grader(why.clone(), "see above")),
            _ => Err(Error::grader("the oracle was never built", "run the command again")),
        }
    }
}

fn start_oracle(events: Events) -> OracleSource {
    let (sender, receiver) = watch::channel(None);
    tokio::task::spawn_blocking(move || {
        let oracle = cargo::build_oracle(progress(&events, "the oracle"))
            .and_then(|program| Oracle::start(&program))
            .map(Arc::new)
            .map_err(|error| error.to_string());
        let _ = sender.send(Some(oracle));
    });
    receiver
}

fn progress(events: &Events, building: &str) -> impl FnMut(&str) + use<> {
    let (events, building) = (events.clone(), building.to_owned());
    move |line| {
        let telling = ["Compiling", "Downloading", "Downloaded", "Updating", "Blocking"];
        if telling.iter().any(|word| line.starts_with(word)) {
            let _ = events.send(Event::Progress(format!("building {building}: {line}")));
        }
    }
}

/// Grades `katas` of one submission; results in the course's order.
///
/// # Errors
/// When the grader cannot do its job at all. What goes wrong with one kata is in its result.
pub(crate) async fn grade(
    catalogue: &Catalogue,
    katas: &[&Kata],
    task: &Task,
    events: &Events,
) -> Result<Report> {
    let mut grading = Vec::new();
    for kata in katas {
        let folder = task.from.join(kata.place());
        grading.push(((*kata).clone(), submission::take(kata, &folder)?));
    }
    let to_compile = |(kata, submission): &(Kata, Submission)| {
        kata.is_available() && matches!(submission, Submission::Sources(_))
    };
    let workshop = if grading.iter().any(to_compile) {
        Some(Arc::new(Workshop::open(events).await?))
    } else {
        None
    };
    let toolchain = match &workshop {
        Some(workshop) => workshop.toolchain.version.clone(),
        None => String::new(),
    };
    let katas = grade_all(grading, workshop, task, events).await?;
    Ok(Report {
        version: REPORT_VERSION,
        grader: env!("CARGO_PKG_VERSION").to_owned(),
        toolchain,
        protection: PROTECTION.to_owned(),
        seed: task.seed,
        origin: task.origin.clone(),
        points: katas.iter().map(|kata| kata.points).sum(),
        max_points: katas.iter().map(|kata| kata.max_points).sum(),
        warnings: submission::oddities(catalogue, &task.from),
        katas,
    })
}

async fn grade_all(
    grading: Vec<(Kata, Submission)>,
    workshop: Option<Arc<Workshop>>,
    task: &Task,
    events: &Events,
) -> Result<Vec<KataResult>> {
    let places = Arc::new(Semaphore::new(task.jobs.max(1)));
    let stage = Arc::new(Stage::new()?);
    let mut running = Vec::new();
    for (kata, submission) in grading {
        let (workshop, places) = (workshop.clone(), Arc::clone(&places));
        let (stage, task, events) = (Arc::clone(&stage), task.clone(), events.clone());
        running.push(tokio::spawn(async move {
            let _place = places.acquire().await;
            let _ = events.send(Event::Started(kata.id.clone()));
            let grading = Grading {
                kata: &kata,
                task: &task,
                stage: &stage,
                workshop: workshop.as_deref(),
            };
            let result = grading.result(submission).await;
            let _ = events.send(Event::Finished(Box::new(result.clone())));
            result
        }));
    }
    let mut results = Vec::new();
    for one in running {
        results.push(one.await.map_err(|error| broken(&error))?);
    }
    Ok(results)
}

/// One kata of one submission.
struct Grading<'a> {
    kata: &'a Kata,
    task: &'a Task,
    stage: &'a Stage,
    workshop: Option<&'a Workshop>,
}

impl Grading<'_> {
    async fn result(&self, submission: Submission) -> KataResult {
        let started = Instant::now();
        let graded = self.graded(submission).await;
        let mut result = graded.unwrap_or_else(|error| {
            self.without_cases(Verdict::GraderError {
                reason: error.to_string(),
            })
        });
        result.time_ms = millis(started.elapsed());
        result
    }

    async fn graded(&self, submission: Submission) -> Result<KataResult> {
        let unavailable = !self.kata.is_available();
        match (submission, self.workshop) {
            _ if unavailable => Ok(self.without_cases(Verdict::Unavailable {
                reason: format!(
                    "this kata needs {}",
                    self.kata.about.platforms.join(" or ")
                ),
            })),
            (Submission::Missing | Submission::Untouched, _) => {
                Ok(self.without_cases(Verdict::NotAttempted))
            }
            (Submission::Rejected(reason), _) => {
                Ok(self.without_cases(Verdict::Rejected { reason }))
            }
            (Submission::Sources(sources), Some(workshop)) => {
                self.compile_and_run(&sources, workshop).await
            }
            (Submission::Sources(_), None) => Err(Error::grader(
                "there is nothing to compile with",
                "this is the grader's fault; please report it",
            )),
        }
    }

    async fn compile_and_run(
        &self,
        sources: &[SourceFile],
        workshop: &Workshop,
    ) -> Result<KataResult> {
        let stage = self.stage.kata(self.kata, sources)?;
        let mut keeper = Keeper::start()?;
        let compiler = Compiler {
            toolchain: &workshop.toolchain,
            externs: &workshop.externs,
            shown: self.shown(),
        };
        let compiled = compiler.compile(self.kata, &stage, &mut keeper).await?;
        match compiled {
            Err(NotCompiled { verdict, messages }) => {
                let mut result = self.without_cases(verdict);
                result.compiler = messages;
                Ok(result)
            }
            Ok(compiled) => {
                let oracle = workshop.oracle().await?;
                let runner = CaseRunner {
                    grading: self,
                    sources,
                    stage: &stage,
                    compiled: &compiled,
                    oracle: &oracle,
                };
                runner.run_all(&mut keeper).await
            }
        }
    }

    /// The student's folder as the student knows it.
    fn shown(&self) -> String {
        let folder = self.task.from.join(self.kata.place());
        let cwd = std::env::current_dir().unwrap_or_default();
        let shown = folder.strip_prefix(&cwd).unwrap_or(&folder);
        if shown.as_os_str().is_empty() {
            return ".".to_owned();
        }
        shown.display().to_string()
    }

    fn without_cases(&self, verdict: Verdict) -> KataResult {
        let kata = self.kata;
        KataResult {
            kata: kata.id.clone(),
            track: kata.track.clone(),
            title: kata.about.title.clone(),
            verdict,
            points: 0,
            max_points: max_points(kata),
            time_ms: 0,
            warnings: Vec::new(),
            compiler: Vec::new(),
            cases: Vec::new(),
        }
    }

    fn replay(&self) -> String {
        let Task { flag, seed, .. } = self.task;
        format!("cargo grader check {}{flag} --seed {seed}", self.kata.id)
    }
}

fn max_points(kata: &Kata) -> u32 {
    let suite = kata.read_hidden("suite.rs");
    let suite = suite.and_then(|text| SuiteSource::parse(&kata.hidden.join("suite.rs"), &text));
    suite.map_or(0, |suite| suite.points)
}

/// Runs the cases of a compiled kata, in order.
struct CaseRunner<'a> {
    grading: &'a Grading<'a>,
    sources: &'a [SourceFile],
    stage: &'a KataStage,
    compiled: &'a Compiled,
    oracle: &'a Oracle,
}

impl CaseRunner<'_> {
    async fn run_all(&self, keeper: &mut Keeper) -> Result<KataResult> {
        let plan = self
            .oracle
            .plan(&self.grading.kata.id, self.grading.task.seed)?;
        let mut cases = Vec::new();
        for planned in plan {
            cases.push(self.run_one(planned, keeper).await?);
        }
        let mut result = self
            .grading
            .without_cases(judge::of_kata(cases.iter().map(|case| &case.verdict)));
        result.points = cases.iter().map(|case| case.points).sum();
        result.max_points = cases.iter().map(|case| case.max_points).sum();
        result.compiler.clone_from(&self.compiled.warnings);
        result.cases = cases;
        Ok(result)
    }

    async fn run_one(&self, planned: PlannedCase, keeper: &mut Keeper) -> Result<CaseResult> {
        match planned.input.clone() {
            None => Ok(refused(&planned, &self.compiled.refused, self.grading.replay())),
            Some(input) => self.act(&planned, input, keeper).await,
        }
    }

    async fn act(
        &self,
        planned: &PlannedCase,
        input: Vec<u8>,
        keeper: &mut Keeper,
    ) -> Result<CaseResult> {
        let kata = self.grading.kata;
        let case = CaseRun {
            kata: &kata.id,
            case: &planned.name,
            input,
            driver: &self.compiled.driver,
            work: self.stage.fresh_work()?,
            bounds: kata.about.limits.for_case(),
        };
        let evidence = run::run(case, keeper).await?;
        let judged = match evidence.answers.as_slice() {
            [answer] => Some(self.oracle.judge(
                &kata.id,
                &planned.name,
                self.grading.task.seed,
                answer.clone(),
            )?),
            _ => None,
        };
        let verdict = judge::verdict(&evidence, judged.as_ref());
        let passed = verdict.is_passed();
        Ok(CaseResult {
            case: planned.name.clone(),
            title: planned.title.clone(),
            points: if passed { planned.points } else { 0 },
            max_points: planned.points,
            time_ms: millis(evidence.elapsed),
            failure: (!passed).then(|| self.failure(&evidence, judged)),
            verdict,
        })
    }

    fn failure(&self, evidence: &Evidence, judged: Option<Judgement>) -> Failure {
        let printed = [evidence.stdout.to_bytes(), evidence.stderr.to_bytes()].concat();
        let mut failure = Failure {
            panics: evidence.panics.iter().map(|panic| self.panic(panic)).collect(),
            printed: String::from_utf8_lossy(&printed).into_owned(),
            leftovers: evidence.leftovers.clone(),
            replay: self.grading.replay(),
            ..Failure::default()
        };
        if let Some(Judgement::Wrong(wrong)) = judged {
            explain(&mut failure, wrong);
        }
        failure
    }

    fn panic(&self, panic: &suite_drive::Panic) -> Panic {
        let line = usize::try_from(panic.line).unwrap_or(usize::MAX);
        let source = self
            .sources
            .iter()
            .find(|source| panic.file.ends_with(&format!("src/{}", source.path)))
            .and_then(|source| source.text.lines().nth(line.saturating_sub(1)));
        Panic {
            thread: panic.thread.clone(),
            file: panic.file.clone(),
            line: panic.line,
            source: source.unwrap_or_default().trim().to_owned(),
            message: panic.message.clone(),
        }
    }
}

fn explain(failure: &mut Failure, wrong: Wrong) {
    failure.input = wrong.input;
    let mismatches = wrong.mismatches.into_iter().map(|mismatch| Mismatch {
        what: mismatch.what,
        expected: mismatch.expected,
        got: mismatch.got,
        cause: mismatch.cause,
    });
    failure.mismatches = mismatches.collect();
    let events = wrong.events.into_iter().map(|event| HappenedEvent {
        thread: event.thread,
        what: event.what,
        id: event.id,
    });
    failure.events = events.collect();
}

/// A program that must not compile was compiled with the others; here it gets its result.
fn refused(
    planned: &PlannedCase,
    found: &BTreeMap<String, Option<String>>,
    replay: String,
) -> CaseResult {
    let (verdict, wrong) = match found.get(&planned.name) {
        Some(None) => (Verdict::Passed, None),
        Some(Some(wrong)) => (Verdict::Failed, Some(wrong.clone())),
        None => {
            let reason = format!("the suite has no program for {}", planned.name);
            (Verdict::GraderError { reason }, None)
        }
    };
    let passed = verdict.is_passed();
    let mismatches = wrong.map(|got| Mismatch {
        what: "a program against your types".to_owned(),
        expected: "refused by the compiler, while the same program without the mistake is not"
            .to_owned(),
        got,
        cause: "a type has other bounds or other methods than the stub's".to_owned(),
    });
    CaseResult {
        case: planned.name.clone(),
        title: planned.title.clone(),
        points: if passed { planned.points } else { 0 },
        max_points: planned.points,
        time_ms: 0,
        failure: (!passed).then(|| Failure {
            mismatches: mismatches.into_iter().collect(),
            replay,
            ..Failure::default()
        }),
        verdict,
    }
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn broken(error: &tokio::task::JoinError) -> Error {
    Error::grader(
        format!("a part of the grader broke: {error}"),
        "this is the grader's fault; please report it",
    )
}
