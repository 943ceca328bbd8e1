//! The engine: one submission of some katas, from intake to report.

mod batch;
mod kata;
mod merge;

use self::batch::{batches, broken};
use crate::cargo::{self, Toolchain};
use crate::catalogue::{Catalogue, Kata};
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::process::CageChoice;
use crate::record::{KataResult, REPORT_VERSION, Report};
use crate::stage::Stage;
use crate::submission::{self, Submission};
use crate::verdicts::Verdicts;
use crate::workshop::{Events, Workshop};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
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
    if !grading.is_empty() {
        let engine = Arc::new(Engine {
            task: task.clone(),
            stage: Stage::new()?,
            workshop,
            kept,
            events: events.clone(),
            places: Semaphore::new(task.jobs.max(1)),
        });
        let graded = engine.grade(grading).await?.into_iter();
        results.extend(graded.map(|result| (result.kata.clone(), result)));
    }
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

/// What grades the katas of one submission.
struct Engine {
    task: Task,
    stage: Stage,
    workshop: Option<Arc<Workshop>>,
    kept: Option<Verdicts>,
    events: Events,
    /// For what may happen side by side.
    places: Semaphore,
}

impl Engine {
    async fn grade(self: Arc<Self>, grading: Vec<ToGrade>) -> Result<Vec<KataResult>> {
        let batches = batches(grading, self.task.jobs.max(1)).into_iter();
        let running: Vec<_> = batches
            .map(|batch| tokio::spawn(Arc::clone(&self).batch(batch)))
            .collect();
        let mut results = Vec::new();
        for batch in running {
            results.extend(batch.await.map_err(|error| broken(&error))??);
        }
        Ok(results)
    }
}
