//! Many katas of one submission, and many submissions of a class, through one engine.

use crate::course::{self, Catalogue, Kata};
use crate::engine::{Engine, Terms, Work};
use crate::error::{Error, Result};
use crate::record::{Events, KataResult, REPORT_VERSION, Report};
use crate::verdict_cache::VerdictCache;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{Id, JoinError, JoinSet};

/// Grades these katas of one submission; results in the course's order. What goes wrong with one
/// kata is in its result.
pub(crate) async fn grade_submission(
    engine: &Arc<Engine>,
    katas: &[Kata],
    work: &Work,
    cache: Option<Arc<VerdictCache>>,
) -> Vec<KataResult> {
    let work = Arc::new(work.clone());
    let grade = |index: usize| {
        let (engine, work) = (Arc::clone(engine), Arc::clone(&work));
        let (kata, cache) = (katas[index].clone(), cache.clone());
        async move { engine.grade(&kata, &work, cache.as_deref()).await }
    };
    let mut results = Vec::new();
    let mut queue = Queue::new(katas.len(), engine.terms.jobs, grade);
    while let Some((index, graded)) = queue.next().await {
        let failed = |error| engine.failed(&katas[index], &work, error);
        results.push((index, graded.unwrap_or_else(failed)));
    }
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// What these results come to.
pub(crate) fn report(
    engine: &Engine,
    catalogue: &Catalogue,
    work: &Work,
    katas: Vec<KataResult>,
) -> Report {
    let level = engine.known_level();
    let ids: Vec<&str> = katas.iter().map(|kata| kata.kata.as_str()).collect();
    let mut warnings = course::misplaced(catalogue, &ids, &work.from);
    warnings.extend(course::oddities(catalogue, &work.from));
    warnings.extend(engine.toolset.toolchain.caveat());
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
        warnings: warnings.into_iter().collect(),
        katas,
        next: None,
    }
}

/// A class: what is to be graded of whom.
pub(crate) struct Class {
    /// The course.
    pub(crate) catalogue: Arc<Catalogue>,
    /// The katas.
    pub(crate) katas: Vec<Kata>,
    /// The submissions.
    pub(crate) students: Vec<Work>,
}

/// A submission of a class that has been graded.
pub(crate) struct Graded {
    /// Whose: an index of [`Class::students`].
    pub(crate) student: usize,
    /// The report, or why there is none.
    pub(crate) report: Result<Report>,
}

/// Grades every student's work under the same seed and hands over each report as soon as it
/// is there.
///
/// Students who handed in the same for a kata share a pass.
///
/// # Errors
/// When the grader cannot do its job at all.
pub(crate) async fn grade_class(
    class: Arc<Class>,
    terms: Terms,
    events: &Events,
    finished: UnboundedSender<Graded>,
) -> Result<()> {
    let engine = Arc::new(Engine::open(&class.catalogue.root, terms, events).await?);
    engine.level().await?;
    let katas: Vec<&Kata> = class.katas.iter().collect();
    let cache = VerdictCache::of_class(&engine.toolset, terms.strictness, &katas)?;
    let cache = Arc::new(cache);
    let grade = |student: usize| {
        let (engine, class) = (Arc::clone(&engine), Arc::clone(&class));
        let cache = Some(Arc::clone(&cache));
        async move {
            let work = &class.students[student];
            let results = grade_submission(&engine, &class.katas, work, cache).await;
            report(&engine, &class.catalogue, work, results)
        }
    };
    let mut queue = Queue::new(class.students.len(), terms.jobs, grade);
    while let Some((student, report)) = queue.next().await {
        // Who has gone away does not want it.
        let _ = finished.send(Graded { student, report });
    }
    Ok(())
}

/// Numbered tasks, so many at a time. Dropping it ends them.
struct Queue<S, T> {
    start: S,
    waiting: std::ops::Range<usize>,
    running: JoinSet<T>,
    numbers: HashMap<Id, usize>,
}

impl<S, F> Queue<S, F::Output>
where
    S: FnMut(usize) -> F,
    F: Future<Output: Send> + Send + 'static,
{
    /// One more than can be worked on is under way, so that one is ready when another is done. Not
    /// all of them: what is under way is held in memory and lies in the scratch folder.
    fn new(count: usize, jobs: usize, start: S) -> Self {
        let mut queue = Self {
            start,
            waiting: 0..count,
            running: JoinSet::new(),
            numbers: HashMap::new(),
        };
        for _ in 0..=jobs.max(1) {
            queue.start_next();
        }
        queue
    }

    fn start_next(&mut self) {
        if let Some(number) = self.waiting.next() {
            let task = self.running.spawn((self.start)(number));
            self.numbers.insert(task.id(), number);
        }
    }

    /// The number and the result of the next task that ends; an error if it has panicked.
    async fn next(&mut self) -> Option<(usize, Result<F::Output>)> {
        let ended = self.running.join_next_with_id().await?;
        self.start_next();
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let number = self.numbers.remove(&id)?;
        let result = ended.map(|(_, result)| result);
        Some((number, result.map_err(|error| Error::bug(&error))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn a_task_that_panics_is_an_error_of_its_own_and_the_others_go_on() {
        let task = |number: usize| async move {
            assert_ne!(number, 3, "three");
            number * 2
        };
        let mut queue = Queue::new(6, 2, task);
        let mut results = Vec::new();
        while let Some(result) = queue.next().await {
            results.push(result);
        }
        results.sort_by_key(|(number, _)| *number);
        for (index, (number, result)) in results.iter().enumerate() {
            assert_eq!(index, *number);
            match result {
                Ok(result) => assert_eq!(*result, 2 * number),
                Err(error) => assert!(*number == 3 && error.to_string().contains("three")),
            }
        }
        assert_eq!(results.len(), 6);
    }

    #[tokio::test]
    async fn no_more_are_under_way_than_was_asked_for_and_one_that_is_ready() {
        let (running, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let counts = Arc::new((running, most));
        let task = |_| {
            let counts = Arc::clone(&counts);
            async move {
                let running = counts.0.fetch_add(1, Ordering::SeqCst) + 1;
                counts.1.fetch_max(running, Ordering::SeqCst);
                tokio::task::yield_now().await;
                counts.0.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let mut queue = Queue::new(20, 2, task);
        while queue.next().await.is_some() {}
        assert_eq!(counts.1.load(Ordering::SeqCst), 3);
    }
}
