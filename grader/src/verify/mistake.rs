//! Wrong solutions: patches of the solution, each with the mistake in words and the case that catches
//! it.

use crate::course::{Catalogue, Kata};
use crate::error::{Error, Result};
use diffy::{DiffOptions, Patch};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines around a change.
const CONTEXT: usize = 1;

/// A wrong solution.
#[derive(Debug, Clone)]
pub(crate) struct Mistake {
    /// Name of its file, without `.patch`.
    pub(crate) name: String,
    /// What a student did, and why it is tempting.
    pub(crate) what: String,
    /// The case that catches it.
    pub(crate) caught_by: String,
    /// The causes that a student with this mistake is told there.
    pub(crate) told: BTreeSet<String>,
    /// The changes, in the unified format.
    patch: String,
}

/// The solution of a kata and the mistakes beside it.
#[derive(Debug)]
pub(crate) struct Mistakes {
    folder: PathBuf,
    solution: String,
}

impl Mistakes {
    /// Of a kata.
    ///
    /// # Errors
    /// When its solution cannot be read.
    pub(crate) fn of(catalogue: &Catalogue, kata: &Kata) -> Result<Self> {
        let folder = catalogue.root.join("solutions").join(kata.path());
        Ok(Self {
            solution: read(&folder.join("src/lib.rs"))?,
            folder: folder.join("wrong"),
        })
    }

    /// The names of all, in order.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub(crate) fn names(&self) -> Result<Vec<String>> {
        let failed = |error| Error::io("list", &self.folder, &error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let name = name.to_string_lossy();
            names.extend(name.strip_suffix(".patch").map(str::to_owned));
        }
        names.sort();
        Ok(names)
    }

    /// The mistake of this name.
    ///
    /// # Errors
    /// When its file cannot be read, or does not say what it must.
    pub(crate) fn get(&self, name: &str) -> Result<Mistake> {
        let file = self.file(name);
        let text = read(&file)?;
        parsed(name, &text).ok_or_else(|| {
            let form = "it must begin with `Mistake: …`, `Caught by: CASE`, a line `Told: …` for each \
                        cause that is told, and an empty line";
            Error::course(&file, form)
        })
    }

    /// The solution with a mistake. The patch may have been made for an older solution, if what is
    /// around its changes is still there.
    ///
    /// # Errors
    /// When it does not apply.
    pub(crate) fn apply(&self, mistake: &Mistake) -> Result<String> {
        let file = self.file(&mistake.name);
        let failed = |error: String| Error::course(&file, error);
        let patch = Patch::from_str(&mistake.patch).map_err(|error| failed(error.to_string()))?;
        diffy::apply(&self.solution, &patch).map_err(|error| {
            failed(format!(
                "it does not apply to the solution ({error}): `author mistake save` makes it anew"
            ))
        })
    }

    /// The same mistake, of which this is the text.
    pub(crate) fn made_of(&self, mistake: &Mistake, text: &str) -> Mistake {
        let mut options = DiffOptions::new();
        options.set_context_len(CONTEXT);
        options.set_original_filename("solution");
        options.set_modified_filename("mistake");
        Mistake {
            patch: options.create_patch(&self.solution, text).to_string(),
            ..mistake.clone()
        }
    }

    /// Whether a patch is what [`made_of`](Self::made_of) makes of its text.
    pub(crate) fn is_exact(&self, mistake: &Mistake, text: &str) -> bool {
        self.made_of(mistake, text).patch == mistake.patch
    }

    /// Writes the file of a mistake.
    ///
    /// # Errors
    /// When it cannot be written, or changes nothing.
    pub(crate) fn write(&self, mistake: &Mistake) -> Result<()> {
        let file = self.file(&mistake.name);
        if !mistake.patch.contains("\n@@") {
            return Err(Error::usage(
                "there is no change to the solution",
                "make the mistake first, then save it",
            ));
        }
        let (what, caught_by) = (&mistake.what, &mistake.caught_by);
        let told = mistake.told.iter().map(|cause| format!("Told: {cause}\n"));
        let text = format!(
            "Mistake: {what}\nCaught by: {caught_by}\n{}\n{}",
            told.collect::<String>(),
            mistake.patch
        );
        fs::create_dir_all(&self.folder)
            .map_err(|error| Error::io("make", &self.folder, &error))?;
        fs::write(&file, text).map_err(|error| Error::io("write", &file, &error))
    }

    /// The solution.
    pub(crate) fn solution(&self) -> &str {
        &self.solution
    }

    /// The file of a mistake.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.patch"))
    }
}

impl Mistake {
    /// Whether a mistake can have this name: it names a file.
    pub(crate) fn is_name(name: &str) -> bool {
        let is_letter = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        name.starts_with(|letter: char| letter.is_ascii_lowercase())
            && name
                .chars()
                .all(|letter| is_letter(letter) || letter == '_')
    }

    /// One whose changes are still to be made.
    pub(crate) fn new(name: &str, what: &str, caught_by: &str) -> Self {
        Self {
            name: name.to_owned(),
            what: what.to_owned(),
            caught_by: caught_by.to_owned(),
            told: BTreeSet::new(),
            patch: String::new(),
        }
    }
}

fn parsed(name: &str, text: &str) -> Option<Mistake> {
    let (headers, patch) = text.split_once("\n\n")?;
    let mut lines = headers.lines();
    let mut value = |key: &str| {
        let text = lines.next()?.strip_prefix(key)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let (what, caught_by) = (value("Mistake:")?, value("Caught by:")?);
    let told = lines.map(|line| Some(line.strip_prefix("Told:")?.trim().to_owned()));
    Some(Mistake {
        name: name.to_owned(),
        what,
        caught_by,
        told: told.collect::<Option<_>>()?,
        patch: patch.to_owned(),
    })
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(|error| Error::io("read", file, &error))
}
