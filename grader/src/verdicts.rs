//! Verdicts that need not be made again: nothing that decides them has changed.
//!
//! A convenience for those who grade their own work. It trusts the disk it lies on, so CI
//! grades without it. What depends on the machine's load is never kept.

use crate::catalogue::Kata;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::outcome::Verdict;
use crate::record::{KataResult, REPORT_VERSION};
use crate::submission::Submission;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The verdicts kept for one folder of submissions.
#[derive(Debug, Clone)]
pub(crate) struct Verdicts {
    folder: PathBuf,
    /// What decides every kata: grader, compiler, cage.
    decided_by: Fingerprint,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    key: String,
    result: KataResult,
}

impl Verdicts {
    /// The verdicts on the submissions in `from`, kept below `root`.
    pub(crate) fn new(root: &Path, from: &Path, decided_by: Fingerprint) -> Self {
        let place = Fingerprint::new().text("from", &from.to_string_lossy());
        let grader = std::env::current_exe().unwrap_or_default();
        Self {
            folder: root.join(".katas/verdicts").join(&place.finish()[..8]),
            decided_by: decided_by.program(&grader),
        }
    }

    /// What decides this submission of this kata.
    ///
    /// # Errors
    /// When the course's files cannot be read.
    pub(crate) fn key(&self, kata: &Kata, submission: &Submission) -> Result<String> {
        let key = self.decided_by.clone().folder(&kata.hidden, |_| true)?;
        let key = match submission {
            Submission::Sources(sources) => sources.iter().fold(key, |key, source| {
                key.text("path", &source.path).text("source", &source.text)
            }),
            Submission::Rejected(reason) => key.text("rejected", reason),
            Submission::Missing | Submission::Untouched => key.text("submission", "none"),
        };
        Ok(key.finish())
    }

    /// The verdict under this key, if it is kept. What cannot be read is not there.
    pub(crate) fn get(&self, kata: &Kata, key: &str) -> Option<KataResult> {
        let text = fs::read_to_string(self.file(kata)).ok()?;
        let kept: Kept = serde_json::from_str(&text).ok()?;
        (kept.version == REPORT_VERSION && kept.key == key).then_some(KataResult {
            kept: true,
            ..kept.result
        })
    }

    /// Keeps a verdict. If it cannot be, the next grade makes it again.
    pub(crate) fn put(&self, kata: &Kata, key: &str, result: &KataResult) {
        if !is_lasting(result) {
            return;
        }
        let kept = Kept {
            version: REPORT_VERSION,
            key: key.to_owned(),
            result: result.clone(),
        };
        let Ok(text) = serde_json::to_string(&kept) else {
            return;
        };
        let _ = fs::create_dir_all(&self.folder)
            .and_then(|()| tempfile::NamedTempFile::new_in(&self.folder))
            .and_then(|mut new| {
                new.write_all(text.as_bytes())?;
                new.persist(self.file(kata)).map_err(|error| error.error)
            });
    }

    fn file(&self, kata: &Kata) -> PathBuf {
        self.folder.join(format!("{}.json", kata.id))
    }
}

/// Whether the same submission would get the same verdict on a machine that is busier.
fn is_lasting(result: &KataResult) -> bool {
    let verdicts = result.cases.iter().map(|case| &case.verdict);
    verdicts
        .chain([&result.verdict])
        .all(|verdict| match verdict {
            Verdict::Passed
            | Verdict::Failed
            | Verdict::Panicked
            | Verdict::DoesNotCompile
            | Verdict::NotAttempted
            | Verdict::Rejected { .. }
            | Verdict::ExitedEarly { .. } => true,
            Verdict::TimedOut { .. }
            | Verdict::Deadlocked { .. }
            | Verdict::MemoryExceeded { .. }
            | Verdict::ProcessesExceeded { .. }
            | Verdict::DiskExceeded { .. }
            | Verdict::FilesExceeded { .. }
            | Verdict::OutputExceeded { .. }
            | Verdict::Crashed { .. }
            | Verdict::Unavailable { .. }
            | Verdict::GraderError { .. } => false,
        })
}
