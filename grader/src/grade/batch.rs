//! Many katas of one submission: what is compiled and run side by side, and with one driver.

use super::kata::{OneKata, Step, no_workshop};
use super::merge::merged;
use super::{Grading, ToGrade};
use crate::attempt::{Prepared, millis};
use crate::compile::DriverOf;
use crate::error::{Error, Result};
use crate::record::{Event, KataResult};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::{JoinError, JoinHandle};

/// Most katas that share a driver: linking once for so many is nearly free, and a kata that
/// breaks the driver for all costs no more than these.
const MOST: usize = 12;

/// Splits what is to be graded: into what needs a driver of its own, and batches that share
/// one, at least so many.
///
/// As many katas as can be compiled side by side are done sooner that way than one after the
/// other in one driver.
pub(super) fn batches(grading: Vec<ToGrade>, least: usize) -> Vec<Vec<ToGrade>> {
    let can_share = |one: &ToGrade| one.must_compile() && !one.kata.has_macros();
    let (sharing, alone): (Vec<_>, Vec<_>) = grading.into_iter().partition(can_share);
    // What takes longest comes first.
    let mut batches: Vec<Vec<ToGrade>> = alone.into_iter().map(|one| vec![one]).collect();
    if sharing.len() <= least {
        batches.extend(sharing.into_iter().map(|one| vec![one]));
        return batches;
    }
    let count = sharing.len().div_ceil(MOST).max(least);
    let mut shared: Vec<Vec<ToGrade>> = (0..count).map(|_| Vec::new()).collect();
    for (index, one) in sharing.into_iter().enumerate() {
        shared[index % count].push(one);
    }
    batches.extend(shared.into_iter().filter(|batch| !batch.is_empty()));
    batches
}

/// A kata on its way.
struct OnItsWay {
    one: ToGrade,
    /// How long it has been worked on.
    spent: Duration,
}

impl Grading {
    /// Grades a batch; what goes wrong with one kata is in its result.
    ///
    /// # Errors
    /// When a part of the grader broke.
    pub(super) async fn batch(self: Arc<Self>, batch: Vec<ToGrade>) -> Result<Vec<KataResult>> {
        let driver = match batch.len() {
            1 => DriverOf::Kata,
            _ => DriverOf::Batch,
        };
        let preparing: Vec<_> = batch
            .into_iter()
            .map(|one| tokio::spawn(Arc::clone(&self).prepare(one, driver)))
            .collect();
        let (mut results, mut ready) = (Vec::new(), Vec::new());
        for (way, step) in all(preparing).await? {
            match step {
                Step::Done(result) => results.push(self.finished(&way, result)),
                Step::Run(prepared) => ready.push((way, prepared)),
            }
        }
        let has_none = |(_, prepared): &mut (OnItsWay, Prepared)| !prepared.has_driver();
        let without: Vec<_> = ready.extract_if(.., has_none).collect();
        let mut runnable = ready;
        runnable.extend(self.merge(without, &mut results).await);
        let running: Vec<_> = runnable
            .into_iter()
            .map(|(way, prepared)| tokio::spawn(Arc::clone(&self).run(way, prepared)))
            .collect();
        results.extend(all(running).await?);
        Ok(results)
    }

    async fn prepare(self: Arc<Self>, one: ToGrade, driver: DriverOf) -> (OnItsWay, Step) {
        let _place = self.engine.places.acquire().await;
        let _ = self.engine.events.send(Event::Started(one.kata.id.clone()));
        let started = Instant::now();
        let step = self.one(&one).prepare(&one.submission, driver).await;
        let spent = started.elapsed();
        (OnItsWay { one, spent }, step)
    }

    async fn run(self: Arc<Self>, mut way: OnItsWay, prepared: Prepared) -> KataResult {
        let _place = self.engine.places.acquire().await;
        let started = Instant::now();
        let result = self.one(&way.one).run(prepared).await;
        way.spent += started.elapsed();
        self.finished(&way, result)
    }

    /// Gives each of them a driver; those that get none have their results.
    async fn merge(
        &self,
        ready: Vec<(OnItsWay, Prepared)>,
        results: &mut Vec<KataResult>,
    ) -> Vec<(OnItsWay, Prepared)> {
        let _place = self.engine.places.acquire().await;
        let started = Instant::now();
        let (mut ways, prepared): (Vec<_>, Vec<_>) = ready.into_iter().unzip();
        let made = match &self.engine.workshop {
            Some(workshop) => merged(prepared, &self.engine.stage, workshop).await,
            None => Err(no_workshop()),
        };
        let made = match made {
            Ok(made) => made,
            Err(error) => {
                results.extend(ways.iter().map(|way| {
                    let result = self.one(&way.one).broken(&error);
                    self.finished(way, result)
                }));
                return Vec::new();
            }
        };
        let share = u32::try_from(ways.len()).unwrap_or(u32::MAX).max(1);
        let share = started.elapsed() / share;
        for way in &mut ways {
            way.spent += share;
        }
        let mut driven = Vec::new();
        for (way, one) in ways.into_iter().zip(made) {
            match one {
                Ok(prepared) => driven.push((way, prepared)),
                Err(not_compiled) => {
                    let result = self.one(&way.one).not_compiled(not_compiled);
                    results.push(self.finished(&way, result));
                }
            }
        }
        driven
    }

    fn one<'a>(&'a self, one: &'a ToGrade) -> OneKata<'a> {
        OneKata {
            kata: &one.kata,
            task: &self.task,
            stage: &self.engine.stage,
            workshop: self.engine.workshop.as_ref(),
            events: &self.engine.events,
            lanes: self.lanes,
        }
    }

    fn finished(&self, way: &OnItsWay, mut result: KataResult) -> KataResult {
        result.time_ms = millis(way.spent);
        if let (Some(verdicts), Some(key)) = (&self.verdicts, &way.one.key) {
            verdicts.put(&way.one.kata, key, &result);
        }
        let _ = self
            .engine
            .events
            .send(Event::Finished(Box::new(result.clone())));
        result
    }
}

async fn all<T>(tasks: Vec<JoinHandle<T>>) -> Result<Vec<T>> {
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.map_err(|error| broken(&error))?);
    }
    Ok(done)
}

/// A task that panicked.
pub(super) fn broken(error: &JoinError) -> Error {
    Error::grader(
        format!("a part of the grader broke: {error}"),
        "this is the grader's fault; please report it",
    )
}
