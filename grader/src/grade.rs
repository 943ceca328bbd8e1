//! The engine: one submission of some katas, from intake to report.

use crate::attempt::{Attempt, Names, millis};
use crate::cargo::{self, Toolchain};
use crate::catalogue::{Catalogue, Kata};
use crate::compile::NotCompiled;
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::judge;
use crate::outcome::Verdict;
use crate::process::CageChoice;
use crate::record::{Event, KataResult, REPORT_VERSION, Report};
use crate::stage::Stage;
use crate::submission::{self, SourceFile, Submission};
use crate::suite_source::SuiteSource;
use crate::verdicts::Verdicts;
use crate::workshop::{Events, Workshop};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;

/// What to grade.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    /// A folder laid out like `exercises`.
    pub(crate) from: PathBuf,
    /// Whose work it is, in words.
    pub(crate) origin: String,
    /// The flag that grades it again.
    pub(crate) flag: String,
    /// The seed of every input in the first round; the next round has the next seed.
    pub(crate) seed: u64,
    /// How often each kata is run. What counts is the first round that it does not pass.
    pub(crate) rounds: u64,
    /// A folder for what makes the next grade faster; none where the disk is not to be trusted.
    pub(crate) lasting: Option<PathBuf>,
    /// Whether verdicts that nothing has changed since are taken as they are.
    pub(crate) keep_verdicts: bool,
    /// How much student code is to be shut in.
    pub(crate) cage: CageChoice,
    /// Katas at a time.
    pub(crate) jobs: usize,
}

impl Task {
    /// Where the compiler may keep what makes the next time faster: for each folder of
    /// submissions and each kata its own, and only where verdicts may be kept, too.
    fn lasting(&self, kata: &Kata) -> Option<PathBuf> {
        let from = Fingerprint::new().text("from", &self.from.to_string_lossy());
        let lasting = self.lasting.as_ref()?;
        Some(lasting.join(&from.finish()[..8]).join(&kata.id))
    }
}

/// A seed that nobody could know.
pub(crate) fn fresh_seed() -> Result<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::grader(
            format!("the system has no random numbers: {error}"),
            "try again",
        )
    })?;
    // 48 bits: short enough to type again, far too many to guess.
    Ok(u64::from_le_bytes(bytes) >> 16)
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
    let kept = task.keep_verdicts.then(|| kept_verdicts(catalogue, task));
    let kept = kept.transpose()?;
    let mut results: BTreeMap<String, KataResult> = BTreeMap::new();
    let mut grading = Vec::new();
    for kata in katas {
        let submission = submission::take(kata, &task.from.join(kata.place()))?;
        let key = kept.as_ref().map(|kept| kept.key(kata, &submission));
        let key = key.transpose()?;
        let known = kept.as_ref().zip(key.as_ref());
        match known.and_then(|(kept, key)| kept.get(kata, key)) {
            Some(result) => drop(results.insert(kata.id.clone(), result)),
            None => grading.push(ToGrade {
                kata: (*kata).clone(),
                submission,
                key,
            }),
        }
    }
    let workshop = if grading.iter().any(ToGrade::must_compile) {
        Some(Arc::new(Workshop::open(task.cage, events).await?))
    } else {
        None
    };
    let (toolchain, protection) = match &workshop {
        Some(workshop) => (workshop.toolchain.version.clone(), workshop.level.words()),
        None => (String::new(), "nothing was compiled or run"),
    };
    let graded = grade_all(grading, workshop, task, kept, events).await?;
    results.extend(
        graded
            .into_iter()
            .map(|result| (result.kata.clone(), result)),
    );
    let katas: Vec<KataResult> = katas
        .iter()
        .filter_map(|kata| results.remove(&kata.id))
        .collect();
    Ok(Report {
        version: REPORT_VERSION,
        grader: env!("CARGO_PKG_VERSION").to_owned(),
        toolchain,
        protection: protection.to_owned(),
        seed: task.seed,
        origin: task.origin.clone(),
        points: katas.iter().map(|kata| kata.points).sum(),
        max_points: katas.iter().map(|kata| kata.max_points).sum(),
        warnings: submission::oddities(catalogue, &task.from),
        katas,
    })
}

/// A kata whose verdict is not kept.
struct ToGrade {
    kata: Kata,
    submission: Submission,
    key: Option<String>,
}

impl ToGrade {
    fn must_compile(&self) -> bool {
        self.kata.is_available() && matches!(self.submission, Submission::Sources(_))
    }
}

fn kept_verdicts(catalogue: &Catalogue, task: &Task) -> Result<Verdicts> {
    let toolchain = Toolchain::find(&cargo::depot())?;
    let decided_by = toolchain
        .fingerprint()?
        .text("cage", &format!("{:?}", task.cage));
    Ok(Verdicts::new(&catalogue.root, &task.from, decided_by))
}

