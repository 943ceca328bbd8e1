//! The course: which katas there are, and where the files of each are.

use super::lang::Lang;
use super::order::ordered;
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::parallel;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder, below the course's root, of suites, stubs and fixtures.
const HIDDEN: &str = "tests/hidden";

/// The course.
#[derive(Debug)]
pub(crate) struct Catalogue {
    /// The folder that holds `exercises`, `solutions` and `tests`.
    pub(crate) root: PathBuf,
    /// The katas, easier ones first, and none before those it builds on.
    pub(crate) katas: Vec<Kata>,
}

/// One kata, as the course knows it.
#[derive(Debug, Clone)]
pub(crate) struct Kata {
    /// Stable id, also the package's name.
    pub(crate) id: String,
    /// Track, the folder above.
    pub(crate) track: String,
    /// `tests/hidden/<track>/<id>`.
    pub(crate) hidden: PathBuf,
    /// What `kata.toml` says.
    pub(crate) about: Arc<About>,
}

/// `kata.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct About {
    /// Title.
    pub(crate) title: String,
    /// Title in Simplified Chinese.
    pub(crate) title_zh: String,
    /// 1 to 5.
    pub(crate) difficulty: u8,
    /// Minutes that it takes.
    pub(crate) minutes: u8,
    /// APIs and ideas that it teaches.
    pub(crate) teaches: Vec<String>,
    /// Why it may be larger than a kata should be, and what becomes of it.
    #[serde(default)]
    pub(crate) oversize: Option<String>,
    /// Ids of the katas that it builds on.
    #[serde(default)]
    pub(crate) prerequisites: Vec<String>,
    /// External crates of the student's crate, and of the driver.
    #[serde(default)]
    pub(crate) dependencies: Vec<String>,
    /// External crates of the driver only.
    #[serde(default)]
    pub(crate) driver_dependencies: Vec<String>,
    /// Files under `src/` that are always the course's own.
    #[serde(default)]
    pub(crate) locked: Vec<String>,
    /// External crates of the oracle.
    #[serde(default)]
    pub(crate) oracle_dependencies: Vec<String>,
    /// Support crates, in the order in which they are compiled.
    #[serde(default)]
    pub(crate) support: Vec<SupportCrate>,
    /// Platforms that it can be graded on, as `std::env::consts::OS` names them; empty means all.
    #[serde(default)]
    pub(crate) platforms: Vec<String>,
    /// Limits that differ from the defaults.
    #[serde(default)]
    pub(crate) limits: Limits,
    /// Hints, each of which says more than the one before.
    pub(crate) hints: Vec<Hint>,
    /// Mutants of the solution that are the same program.
    #[serde(default)]
    pub(crate) equivalent: Vec<Equivalent>,
}

impl About {
    /// The title in a language of the course.
    pub(crate) fn title_in(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.title,
            Lang::Zh => &self.title_zh,
        }
    }

    /// All external crates that a driver may use.
    pub(crate) fn used(&self) -> impl Iterator<Item = &String> {
        self.dependencies.iter().chain(&self.driver_dependencies)
    }
}

/// A support crate: a crate of the course that is compiled between the student's crate and the
/// driver.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SupportCrate {
    /// Name of the crate.
    #[serde(rename = "crate")]
    pub(crate) name: String,
    /// Its only source file, below the kata's hidden folder.
    pub(crate) source: String,
    /// Whether it exports procedural macros.
    #[serde(default)]
    pub(crate) proc_macro: bool,
    /// What it uses: external crates, support crates before it, the student's crate.
    #[serde(default)]
    pub(crate) dependencies: Vec<String>,
}

/// One step of a hint ladder.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hint {
    /// In English.
    pub(crate) en: String,
    /// In Simplified Chinese.
    pub(crate) zh: String,
}

/// A mutant of the solution that no suite can catch, because it does the same.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Equivalent {
    /// Its name, as `author mutants` prints it.
    pub(crate) mutant: String,
    /// Why it does the same.
    pub(crate) reason: String,
}

impl Catalogue {
    /// Reads the course that `start` lies in.
    ///
    /// # Errors
    /// When there is none, or a `kata.toml` is invalid.
    pub(crate) fn find(start: &Path) -> Result<Self> {
        let root = start
            .ancestors()
            .find(|folder| folder.join(HIDDEN).is_dir());
        let Some(root) = root else {
            return Err(Error::usage(
                format!("{} is not inside a course", start.display()),
                "run this in the folder of the course, which has a folder `exercises`",
            ));
        };
        let mut folders = Vec::new();
        for track in subfolders(&root.join(HIDDEN))? {
            folders.extend(subfolders(&track)?);
        }
        let katas = parallel::map(&folders, |hidden| Kata::read(hidden));
        Ok(Self {
            root: root.to_owned(),
            katas: ordered(katas.into_iter().collect::<Result<_>>()?)?,
        })
    }

