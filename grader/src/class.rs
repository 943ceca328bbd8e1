//! Many katas of one submission, and many submissions of a class, through one engine.

use crate::course::{self, Catalogue, Kata};
use crate::engine::{Engine, Terms, Work};
use crate::error::{Error, Result};
use crate::record::{Events, KataResult, REPORT_VERSION, Report};
use crate::verdict_cache::VerdictCache;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Grades these katas of one submission; results in the course's order.
///
/// # Errors
/// When the grader cannot do its job at all. What goes wrong with one kata is in its result.
pub(crate) async fn grade_submission(
    engine: &Arc<Engine>,
    catalogue: &Catalogue,
    katas: &[&Kata],
    work: &Work,
    cache: Option<Arc<VerdictCache>>,
) -> Result<Report> {
    let work = Arc::new(work.clone());
    let mut waiting = katas.iter().enumerate();
    let mut start = |running: &mut JoinSet<_>| {
        if let Some((index, kata)) = waiting.next() {
            let (engine, work) = (Arc::clone(engine), Arc::clone(&work));
            let (kata, cache) = ((*kata).clone(), cache.clone());
            running.spawn(async move {
                let result = engine.grade(&kata, &work, cache.as_deref()).await;
                (index, result)
            });
        }
    };
    let (mut running, mut results) = (JoinSet::new(), Vec::new());
    // One more than can be worked on, so that one is ready when another is done. Not all of
    // them: what is under way is held in memory and lies in the scratch folder.
    for _ in 0..=engine.terms.jobs.max(1) {
        start(&mut running);
    }
    while let Some(graded) = running.join_next().await {
        results.push(graded.map_err(|error| Error::bug(&error))?);
        start(&mut running);
    }
    results.sort_by_key(|(index, _)| *index);
    let results = results.into_iter().map(|(_, result)| result).collect();
    Ok(report(engine, catalogue, &work, results))
}

/// What these results come to.
pub(crate) fn report(
    engine: &Engine,
    catalogue: &Catalogue,
    work: &Work,
    katas: Vec<KataResult>,
) -> Report {
    let level = engine.known_level();
    Report {
        version: REPORT_VERSION,
        grader: env!("CARGO_PKG_VERSION").to_owned(),
        toolchain: engine.toolset.toolchain.version.clone(),
        protection: level
            .map_or("nothing was compiled or run", |level| level.words())
            .to_owned(),
        seed: engine.terms.seed,
        origin: work.origin.clone(),
        points: katas.iter().map(|kata| kata.points).sum(),
        max_points: katas.iter().map(|kata| kata.max_points).sum(),
        warnings: course::oddities(catalogue, &work.from)
            .into_iter()
            .collect(),
        katas,
    }
}

/// Grades every student's work under the same seed and hands over each report as soon as it
/// is there.
///
/// Students who handed in the same for a kata share a pass.
///
/// # Errors
/// When the grader cannot do its job at all, or `report` fails.
pub(crate) async fn grade_class(
    catalogue: Arc<Catalogue>,
    students: &[Work],
    terms: Terms,
    events: &Events,
    mut report: impl FnMut(Report) -> Result<()>,
) -> Result<()> {
    let engine = Arc::new(Engine::open(&catalogue.root, terms, events).await?);
    engine.level().await?;
    let katas: Vec<&Kata> = catalogue.katas.iter().collect();
    let cache = VerdictCache::of_class(&engine.toolset, terms.strictness, &katas)?;
    let class = Arc::new(Class {
        engine,
        catalogue: Arc::clone(&catalogue),
        cache: Arc::new(cache),
    });
    let mut waiting = students.iter();
    let mut running = JoinSet::new();
    // One more than there are permits for, so that none is idle.
    for student in waiting.by_ref().take(terms.jobs.max(1) + 1) {
        running.spawn(Arc::clone(&class).grade(student.clone()));
    }
    while let Some(graded) = running.join_next().await {
        report(graded.map_err(|error| Error::bug(&error))??)?;
        if let Some(student) = waiting.next() {
            running.spawn(Arc::clone(&class).grade(student.clone()));
        }
    }
    Ok(())
}

/// What is the same for every student.
struct Class {
    engine: Arc<Engine>,
    catalogue: Arc<Catalogue>,
    cache: Arc<VerdictCache>,
}

impl Class {
    async fn grade(self: Arc<Self>, student: Work) -> Result<Report> {
        let katas: Vec<&Kata> = self.catalogue.katas.iter().collect();
        let cache = Some(Arc::clone(&self.cache));
        grade_submission(&self.engine, &self.catalogue, &katas, &student, cache).await
    }
}
