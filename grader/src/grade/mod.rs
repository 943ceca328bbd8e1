//! The engine: submissions of some katas, from intake to report.

mod batch;
mod class;
mod kata;
mod merge;

use self::batch::{batches, broken};
use crate::cargo::{self, Toolchain};
use crate::catalogue::{Catalogue, Kata};
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::parallel;
use crate::process::CageChoice;
use crate::record::{Events, KataResult, REPORT_VERSION, Report};
use crate::stage::Stage;
use crate::submission::{self, Submission};
use crate::verdicts::{DecidedBy, Found, Key, OnDisk, UnderWay, Verdicts};
use crate::workshop::Workshop;
use futures::stream::{self, StreamExt};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;

pub(crate) use class::{Student, grade_class};

/// Batches under way besides those that can be worked on, so that one is ready when another is done.
/// Not all of them: what is under way is held in memory and lies in the scratch folder.
const SPARE: usize = 1;

/// How to grade, whoever's work it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// The seed of every input in the first round; the next round has the next seed.
    pub(crate) seed: u64,
    /// How often each kata is run. What counts is the first round that it does not pass.
    pub(crate) rounds: u64,
    /// How much student code is to be shut in.
    pub(crate) cage: CageChoice,
    /// What may happen side by side.
    pub(crate) jobs: usize,
}

/// One submission to grade.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    /// A folder laid out like `exercises`.
    pub(crate) from: PathBuf,
    /// Whose work it is, in words.
    pub(crate) origin: String,
    /// The flag that grades it again.
    pub(crate) flag: String,
    /// A folder for what makes the next grade faster; none where the disk is not to be trusted.
    pub(crate) lasting: Option<PathBuf>,
    /// How to grade it.
    pub(crate) terms: Terms,
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

/// Grades `katas` of one submission; results in the course's order. With `keep`, verdicts that
/// nothing has changed since are taken as they are.
///
/// # Errors
/// When the grader cannot do its job at all. What goes wrong with one kata is in its result.
pub(crate) async fn grade(
    catalogue: &Catalogue,
    katas: &[&Kata],
    task: Task,
    keep: bool,
    events: &Events,
) -> Result<Report> {
    let kept = if keep {
        let on_disk = OnDisk::new(&catalogue.root, &task.from);
        Some(Kept {
            decided_by: decided_by(task.terms.cage, katas)?.into(),
            verdicts: Verdicts::OnDisk(on_disk.into()),
        })
    } else {
        None
    };
    let intake = Intake::new(katas, &task, kept.as_ref())?;
    let compiling = intake.left.iter().filter(|one| one.must_compile()).count();
    let workshop = if compiling > 0 {
        Some(Workshop::open(task.terms.cage, events).await?)
    } else {
        None
    };
    let jobs = task.terms.jobs;
    let engine = Engine::new(workshop, jobs, events.clone())?;
    let verdicts = kept.map(|kept| kept.verdicts);
    let grading = Grading {
        engine: Arc::new(engine),
        task,
        verdicts,
        lanes: jobs / compiling.max(1),
    };
    grading.report(catalogue, katas, intake, jobs).await
}

/// What decides the verdicts on these katas.
fn decided_by(cage: CageChoice, katas: &[&Kata]) -> Result<DecidedBy> {
    let toolchain = Toolchain::find(&cargo::depot())?;
    let compiler = toolchain.fingerprint()?.text("cage", &format!("{cage:?}"));
    DecidedBy::new(compiler, katas)
}

/// Verdicts that need not be made again, and what makes them the same.
#[derive(Clone)]
struct Kept {
    decided_by: Arc<DecidedBy>,
    verdicts: Verdicts,
}

/// What a submission holds.
struct Intake {
    /// Results that are there already, by kata.
    known: BTreeMap<String, KataResult>,
    left: Vec<ToGrade>,
    /// What another student has handed in as well and is being graded.
    under_way: Vec<(ToGrade, UnderWay)>,
}

impl Intake {
    fn new(katas: &[&Kata], task: &Task, kept: Option<&Kept>) -> Result<Self> {
        let (mut known, mut left, mut under_way) = (BTreeMap::new(), Vec::new(), Vec::new());
        for taken in parallel::map(katas, |kata| taken(kata, task, kept)) {
            match taken? {
                Taken::Known(result) => drop(known.insert(result.kata.clone(), *result)),
                Taken::UnderWay(one, verdict) => under_way.push((one, verdict)),
                Taken::Left(one) => left.push(one),
            }
        }
        Ok(Self {
            known,
            left,
            under_way,
        })
    }
}

/// What a submission holds for one kata.
enum Taken {
    Known(Box<KataResult>),
    UnderWay(ToGrade, UnderWay),
    Left(ToGrade),
}

