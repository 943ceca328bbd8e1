//! What is measured.

mod classes;
mod course;
mod floor;
mod kata;
mod memory;
mod rustlings;

use crate::course::Course;
use crate::edit::Edits;
use crate::figures::Row;
use crate::grader::Grader;
use crate::place::Place;
use crate::rival::Rival;
use anyhow::Result;
use clap::ValueEnum;

/// The jobs, by the name that they are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Job {
    /// From saving one kata to its verdict
    Save,
    /// From saving a mistake to its message
    Mistake,
    /// The whole course, no kata built
    Cold,
    /// The whole course, nothing changed
    Unchanged,
    /// The whole course, one kata changed
    One,
    /// 240 katas beside 60
    Growth,
    /// Many submissions, all different and all solved
    Submissions,
    /// A class as they are
    Class,
    /// Memory of the grader
    Memory,
    /// What rustc needs for the students' crates alone
    Floor,
    /// `rustlings check-all`
    Rustlings,
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amount {
    /// How often everything is measured.
    pub(crate) rounds: usize,
    /// Submissions that are all different.
    pub(crate) submissions: usize,
    /// Students of a class.
    pub(crate) class: usize,
    /// Students of whom a loop is measured; the rest is reckoned.
    pub(crate) sample: usize,
    /// Katas of a large course.
    pub(crate) large: usize,
    /// Katas of one that is not so large.
    pub(crate) middle: usize,
}

/// Everything that jobs are measured with.
pub(crate) struct Bench<'a> {
    pub(crate) place: &'a Place,
    pub(crate) amount: Amount,
    pub(crate) edits: &'a Edits,
    pub(crate) course: &'a Course,
    pub(crate) grader: &'a Grader,
    pub(crate) rival: &'a Rival<'a>,
}

impl Bench<'_> {
    /// Measures one job.
    ///
    /// # Errors
    /// When anything did not pass that should have: then there is no figure.
    pub(crate) fn measure(&self, job: Job) -> Result<Vec<Row>> {
        match job {
            Job::Save => self.save(),
            Job::Mistake => self.mistake(),
            Job::Cold => self.cold(),
            Job::Unchanged => self.unchanged(),
            Job::One => self.one_changed(),
            Job::Growth => self.growth(),
            Job::Submissions => self.submissions(),
            Job::Class => self.class(),
            Job::Memory => self.memory(),
            Job::Floor => self.floor(),
            Job::Rustlings => self.rustlings(),
        }
    }
}