async fn grade_all(
    grading: Vec<ToGrade>,
    workshop: Option<Arc<Workshop>>,
    task: &Task,
    kept: Option<Verdicts>,
    events: &Events,
) -> Result<Vec<KataResult>> {
    if grading.is_empty() {
        return Ok(Vec::new());
    }
    let places = Arc::new(Semaphore::new(task.jobs.max(1)));
    let stage = Arc::new(Stage::new()?);
    let mut running = Vec::new();
    for one in grading {
        let (workshop, places, kept) = (workshop.clone(), Arc::clone(&places), kept.clone());
        let (stage, task, events) = (Arc::clone(&stage), task.clone(), events.clone());
        running.push(tokio::spawn(async move {
            let _place = places.acquire().await;
            let _ = events.send(Event::Started(one.kata.id.clone()));
            let grading = Grading {
                kata: &one.kata,
                task: &task,
                stage: &stage,
                workshop: workshop.as_deref(),
                events: &events,
            };
            let result = grading.result(one.submission).await;
            if let (Some(kept), Some(key)) = (kept, one.key) {
                kept.put(&one.kata, &key, &result);
            }
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
    events: &'a Events,
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
            _ if unavailable => Ok(self.unavailable()),
            (Submission::Missing | Submission::Untouched, _) => {
                Ok(self.without_cases(Verdict::NotAttempted))
            }
            (Submission::Rejected(reason), _) => {
                Ok(self.without_cases(Verdict::Rejected { reason }))
            }
            (Submission::Sources(sources), Some(workshop)) => {
                self.compile_and_run(sources, workshop).await
            }
            (Submission::Sources(_), None) => Err(Error::grader(
                "there is nothing to compile with",
                "this is the grader's fault; please report it",
            )),
        }
    }

    /// Nothing that could be reached here.
    fn unavailable(&self) -> KataResult {
        let platforms = self.kata.about.platforms.join(" or ");
        KataResult {
            max_points: 0,
            ..self.without_cases(Verdict::Unavailable {
                reason: format!("this kata needs {platforms}"),
            })
        }
    }

    async fn compile_and_run(
        &self,
        sources: Vec<SourceFile>,
        workshop: &Workshop,
    ) -> Result<KataResult> {
        let names = Names {
            shown: self.shown(),
            flag: self.task.flag.clone(),
            lasting: self.task.lasting(self.kata),
        };
        let attempt = Attempt::prepare(self.kata, sources, names, self.stage, workshop).await?;
        let mut attempt = match attempt {
            Ok(attempt) => attempt,
            Err(NotCompiled { verdict, messages }) => {
                let mut result = self.without_cases(verdict);
                result.compiler = messages;
                return Ok(result);
            }
        };
        let (mut cases, mut verdict) = (Vec::new(), Verdict::Passed);
        let mut seed = self.task.seed;
        for round in 0..self.task.rounds {
            self.tell(round);
            seed = self.task.seed.wrapping_add(round);
            cases = attempt.run_all(seed).await?;
            verdict = judge::of_kata(cases.iter().map(|case| &case.verdict));
            if !verdict.is_passed() {
                break;
            }
        }
        let mut result = self.without_cases(verdict);
        result.points = cases.iter().map(|case| case.points).sum();
        result.max_points = cases.iter().map(|case| case.max_points).sum();
        result.compiler = attempt.compiled.warnings;
        result.seed = seed;
        result.cases = cases;
        Ok(result)
    }

    fn tell(&self, round: u64) {
        // A tenth at a time, so that a log stays readable.
        if self.task.rounds > 1 && round.is_multiple_of(self.task.rounds.div_ceil(10)) {
            let what = format!(
                "{}: round {} of {}",
                self.kata.id,
                round + 1,
                self.task.rounds
            );
            let _ = self.events.send(Event::Progress(what));
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
            seed: self.task.seed,
            kept: false,
            points: 0,
            max_points: max_points(kata),
            time_ms: 0,
            warnings: Vec::new(),
            compiler: Vec::new(),
            cases: Vec::new(),
        }
    }
}

fn max_points(kata: &Kata) -> u32 {
    let suite = kata.read_hidden("suite.rs");
    let suite = suite.and_then(|text| SuiteSource::parse(&kata.hidden.join("suite.rs"), &text));
    suite.map_or(0, |suite| suite.points)
}

fn broken(error: &tokio::task::JoinError) -> Error {
    Error::grader(
        format!("a part of the grader broke: {error}"),
        "this is the grader's fault; please report it",
    )
}
