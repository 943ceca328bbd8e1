//! Jobs about a whole course.

use super::Bench;
use crate::course::{Course, Kata};
use crate::edit::Part;
use crate::figures::{Beside, Row, Unit, scale};
use crate::grader::{Call, Grader};
use crate::measure::{in_turn, run, run_weighed};
use anyhow::Result;
use std::cell::RefCell;

/// What is called "no worse": medians of the same work differ by so much.
const NOISE: f64 = 1.05;

impl Bench<'_> {
    fn graded(
        &self,
        course: &Course,
        grader: &Grader,
        call: Call<'_>,
        katas: usize,
    ) -> Result<f64> {
        let run = run(&mut grader.command(self.place, call))?;
        debug_assert!(katas <= course.katas.len());
        grader.all_passed(&run, katas)
    }

    fn ours(&self, call: Call<'_>) -> Result<f64> {
        self.graded(self.course, self.grader, call, self.course.katas.len())
    }

    /// All katas changed, nothing kept of what they were.
    pub(super) fn renew(&self, course: &Course) -> Result<()> {
        self.edit_all(course)?;
        course.forget()
    }

    fn edit_all(&self, course: &Course) -> Result<()> {
        let mut katas = course.katas.iter();
        katas.try_for_each(|kata| course.edit("solutions", kata, Part::Body, self.edits))
    }

    pub(super) fn all_katas(&self) -> Vec<&Kata> {
        self.course.katas.iter().collect()
    }

    fn nextest(&self) -> Result<f64> {
        let katas = self.all_katas();
        let run = run(&mut self.rival.nextest(&katas))?;
        self.rival.all_passed(&run, &katas)
    }

    pub(super) fn cold(&self) -> Result<Vec<Row>> {
        let mut ours = || {
            self.renew(self.course)?;
            self.ours(Call::Afresh)
        };
        let mut theirs = || {
            let mut katas = self.course.katas.iter();
            katas.try_for_each(|kata| self.rival.edit(kata, Part::Body, self.edits))?;
            self.rival.forget(&self.all_katas())?;
            self.nextest()
        };
        let mut known = || {
            // What comes for the second time gets a driver that is kept.
            for _ in 0..2 {
                self.edit_all(self.course)?;
                self.ours(Call::Afresh)?;
            }
            self.edit_all(self.course)?;
            self.course.forget_submissions()?;
            self.ours(Call::Afresh)
        };
        let measured = in_turn(self.amount.rounds, [&mut ours, &mut known, &mut theirs]);
        let [ours, known, theirs] = measured?;
        let row = |job: &str, ours| Row {
            job: job.to_owned(),
            ours,
            unit: Unit::Seconds,
            beside: Beside::Rival("cargo nextest run".to_owned(), theirs.clone()),
            at_most: Some(0.3),
        };
        Ok(vec![
            row("whole course, no kata built, dependencies built", ours),
            row(
                "the same, graded twice before with other bodies of functions",
                known,
            ),
        ])
    }

    pub(super) fn unchanged(&self) -> Result<Vec<Row>> {
        let [ours, theirs] = in_turn(
            self.amount.rounds,
            [&mut || self.ours(Call::Course), &mut || self.nextest()],
        )?;
        let (course, grader) = self.sized(self.amount.large)?;
        let all = course.katas.len();
        let [large] = in_turn(
            self.amount.rounds,
            [&mut || self.graded(&course, &grader, Call::Course, all)],
        )?;
        Ok(vec![
            Row {
                job: "whole course, nothing changed".to_owned(),
                ours,
                unit: Unit::Seconds,
                beside: Beside::Rival("cargo nextest run".to_owned(), theirs),
                at_most: Some(0.05),
            },
            Row {
                job: format!("{all} katas, nothing changed"),
                ours: large,
                unit: Unit::Seconds,
                beside: Beside::Nothing,
                at_most: Some(0.1),
            },
        ])
    }

    pub(super) fn one_changed(&self) -> Result<Vec<Row>> {
        // What the last edit of the others was, is known from here on.
        self.ours(Call::Course)?;
        let kata = &self.course.katas[0];
        let edit = || self.course.edit("solutions", kata, Part::Body, self.edits);
        let mut whole = || {
            edit()?;
            self.ours(Call::Course)
        };
        let mut alone = || {
            edit()?;
            self.graded(self.course, self.grader, Call::One(&kata.id), 1)
        };
        let [whole, alone] = in_turn(self.amount.rounds, [&mut whole, &mut alone])?;
        Ok(vec![Row {
            job: "whole course, one kata changed".to_owned(),
            ours: whole,
            unit: Unit::Seconds,
            beside: Beside::Rival("the grader on that kata alone".to_owned(), alone),
            at_most: Some(1.3),
        }])
    }

    pub(super) fn growth(&self) -> Result<Vec<Row>> {
        let (large, middle) = (self.amount.large, self.amount.middle);
        let (large, middle) = (self.sized(large)?, self.sized(middle)?);
        let peaks = RefCell::new((Vec::new(), Vec::new()));
        let weighed = |(course, grader): &(Course, Grader)| -> Result<(f64, f64)> {
            self.renew(course)?;
            let (run, peak) = run_weighed(&mut grader.command(self.place, Call::Afresh))?;
            Ok((grader.all_passed(&run, course.katas.len())?, peak))
        };
        let mut of_large = || {
            let (seconds, peak) = weighed(&large)?;
            peaks.borrow_mut().0.push(peak);
            Ok(seconds)
        };
        let mut of_middle = || {
            let (seconds, peak) = weighed(&middle)?;
            peaks.borrow_mut().1.push(peak);
            Ok(seconds)
        };
        let [seconds, fewer] = in_turn(self.amount.rounds, [&mut of_large, &mut of_middle])?;
        let (many, few) = (large.0.katas.len(), middle.0.katas.len());
        let factor = scale(many, few);
        // As with times, the first round does not count.
        let (peak, less) = peaks.into_inner();
        let (peak, less) = (peak[1..].to_vec(), less[1..].to_vec());
        let time = Row {
            job: format!("{many} katas, none built"),
            ours: seconds,
            unit: Unit::Seconds,
            beside: Beside::Rival(
                format!("the grader on {few} katas, × {factor}"),
                fewer.times(factor),
            ),
            at_most: Some(NOISE),
        };
        let memory = super::memory::beside(
            &format!("memory of the grader, {many} katas"),
            peak,
            (&format!("the grader on {few} katas"), less),
        )?;
        Ok(vec![time, memory])
    }

    /// A course of that many katas with its grader, every kata graded once.
    fn sized(&self, size: usize) -> Result<(Course, Grader)> {
        let course = Course::make(&self.place.repository, &self.place.course(size), size)?;
        let grader = Grader::build(self.place, &course)?;
        self.graded(&course, &grader, Call::Course, size)?;
        Ok((course, grader))
    }
}