    /// The katas that `names` select: ids, tracks, or paths inside either. No names select all.
    pub(crate) fn select(&self, names: &[String], cwd: &Path) -> Result<Vec<&Kata>> {
        if names.is_empty() {
            return Ok(self.katas.iter().collect());
        }
        let mut selected = Vec::new();
        for name in names {
            let matching = self.matching(name, cwd);
            if matching.is_empty() {
                return Err(self.unknown(name));
            }
            selected.extend(matching);
        }
        let chosen = |kata: &&Kata| selected.iter().any(|other| other.id == kata.id);
        Ok(self.katas.iter().filter(chosen).collect())
    }

    /// The kata that `name` selects; without a name, the one that `cwd` is in.
    pub(crate) fn one(&self, name: Option<&str>, cwd: &Path) -> Result<&Kata> {
        let name = name.unwrap_or(".");
        match self.matching(name, cwd).as_slice() {
            [kata] => Ok(kata),
            [] if name == "." => Err(Error::usage(
                "no kata is named",
                "name one, or change to its folder; `cargo grader list` shows them all",
            )),
            [] => Err(self.unknown(name)),
            _ => Err(Error::usage(
                format!("{name:?} is more than one kata"),
                "name one; `cargo grader list` shows them all",
            )),
        }
    }

    fn matching(&self, name: &str, cwd: &Path) -> Vec<&Kata> {
        let by_name = |kata: &&Kata| kata.id == name || kata.track == name;
        let named: Vec<&Kata> = self.katas.iter().filter(by_name).collect();
        if !named.is_empty() {
            return named;
        }
        let Ok(path) = cwd.join(name).canonicalize() else {
            return Vec::new();
        };
        // Every kata is below, and comparing with each is slow.
        if self
            .root
            .canonicalize()
            .is_ok_and(|root| root.starts_with(&path))
        {
            return Vec::new();
        }
        self.katas
            .iter()
            .filter(|kata| {
                self.folders(kata)
                    .iter()
                    .any(|folder| is_near(folder, &path))
            })
            .collect()
    }

    fn folders(&self, kata: &Kata) -> [PathBuf; 3] {
        let path = kata.path();
        ["exercises", "solutions", HIDDEN].map(|top| self.root.join(top).join(&path))
    }

    fn unknown(&self, name: &str) -> Error {
        let close = self
            .katas
            .iter()
            .filter(|kata| {
                let contains = kata.id.contains(name) || name.contains(kata.id.as_str());
                contains || strsim::damerau_levenshtein(&kata.id, name) <= TYPOS
            })
            .map(|kata| kata.id.as_str());
        let close: Vec<&str> = close.collect();
        let next = if close.is_empty() {
            "`cargo grader list` shows them all".to_owned()
        } else {
            format!("did you mean {}?", close.join(" or "))
        };
        Error::usage(format!("there is no kata or track {name:?}"), next)
    }
}

impl Kata {
    fn read(hidden: &Path) -> Result<Self> {
        let file = hidden.join("kata.toml");
        let text = fs::read_to_string(&file).map_err(|error| Error::io("read", &file, &error))?;
        let about: About = toml::from_str(&text).map_err(|error| Error::course(&file, error))?;
        Ok(Self {
            id: name_of(hidden),
            track: hidden.parent().map(name_of).unwrap_or_default(),
            hidden: hidden.to_owned(),
            about: Arc::new(about),
        })
    }

    /// `<track>/<id>`.
    pub(crate) fn path(&self) -> PathBuf {
        Path::new(&self.track).join(&self.id)
    }

    /// Whether the student's code runs in the compiler.
    pub(crate) fn has_macros(&self) -> bool {
        self.about.support.iter().any(|one| one.proc_macro)
    }

    /// The name of the student's crate.
    pub(crate) fn crate_name(&self) -> String {
        self.id.replace('-', "_")
    }

    /// Whether it can be graded on this platform.
    pub(crate) fn is_available(&self) -> bool {
        let platforms = &self.about.platforms;
        platforms.is_empty() || platforms.iter().any(|os| os == std::env::consts::OS)
    }

    /// The pristine stub.
    pub(crate) fn stub(&self) -> Result<String> {
        self.read_hidden("stub.rs")
    }

    /// A text file of the kata's hidden folder.
    pub(crate) fn read_hidden(&self, name: &str) -> Result<String> {
        let file = self.hidden.join(name);
        fs::read_to_string(&file).map_err(|error| Error::io("read", &file, &error))
    }
}

/// How many letters of a name may be wrong for a suggestion.
const TYPOS: usize = 3;

fn is_near(folder: &Path, path: &Path) -> bool {
    folder
        .canonicalize()
        .is_ok_and(|folder| path.starts_with(&folder) || is_track(path, &folder))
}

fn is_track(path: &Path, kata_folder: &Path) -> bool {
    kata_folder.parent() == Some(path)
}

fn subfolders(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| Error::io("list", folder, &error))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut folders: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}

fn name_of(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