fn taken(kata: &Kata, task: &Task, kept: Option<&Kept>) -> Result<Taken> {
    let folder = task.from.join(kata.place());
    let submission = submission::take(kata, &folder)?;
    let key = kept.map(|kept| kept.decided_by.key(kata, &submission));
    let found = kept.zip(key.as_ref());
    let found = found.map_or(Found::Nothing, |(kept, key)| kept.verdicts.find(kata, key));
    let to_grade = |submission| ToGrade {
        kata: kata.clone(),
        submission,
        key,
    };
    Ok(match found {
        Found::Kept(result) => Taken::Known(result),
        Found::UnderWay(verdict) => Taken::UnderWay(to_grade(submission), verdict),
        Found::Nothing => Taken::Left(to_grade(submission.scanned(&folder))),
    })
}

/// A kata whose verdict is not kept.
struct ToGrade {
    kata: Kata,
    submission: Submission,
    key: Option<Key>,
}

impl ToGrade {
    fn must_compile(&self) -> bool {
        self.kata.is_available() && self.submission.has_sources()
    }
}

/// What grades submissions, one or many.
struct Engine {
    stage: Stage,
    workshop: Option<Workshop>,
    events: Events,
    /// For what may happen side by side.
    places: Semaphore,
}

impl Engine {
    fn new(workshop: Option<Workshop>, jobs: usize, events: Events) -> Result<Self> {
        Ok(Self {
            stage: Stage::new()?,
            workshop,
            events,
            places: Semaphore::new(jobs.max(1)),
        })
    }
}

/// A result under its kata's id.
type ByKata = (String, KataResult);

fn by_kata(result: KataResult) -> ByKata {
    (result.kata.clone(), result)
}

/// One submission being graded.
struct Grading {
    engine: Arc<Engine>,
    task: Task,
    verdicts: Option<Verdicts>,
    /// Cases of one kata that may run side by side; one where that would be none.
    lanes: usize,
}

impl Grading {
    async fn graded(self: &Arc<Self>, left: Vec<ToGrade>, least: usize) -> Result<Vec<ByKata>> {
        let batches = batches(left, least.max(1));
        let running = stream::iter(batches)
            .map(|batch| tokio::spawn(Arc::clone(self).batch(batch)))
            .buffer_unordered(self.task.terms.jobs.max(1) + SPARE);
        let graded: Vec<_> = running.collect().await;
        let mut results = Vec::new();
        for batch in graded {
            let graded = batch.map_err(|error| broken(&error))??;
            results.extend(graded.into_iter().map(by_kata));
        }
        Ok(results)
    }

    /// Waits for verdicts on what others have handed in as well; what has got none.
    async fn of_others(&self, under_way: Vec<(ToGrade, UnderWay)>) -> (Vec<ByKata>, Vec<ToGrade>) {
        let (mut shared, mut left) = (Vec::new(), Vec::new());
        for (one, verdict) in under_way {
            let folder = self.task.from.join(one.kata.place());
            match verdict.result().await {
                Some(result) => shared.push(by_kata(result)),
                None => left.push(ToGrade {
                    submission: one.submission.scanned(&folder),
                    ..one
                }),
            }
        }
        (shared, left)
    }

    /// Grades what is left to grade, in at least so many batches, if there is enough for them.
    async fn report(
        self,
        catalogue: &Catalogue,
        katas: &[&Kata],
        intake: Intake,
        least: usize,
    ) -> Result<Report> {
        let grading = Arc::new(self);
        let mut results = intake.known;
        results.extend(grading.graded(intake.left, least).await?);
        // Only now, so that no two wait for each other.
        let (others, not_shared) = grading.of_others(intake.under_way).await;
        results.extend(others);
        results.extend(grading.graded(not_shared, least).await?);
        let katas = katas.iter().filter_map(|kata| results.remove(&kata.id));
        let katas: Vec<KataResult> = katas.collect();
        let (task, workshop) = (&grading.task, grading.engine.workshop.as_ref());
        let protection = workshop.map(|workshop| workshop.level.words());
        Ok(Report {
            version: REPORT_VERSION,
            grader: env!("CARGO_PKG_VERSION").to_owned(),
            toolchain: workshop
                .map(|workshop| workshop.toolchain.version.clone())
                .unwrap_or_default(),
            protection: protection
                .unwrap_or("nothing was compiled or run")
                .to_owned(),
            seed: task.terms.seed,
            origin: task.origin.clone(),
            points: katas.iter().map(|kata| kata.points).sum(),
            max_points: katas.iter().map(|kata| kata.max_points).sum(),
            warnings: submission::oddities(catalogue, &task.from),
            katas,
        })
    }
}
