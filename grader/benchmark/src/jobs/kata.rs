//! Jobs about one kata: the student waits.

use super::Bench;
use crate::course::Kata;
use crate::edit::{ERROR, Part};
use crate::figures::{Beside, Row, Spread, Unit, scale};
use crate::grader::Call;
use crate::measure::{in_turn, run, run_until};
use anyhow::{Context, Result};

impl Bench<'_> {
    pub(super) fn save(&self) -> Result<Vec<Row>> {
        let [saved, typed, test, generic, generic_test] = in_turn(
            self.amount.rounds,
            [
                &mut || self.mean(|kata| self.saved(kata, Part::Body, Call::Saved(&kata.id))),
                &mut || self.mean(|kata| self.saved(kata, Part::Body, Call::Typed(&kata.id))),
                &mut || self.mean(|kata| self.tested(kata, Part::Body)),
                &mut || self.mean(|kata| self.saved(kata, Part::Generic, Call::Saved(&kata.id))),
                &mut || self.mean(|kata| self.tested(kata, Part::Generic)),
            ],
        )?;
        let row = |job: &str, ours, test: &Spread| Row {
            job: job.to_owned(),
            ours,
            unit: Unit::Seconds,
            beside: Beside::Rival("cargo test".to_owned(), test.clone()),
            at_most: Some(0.75),
        };
        Ok(vec![
            row(
                "save → verdict, one kata, as a watch calls the grader",
                saved,
                &test,
            ),
            row(
                "save → verdict, one kata, typed as `cargo grader check KATA`",
                typed,
                &test,
            ),
            row(
                "save → verdict, one kata, generic code edited",
                generic,
                &generic_test,
            ),
        ])
    }

    pub(super) fn mistake(&self) -> Result<Vec<Row>> {
        let solution = |kata: &Kata| self.course.solution(kata);
        let ours = |kata: &Kata| {
            let folder = self.course.root.join("exercises").join(&kata.place);
            self.edits.spoil(&solution(kata), &folder)?;
            let call = Call::Saved(&kata.id);
            let run = run_until(&mut self.grader.command(self.place, call), ERROR)?;
            run.seen
                .with_context(|| format!("{ERROR} was not shown: {}", run.account()))
        };
        let theirs = |kata: &Kata| {
            self.edits
                .spoil(&solution(kata), &self.rival.folder(kata))?;
            let run = run_until(&mut self.rival.test(&[kata]), ERROR)?;
            run.seen
                .with_context(|| format!("{ERROR} was not shown: {}", run.account()))
        };
        // A mistake is made in what has compiled before.
        for kata in &self.course.katas {
            self.saved(kata, Part::Body, Call::Saved(&kata.id))?;
            self.tested(kata, Part::Body)?;
        }
        let measured = in_turn(
            self.amount.rounds,
            [&mut || self.mean(ours), &mut || self.mean(theirs)],
        );
        for kata in &self.course.katas {
            self.rival.edit(kata, Part::Body, self.edits)?;
        }
        let [ours, theirs] = measured?;
        Ok(vec![Row {
            job: "save → first compile error on screen, one kata".to_owned(),
            ours,
            unit: Unit::Seconds,
            beside: Beside::Rival("cargo test".to_owned(), theirs),
            at_most: Some(0.7),
        }])
    }

    /// Edits a kata and grades it.
    fn saved(&self, kata: &Kata, part: Part, call: Call<'_>) -> Result<f64> {
        self.course.edit("exercises", kata, part, self.edits)?;
        let run = run(&mut self.grader.command(self.place, call))?;
        self.grader.all_passed(&run, 1)
    }

    /// The same, by the rival.
    fn tested(&self, kata: &Kata, part: Part) -> Result<f64> {
        self.rival.edit(kata, part, self.edits)?;
        let run = run(&mut self.rival.test(&[kata]))?;
        self.rival.all_passed(&run, &[kata])
    }

    /// The mean over all katas, each measured by itself.
    fn mean(&self, mut one: impl FnMut(&Kata) -> Result<f64>) -> Result<f64> {
        let katas = &self.course.katas;
        let sum: f64 = katas.iter().map(&mut one).sum::<Result<f64>>()?;
        Ok(sum * scale(1, katas.len()))
    }
}
