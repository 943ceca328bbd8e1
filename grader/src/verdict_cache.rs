//! Verdicts that need not be made again, because nothing that decides them has changed.
//!
//! On the disk, for those who grade their own work: it trusts that disk, so CI grades without.
//! In memory, for a class. What depends on the machine's load is never kept.

use crate::build::Toolset;
use crate::course::{Kata, Submission};
use crate::error::Result;
use crate::files::{Fingerprint, atomic};
use crate::outcome::Verdict;
use crate::parallel;
use crate::record::{KataResult, REPORT_VERSION};
use crate::sandbox::Strictness;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Most passes that a class shares.
const SHARED: usize = 1000;

/// The fingerprint of everything that decides a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key(String);

/// Verdicts under the fingerprints of what decides them.
#[derive(Debug)]
pub(crate) struct VerdictCache {
    /// What decides verdicts besides submissions, by kata: grader, compiler, sandbox, suites.
    decided_by: HashMap<String, Fingerprint>,
    store: Store,
}

#[derive(Debug)]
enum Store {
    /// From one grade of a folder to the next.
    Disk(PathBuf),
    /// From one student of a class to the others.
    Class(Mutex<HashMap<Key, KataResult>>),
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    key: String,
    result: KataResult,
}

impl VerdictCache {
    /// The verdicts on the submissions in `from`, kept below the course's `root`.
    ///
    /// # Errors
    /// When the course's files cannot be read.
    pub(crate) fn on_disk(
        toolset: &Toolset,
        strictness: Strictness,
        katas: &[&Kata],
        (root, from): (&Path, &Path),
    ) -> Result<Self> {
        let folder = Fingerprint::new().text("from", &from.to_string_lossy());
        let folder = root.join(".katas/verdicts").join(&folder.finish()[..8]);
        Ok(Self {
            decided_by: decided_by(toolset, strictness, katas)?,
            store: Store::Disk(folder),
        })
    }

    /// The passes of a class.
    ///
    /// # Errors
    /// When the course's files cannot be read.
    pub(crate) fn of_class(
        toolset: &Toolset,
        strictness: Strictness,
        katas: &[&Kata],
    ) -> Result<Self> {
        Ok(Self {
            decided_by: decided_by(toolset, strictness, katas)?,
            store: Store::Class(Mutex::default()),
        })
    }

    /// The key of a submission's verdict. `shown` is its folder as messages name it and `flag`
    /// what replays it: both stand in the messages that are kept.
    pub(crate) fn key(&self, kata: &Kata, submission: &Submission, shown: &str, flag: &str) -> Key {
        let key = self.decided_by.get(&kata.id).cloned().unwrap_or_default();
        let key = match self.store {
            Store::Disk(_) => key.text("shown", shown).text("flag", flag),
            // Only passes are shared; they name neither.
            Store::Class(_) => key,
        };
        let key = match submission {
            Submission::Sources(sources) => sources.iter().fold(key, |key, source| {
                key.text("path", &source.path).text("source", &source.text)
            }),
            Submission::Rejected(reason) => key.text("rejected", reason),
            Submission::Missing | Submission::Untouched => key.text("submission", "none"),
        };
        Key(key.finish())
    }

    /// The verdict under this key, if it is kept. What cannot be read is not there.
    pub(crate) fn get(&self, kata: &Kata, key: &Key) -> Option<KataResult> {
        let kept = match &self.store {
            Store::Disk(folder) => {
                let text = fs::read_to_string(file(folder, kata)).ok()?;
                let kept: Kept = serde_json::from_str(&text).ok()?;
                (kept.version == REPORT_VERSION && kept.key == key.0).then_some(kept.result)?
            }
            Store::Class(shared) => {
                let shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                shared.get(key).cloned()?
            }
        };
        Some(KataResult { kept: true, ..kept })
    }

    /// Keeps a verdict, if it is one that lasts. If it cannot be written, the next grade makes it
    /// again.
    pub(crate) fn put(&self, kata: &Kata, key: &Key, result: &KataResult) {
        match &self.store {
            Store::Disk(folder) if is_lasting(result) => {
                let kept = Kept {
                    version: REPORT_VERSION,
                    key: key.0.clone(),
                    result: result.clone(),
                };
                if let Ok(text) = serde_json::to_string(&kept) {
                    let _ = atomic::write(&file(folder, kata), &text);
                }
            }
            // The compiler's messages name files of one student.
            Store::Class(shared)
                if result.verdict.is_passed() && result.compiler.messages.is_empty() =>
            {
                let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                if shared.len() < SHARED {
                    shared.insert(key.clone(), result.clone());
                }
            }
            Store::Disk(_) | Store::Class(_) => {}
        }
    }
}

/// What decides verdicts besides submissions.
fn decided_by(
    toolset: &Toolset,
    strictness: Strictness,
    katas: &[&Kata],
) -> Result<HashMap<String, Fingerprint>> {
    let common = toolset
        .fingerprint()?
        .text("grader", env!("GRADER_SOURCES"))
        .text("strictness", &format!("{strictness:?}"));
    let katas = parallel::map(katas, |kata| {
        let suite = common.clone().folder(&kata.hidden, |_| true)?;
        Ok((kata.id.clone(), suite))
    });
    katas.into_iter().collect()
}

fn file(folder: &Path, kata: &Kata) -> PathBuf {
    folder.join(format!("{}.json", kata.id))
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
