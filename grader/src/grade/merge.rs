//! One driver for many katas: one link where there would be many.

use crate::attempt::Prepared;
use crate::compile::{Merged, NotCompiled};
use crate::error::Result;
use crate::stage::Stage;
use crate::workshop::Workshop;
use std::sync::Arc;

/// How often a driver for many is tried; each time without those at fault for the last.
const ROUNDS: usize = 3;

/// A kata with a driver, or why it has none.
pub(super) type Driven = std::result::Result<Prepared, NotCompiled>;

/// Gives every kata a driver: one for all, or, for those that one for all cannot be made
/// with, one of its own. In the order of `prepared`.
///
/// # Errors
/// When the grader cannot compile.
pub(super) async fn merged(
    prepared: Vec<Prepared>,
    stage: &Stage,
    workshop: &Workshop,
) -> Result<Vec<Driven>> {
    let mut merging = Merging {
        driven: prepared.iter().map(|_| None).collect(),
        together: prepared.into_iter().enumerate().collect(),
        alone: Vec::new(),
        stage,
        workshop,
    };
    for _ in 0..ROUNDS {
        if merging.together.len() < 2 {
            break;
        }
        merging.try_together().await?;
    }
    merging.rest_alone().await?;
    Ok(merging.driven.into_iter().flatten().collect())
}

/// Katas without a driver, by their places, and those that have one.
struct Merging<'a> {
    together: Vec<(usize, Prepared)>,
    alone: Vec<(usize, Prepared)>,
    driven: Vec<Option<Driven>>,
    stage: &'a Stage,
    workshop: &'a Workshop,
}

impl Merging<'_> {
    async fn try_together(&mut self) -> Result<()> {
        let katas: Vec<_> = self
            .together
            .iter()
            .map(|(_, one)| &one.work.stage)
            .collect();
        let batch = self.stage.batch(&katas, self.workshop.level)?;
        match self.workshop.compiler().merge(&batch, &katas).await? {
            Merged::Made => {
                let batch = Arc::new(batch);
                for (place, mut one) in self.together.drain(..) {
                    one.work.stage.drive_with(Arc::clone(&batch));
                    self.driven[place] = Some(Ok(one));
                }
            }
            Merged::Without(at_fault) if at_fault.is_empty() => {
                self.alone.append(&mut self.together);
            }
            Merged::Without(at_fault) => {
                let is_at_fault =
                    |(_, one): &mut (usize, Prepared)| at_fault.contains(&one.work.stage.kata.id);
                self.alone.extend(self.together.extract_if(.., is_at_fault));
            }
        }
        Ok(())
    }

    async fn rest_alone(&mut self) -> Result<()> {
        self.alone.append(&mut self.together);
        for (place, mut one) in self.alone.drain(..) {
            let batch = self.stage.batch(&[&one.work.stage], self.workshop.level)?;
            let made = self
                .workshop
                .compiler()
                .alone(&batch, &one.work.stage)
                .await?;
            self.driven[place] = Some(made.map(|()| {
                one.work.stage.drive_with(Arc::new(batch));
                one
            }));
        }
        Ok(())
    }
}
