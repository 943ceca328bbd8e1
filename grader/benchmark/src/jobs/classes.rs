//! Jobs about many submissions: a course's staff or its CI waits.

use super::{Bench, memory};
use crate::class::Class;
use crate::edit::{Part, put};
use crate::figures::{Beside, Row, Spread, Unit, scale};
use crate::grader::{Call, Verdicts, verdicts_below};
use crate::measure::{in_turn, run, run_weighed};
use anyhow::{Context, Result, ensure};
use std::cell::RefCell;
use std::fs;
use std::ops::Range;

impl Bench<'_> {
    pub(super) fn submissions(&self) -> Result<Vec<Row>> {
        let rows = |size: usize, part: Part, how: &str| {
            let make = || Class::different(self.course, size, part, self.edits);
            let job = format!("{size} submissions, all different{how}, all solved");
            self.many(&job, 0.3, &make)
        };
        let size = self.amount.submissions;
        let mut all = rows(size, Part::Body, "")?;
        // Nobody's driver is of use to anybody, so that fewer will do.
        let few = size.div_ceil(5);
        all.extend(rows(few, Part::Generic, " in generic code")?);
        Ok(all)
    }

    pub(super) fn class(&self) -> Result<Vec<Row>> {
        let size = self.amount.class;
        let make = || Class::realistic(self.course, size, self.edits);
        let job = format!("a class of {size}, half untouched, a quarter copied");
        self.many(&job, 0.1, &make)
    }

    fn many<'c>(&self, job: &str, at_most: f64, make: &dyn Fn() -> Class<'c>) -> Result<Vec<Row>> {
        let peaks = RefCell::new(Vec::new());
        let in_one_go = self.grader.knows_classes(self.place);
        let mut ours = || {
            let class = make();
            self.course.forget()?;
            if in_one_go {
                let (seconds, peak) = self.graded_at_once(&class)?;
                peaks.borrow_mut().push(peak);
                Ok(seconds)
            } else {
                self.graded_one_by_one(&class)
            }
        };
        let mut theirs = || self.looped(&make());
        let [ours, theirs] = in_turn(self.amount.rounds, [&mut ours, &mut theirs])?;
        let mut rows = vec![Row {
            job: job.to_owned(),
            ours,
            unit: Unit::Seconds,
            beside: Beside::Rival("a loop of cargo nextest run".to_owned(), theirs),
            at_most: Some(at_most),
        }];
        // As with times, the first round does not count.
        let peaks = peaks.into_inner().into_iter().skip(1);
        if let Some(peak) = Spread::of(peaks.collect()) {
            rows.push(memory::absolute(
                &format!("memory of the grader, {job}"),
                peak,
            ));
        }
        Ok(rows)
    }

    fn graded_at_once(&self, class: &Class<'_>) -> Result<(f64, f64)> {
        let out = self.place.class("reports");
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        let root = self.place.class("class");
        class.hand_in(&root)?;
        let call = Call::Class(&root, &out);
        let (run, peak) = run_weighed(&mut self.grader.command(self.place, call))?;
        let verdicts = verdicts_below(&out).with_context(|| run.account())?;
        let students = (0..class.size()).map(|student| self.right(class, student));
        let right = students.fold(Verdicts::default(), Verdicts::and);
        ensure!(
            verdicts == right,
            "{verdicts:?} instead of {right:?}: {}",
            run.account()
        );
        Ok((run.seconds, peak))
    }

    fn graded_one_by_one(&self, class: &Class<'_>) -> Result<f64> {
        let folders = class.hand_in(&self.place.class("class"))?;
        let mut seconds = 0.0;
        for student in self.sample(class) {
            let call = Call::Folder(&folders[student]);
            let run = run(&mut self.grader.command(self.place, call))?;
            let (verdicts, right) = (self.grader.verdicts()?, self.right(class, student));
            ensure!(
                verdicts == right,
                "{verdicts:?} instead of {right:?}: {}",
                run.account()
            );
            seconds += run.seconds;
        }
        Ok(seconds * scale(class.size(), self.sample(class).len()))
    }

    fn right(&self, class: &Class<'_>, student: usize) -> Verdicts {
        let passed = class.solved(student);
        Verdicts {
            passed,
            untouched: self.course.katas.len() - passed,
            others: 0,
        }
    }

    /// A loop over the students is as long as there are students, so some of them are enough.
    /// Those in the middle: there copied work has somebody to be copied from.
    fn sample(&self, class: &Class<'_>) -> Range<usize> {
        let count = self.amount.sample.clamp(1, class.size());
        let first = (class.size() - count) / 2;
        first..first + count
    }

    /// Only what a student has touched is built and run: a stub may not compile with its tests.
    fn looped(&self, class: &Class<'_>) -> Result<f64> {
        let mut seconds = 0.0;
        for student in self.sample(class) {
            let touched = class.touched(student)?;
            for (kata, sources) in &touched {
                put(sources, &self.rival.folder(kata))?;
            }
            let katas: Vec<_> = touched.iter().map(|(kata, _)| *kata).collect();
            let run = run(&mut self.rival.nextest(&katas))?;
            seconds += self.rival.all_passed(&run, &katas)?;
        }
        Ok(seconds * scale(class.size(), self.sample(class).len()))
    }
}
