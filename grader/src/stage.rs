//! The scratch folder that everything is compiled and run in. Dropping it removes it.

use crate::catalogue::Kata;
use crate::error::{Error, Result};
use crate::submission::SourceFile;
use crate::suite_source::SuiteSource;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The scratch folder of one grade.
#[derive(Debug)]
pub(crate) struct Stage {
    folder: TempDir,
}

/// The part of a stage that belongs to one kata of one submission.
#[derive(Debug)]
pub(crate) struct KataStage {
    /// Its folder, removed when this is dropped.
    folder: TempDir,
    /// The programs that must not compile.
    pub(crate) suite: SuiteSource,
}

impl Stage {
    /// Makes the folder.
    pub(crate) fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("grader-").tempdir();
        let folder = folder.map_err(|error| {
            Error::io("make a scratch folder in", &std::env::temp_dir(), &error)
        })?;
        Ok(Self { folder })
    }

    /// Puts a kata's submission and the acting half of its suite there.
    pub(crate) fn kata(&self, kata: &Kata, sources: &[SourceFile]) -> Result<KataStage> {
        let suite = SuiteSource::parse(
            &kata.hidden.join("suite.rs"),
            &kata.read_hidden("suite.rs")?,
        )?;
        let folder = tempfile::Builder::new()
            .prefix(&format!("{}-", kata.id))
            .tempdir_in(self.folder.path())
            .map_err(|error| Error::io("make a folder in", self.folder.path(), &error))?;
        let stage = KataStage { folder, suite };
        for file in sources {
            stage.write(&format!("src/{}", file.path), &file.text)?;
        }
        for given in &kata.about.given {
            let text = kata.read_hidden(&given.source)?;
            stage.write(&format!("given/{}.rs", given.name), &text)?;
        }
        stage.write("suite.rs", &stage.suite.driver)?;
        stage.write("driver.rs", &driver(kata))?;
        stage.write_refused()?;
        for folder in ["out", "work"] {
            make(&stage.root().join(folder))?;
        }
        Ok(stage)
    }
}

impl KataStage {
    /// Its folder.
    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    /// An empty working folder.
    pub(crate) fn fresh_work(&self) -> Result<PathBuf> {
        let work = self.root().join("work");
        if work.exists() {
            fs::remove_dir_all(&work).map_err(|error| Error::io("empty", &work, &error))?;
        }
        make(&work)?;
        Ok(work)
    }

    /// Where compiled things go.
    pub(crate) fn out(&self) -> PathBuf {
        self.root().join("out")
    }

    fn write_refused(&self) -> Result<()> {
        let mut modules = String::new();
        for (index, refused) in self.suite.refused.iter().enumerate() {
            for (twin, text) in [("broken", &refused.broken), ("sound", &refused.sound)] {
                let name = format!("{twin}_{index}");
                let _ = writeln!(modules, "pub mod {name};");
                self.write(&format!("refused/{name}.rs"), text)?;
            }
        }
        self.write("refused/lib.rs", &modules)
    }

    fn write(&self, path: &str, text: &str) -> Result<()> {
        let path = self.root().join(path);
        make(path.parent().unwrap_or(Path::new("/")))?;
        fs::write(&path, text).map_err(|error| Error::io("write", &path, &error))
    }
}

/// The main file of a driver. Its module has a name that no kata's crate can have.
fn driver(kata: &Kata) -> String {
    let id = &kata.id;
    format!(
        "#[path = \"suite.rs\"]\nmod suite_of_kata;\n\
         fn main() -> ::std::process::ExitCode {{\n    ::suite::serve(&[::suite::Kata {{\n        \
         id: {id:?},\n        cases: suite_of_kata::CASES,\n        roles: suite_of_kata::ROLES,\n    \
         }}])\n}}\n"
    )
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, &error))
}
