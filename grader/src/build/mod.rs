//! Everything that is built once and serves every submission: the compiler, the crates that
//! katas use, and an oracle for each kata.
//!
//! Contents decide what is built anew, never file times: the course's own crates are compiled by
//! direct calls of rustc and kept under a fingerprint of all they were made from. Cargo builds
//! only crates of the registry, whose contents never change.

mod cache;
mod cargo;
mod course_crates;
mod externs;
mod oracle;
mod toolchain;

pub(crate) use cache::BuildCache;
pub(crate) use cargo::{check_format, lint};
pub(crate) use externs::Externs;
pub(crate) use toolchain::{Toolchain, executable};

use crate::course::Kata;
use crate::error::{Error, Result};
use crate::files::Fingerprint;
use crate::record::{Event, Events};
use course_crates::CourseCrates;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// Builds what katas need, each thing once.
pub(crate) struct Toolset {
    /// The compiler.
    pub(crate) toolchain: Toolchain,
    /// What was built before.
    pub(crate) cache: BuildCache,
    workspace: PathBuf,
    events: Events,
    externs: Memo<Arc<Externs>>,
    oracles: Memo<PathBuf>,
    course_crates: OnceCell<CourseCrates>,
    /// Cargo lets one build into a folder at a time; who waits here need not be told by cargo.
    cargo: tokio::sync::Mutex<()>,
}

impl Toolset {
    /// Finds the compiler for the course at `root`.
    ///
    /// # Errors
    /// When there is no compiler, or no folder to build in.
    pub(crate) async fn open(root: &Path, events: &Events) -> Result<Self> {
        let workspace = workspace(root);
        let (cache, toolchain) = blocking({
            let workspace = workspace.clone();
            move || {
                let cache = BuildCache::open(&workspace)?;
                let toolchain = Toolchain::find(&workspace, &cache)?;
                Ok((cache, toolchain))
            }
        })
        .await?;
        Ok(Self {
            toolchain,
            cache,
            workspace,
            events: events.clone(),
            externs: Memo::default(),
            oracles: Memo::default(),
            course_crates: OnceCell::new(),
            cargo: tokio::sync::Mutex::default(),
        })
    }

    /// The crates that a kata's submissions and drivers may use.
    ///
    /// # Errors
    /// When one does not build.
    pub(crate) async fn externs(&self, kata: &Kata) -> Result<Arc<Externs>> {
        let names: BTreeSet<String> = kata.about.used().cloned().collect();
        self.externs_named(names).await
    }

    /// The program that draws inputs and judges answers for a kata.
    ///
    /// # Errors
    /// When the suite does not compile.
    pub(crate) async fn oracle(&self, kata: &Kata) -> Result<PathBuf> {
        let building = async {
            let mut names: BTreeSet<String> =
                kata.about.oracle_dependencies.iter().cloned().collect();
            names.insert("fastrand".to_owned());
            let externs = self.externs_named(names).await?;
            let course_crates = self.course_crates().await?.clone();
            let (toolchain, cache) = (self.toolchain.clone(), self.cache.clone());
            let (kata, progress) = (kata.clone(), self.progress());
            blocking(move || {
                oracle::build(
                    &cache,
                    &toolchain,
                    &course_crates,
                    &externs,
                    &kata,
                    progress,
                )
            })
            .await
        };
        self.oracles.get(&kata.id, building).await
    }

    async fn externs_named(&self, names: BTreeSet<String>) -> Result<Arc<Externs>> {
        let key = names
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("+");
        let building = async {
            let course_crates = self.course_crates().await?.clone();
            let (toolchain, cache) = (self.toolchain.clone(), self.cache.clone());
            let (workspace, progress) = (self.workspace.clone(), self.progress());
            let _cargo = self.cargo.lock().await;
            blocking(move || {
                let registry =
                    cargo::build_registry_crates(&workspace, &cache, &toolchain, &names, progress)?;
                Ok(Arc::new(Externs::new(course_crates.for_drivers, registry)))
            })
            .await
        };
        self.externs.get(&key, building).await
    }

    async fn course_crates(&self) -> Result<&CourseCrates> {
        let building = async {
            let (toolchain, cache) = (self.toolchain.clone(), self.cache.clone());
            let (workspace, mut progress) = (self.workspace.clone(), self.progress());
            blocking(move || {
                CourseCrates::build(&workspace, &cache, &toolchain, |what| progress(what))
            })
            .await
        };
        self.course_crates.get_or_try_init(|| building).await
    }

    /// Of everything that decides what a build comes to, besides the katas.
    ///
    /// # Errors
    /// When a file of the course cannot be read.
    pub(crate) fn fingerprint(&self) -> Result<Fingerprint> {
        let manifests = ["Cargo.toml", "Cargo.lock", "grader/kata-deps/Cargo.toml"];
        let mut fingerprint =
            course_crates::fingerprint(&self.workspace, self.toolchain.fingerprint())?;
        for manifest in manifests {
            fingerprint = fingerprint.file(&self.workspace.join(manifest))?;
        }
        Ok(fingerprint)
    }

    fn progress(&self) -> impl FnMut(&str) + Send + use<> {
        let events = self.events.clone();
        move |what| {
            let _ = events.send(Event::Progress(format!("building {what}")));
        }
    }
}

/// The workspace that holds the course's crates: the course itself, or, for a course that has
/// none of its own, the one that this grader was built from.
pub(crate) fn workspace(root: &Path) -> PathBuf {
    if root.join("grader/Cargo.toml").is_file() {
        return root.to_owned();
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Results that are made once, by whoever asks first; others wait for it.
struct Memo<T> {
    cells: Mutex<HashMap<String, Arc<OnceCell<T>>>>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self {
            cells: Mutex::default(),
        }
    }
}

impl<T: Clone> Memo<T> {
    async fn get(&self, key: &str, making: impl Future<Output = Result<T>>) -> Result<T> {
        let cell = {
            let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(cells.entry(key.to_owned()).or_default())
        };
        cell.get_or_try_init(|| making).await.cloned()
    }
}

/// Runs what would block the scheduler on a thread of its own.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::bug(&error))?
}
