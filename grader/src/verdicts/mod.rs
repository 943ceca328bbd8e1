//! Verdicts that need not be made again: nothing that decides them has changed.

mod of_class;
mod on_disk;

use crate::catalogue::Kata;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::parallel;
use crate::record::KataResult;
use crate::submission::Submission;
use std::collections::HashMap;
use std::sync::Arc;

pub(crate) use of_class::{OfClass, UnderWay};
pub(crate) use on_disk::OnDisk;

/// The fingerprint of everything that decides a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key(String);

/// What decides verdicts besides submissions: grader, compiler, cage, suites.
#[derive(Debug)]
pub(crate) struct DecidedBy {
    katas: HashMap<String, Fingerprint>,
}

impl DecidedBy {
    /// `compiler` is what it is, and how much it is shut in.
    ///
    /// # Errors
    /// When the course's files cannot be read.
    pub(crate) fn new(compiler: Fingerprint, katas: &[&Kata]) -> Result<Self> {
        let grader = std::env::current_exe().unwrap_or_default();
        let decided_by = compiler.program(&grader);
        let katas = parallel::map(katas, |kata| {
            let suite = decided_by.clone().folder(&kata.hidden, |_| true)?;
            Ok((kata.id.clone(), suite))
        });
        let katas = katas.into_iter().collect::<Result<_>>()?;
        Ok(Self { katas })
    }

    /// What decides this submission of this kata.
    pub(crate) fn key(&self, kata: &Kata, submission: &Submission) -> Key {
        let key = self.katas.get(&kata.id).cloned().unwrap_or_default();
        let key = match submission {
            Submission::Sources(sources) => sources.iter().fold(key, |key, source| {
                key.text("path", &source.path).text("source", &source.text)
            }),
            Submission::Rejected(reason) => key.text("rejected", reason),
            Submission::Missing | Submission::Untouched => key.text("submission", "none"),
        };
        Key(key.finish())
    }
}

/// Where verdicts are kept.
#[derive(Debug, Clone)]
pub(crate) enum Verdicts {
    /// From one grade of this folder to the next.
    OnDisk(Arc<OnDisk>),
    /// From one student of a class to the others.
    OfClass(Arc<OfClass>),
}

/// What is known under a key.
#[derive(Debug)]
pub(crate) enum Found {
    /// A verdict.
    Kept(Box<KataResult>),
    /// Somebody is at it.
    UnderWay(UnderWay),
    /// Nothing.
    Nothing,
}

impl Verdicts {
    /// What is known under this key.
    pub(crate) fn find(&self, kata: &Kata, key: &Key) -> Found {
        match self {
            Self::OnDisk(verdicts) => match verdicts.get(kata, key) {
                Some(result) => Found::Kept(result.into()),
                None => Found::Nothing,
            },
            Self::OfClass(verdicts) => verdicts.find(key),
        }
    }

    /// Keeps a verdict, if it is one that can be.
    pub(crate) fn put(&self, kata: &Kata, key: &Key, result: &KataResult) {
        match self {
            Self::OnDisk(verdicts) => verdicts.put(kata, key, result),
            Self::OfClass(verdicts) => verdicts.put(key, result),
        }
    }
}
