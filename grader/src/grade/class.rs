//! A class: many submissions, one workshop, one stage.

use super::batch::broken;
use super::{Engine, Grading, Intake, Kept, Task, Terms, decided_by};
use crate::catalogue::{Catalogue, Kata};
use crate::error::Result;
use crate::record::{Events, Report};
use crate::submission;
use crate::verdicts::{DecidedBy, OfClass, Verdicts};
use crate::workshop::Workshop;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::JoinSet;

/// One student's work.
#[derive(Debug, Clone)]
pub(crate) struct Student {
    /// What to call it.
    pub(crate) name: String,
    /// A folder laid out like `exercises`.
    pub(crate) folder: PathBuf,
    /// The flag that grades it again.
    pub(crate) flag: String,
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
    students: &[Student],
    terms: Terms,
    events: &Events,
    mut report: impl FnMut(Report) -> Result<()>,
) -> Result<()> {
    let katas: Vec<&Kata> = catalogue.katas.iter().collect();
    let decided_by = Arc::new(decided_by(terms.cage, &katas)?);
    let shared = shared(&katas, &decided_by, students)?;
    let workshop = Workshop::open(terms.cage, events).await?;
    let class = Arc::new(Class {
        catalogue: Arc::clone(&catalogue),
        engine: Engine::new(Some(workshop), terms.jobs, events.clone())?.into(),
        kept: Kept {
            decided_by,
            verdicts: Verdicts::OfClass(shared.into()),
        },
        terms,
    });
    let mut waiting = students.iter();
    let mut running = JoinSet::new();
    // One more than there is room for, so that no place is idle.
    let together = terms.jobs.max(1) + 1;
    for student in waiting.by_ref().take(together) {
        running.spawn(Arc::clone(&class).grade(student.clone()));
    }
    while let Some(graded) = running.join_next().await {
        report(graded.map_err(|error| broken(&error))??)?;
        if let Some(student) = waiting.next() {
            running.spawn(Arc::clone(&class).grade(student.clone()));
        }
    }
    Ok(())
}

/// What is the same for every student.
struct Class {
    catalogue: Arc<Catalogue>,
    engine: Arc<Engine>,
    kept: Kept,
    terms: Terms,
}

impl Class {
    async fn grade(self: Arc<Self>, student: Student) -> Result<Report> {
        let katas: Vec<&Kata> = self.catalogue.katas.iter().collect();
        let task = Task {
            from: student.folder,
            origin: student.name,
            flag: student.flag,
            lasting: None,
            terms: self.terms,
        };
        let intake = Intake::new(&katas, &task, Some(&self.kept))?;
        let grading = Grading {
            engine: Arc::clone(&self.engine),
            task,
            verdicts: Some(self.kept.verdicts.clone()),
            lanes: 1,
        };
        // Other students fill the other places; one driver costs least.
        grading.report(&self.catalogue, &katas, intake, 1).await
    }
}

fn shared(katas: &[&Kata], decided_by: &DecidedBy, students: &[Student]) -> Result<OfClass> {
    let mut keys = Vec::new();
    for student in students {
        for kata in katas {
            let submission = submission::take(kata, &student.folder.join(kata.place()))?;
            if submission.has_sources() {
                keys.push(decided_by.key(kata, &submission));
            }
        }
    }
    Ok(OfClass::new(keys))
}
