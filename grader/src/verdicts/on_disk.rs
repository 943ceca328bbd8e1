//! Verdicts kept from one grade to the next.
//!
//! A convenience for those who grade their own work. It trusts the disk it lies on, so CI
//! grades without it. What depends on the machine's load is never kept.

use super::Key;
use crate::atomic;
use crate::catalogue::Kata;
use crate::fingerprint::Fingerprint;
use crate::outcome::Verdict;
use crate::record::{KataResult, REPORT_VERSION};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};

/// The verdicts kept for one folder of submissions.
#[derive(Debug)]
pub(crate) struct OnDisk {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    key: String,
    result: KataResult,
}

impl OnDisk {
    /// The verdicts on the submissions in `from`, kept below `root`.
    pub(crate) fn new(root: &Path, from: &Path) -> Self {
        let place = Fingerprint::new().text("from", &from.to_string_lossy());
        Self {
            folder: root.join(".katas/verdicts").join(&place.finish()[..8]),
        }
    }

    /// The verdict under this key, if it is kept. What cannot be read is not there.
    pub(super) fn get(&self, kata: &Kata, key: &Key) -> Option<KataResult> {
        let text = fs::read_to_string(self.file(kata)).ok()?;
        let kept: Kept = serde_json::from_str(&text).ok()?;
        (kept.version == REPORT_VERSION && kept.key == key.0).then_some(KataResult {
            kept: true,
            ..kept.result
        })
    }

    /// Keeps a verdict. If it cannot be, the next grade makes it again.
    pub(super) fn put(&self, kata: &Kata, key: &Key, result: &KataResult) {
        if !is_lasting(result) {
            return;
        }
        let kept = Kept {
            version: REPORT_VERSION,
            key: key.0.clone(),
            result: result.clone(),
        };
        let Ok(text) = serde_json::to_string(&kept) else {
            return;
        };
        let _ = atomic::write(&self.file(kata), &text);
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
