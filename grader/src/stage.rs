//! The scratch folder that everything is compiled and run in. Dropping it removes it.

use crate::cargo::executable;
use crate::catalogue::Kata;
use crate::error::{Error, Result};
use crate::limits::Bounds;
use crate::process::{Bars, Level, Shown};
use crate::scratch::Scratch;
use crate::submission::SourceFile;
use crate::suite_source::SuiteSource;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The scratch folder of one grade.
#[derive(Debug)]
pub(crate) struct Stage {
    folder: Scratch,
}

/// The part of a stage that belongs to one kata of one submission.
#[derive(Debug)]
pub(crate) struct KataStage {
    /// Its folder, removed when this is dropped.
    folder: TempDir,
    /// The same folder as it is seen in a cage.
    seen: PathBuf,
    /// Where the compiler may keep what makes the next time faster.
    lasting: Option<PathBuf>,
    /// The programs that must not compile.
    pub(crate) suite: SuiteSource,
}

impl Stage {
    /// Makes the folder.
    pub(crate) fn new() -> Result<Self> {
        let folder = Scratch::new()?;
        Ok(Self { folder })
    }

    /// Puts a kata's submission and the acting half of its suite there.
    ///
    /// In a cage with a root of its own it is always seen at the same place, so that nothing
    /// tells one grade from another. What the compiler keeps in `lasting` is of use only then.
    pub(crate) fn kata(
        &self,
        kata: &Kata,
        sources: &[SourceFile],
        level: Level,
        lasting: Option<PathBuf>,
    ) -> Result<KataStage> {
        let suite = SuiteSource::parse(
            &kata.hidden.join("suite.rs"),
            &kata.read_hidden("suite.rs")?,
        )?;
        let folder = tempfile::Builder::new()
            .prefix(&format!("{}-", kata.id))
            .tempdir_in(self.folder.path())
            .map_err(|error| Error::io("make a folder in", self.folder.path(), &error))?;
        let seen = match level {
            Level::Full => SEEN.into(),
            Level::Landlock | Level::Limits | Level::Bare => folder.path().to_owned(),
        };
        let stage = KataStage {
            folder,
            seen,
            lasting: lasting.filter(|_| level == Level::Full),
            suite,
        };
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
        for folder in [OUT, WORK, ROOT, DRIVER, LASTING] {
            make(&stage.root().join(folder))?;
        }
        if let Some(lasting) = &stage.lasting {
            make(lasting)?;
        }
        Ok(stage)
    }
}

impl KataStage {
    fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Its folder, as it is seen in a cage.
    pub(crate) fn seen(&self) -> &Path {
        &self.seen
    }

    /// Where compiled things go, in the cage of the compiler.
    pub(crate) fn out(&self) -> PathBuf {
        self.seen.join(OUT)
    }

    /// The working folder of a case, in the cage of the cases.
    pub(crate) fn work(&self) -> PathBuf {
        self.seen.join(WORK)
    }

    /// The driver program, once it is compiled, in the cage of the cases.
    pub(crate) fn driver(&self) -> PathBuf {
        self.seen.join(DRIVER).join(executable("driver"))
    }

    /// Where the compiler may keep what makes the next time faster, in its cage.
    pub(crate) fn incremental(&self) -> Option<PathBuf> {
        self.lasting.as_ref().map(|_| self.seen.join(LASTING))
    }

    /// The bars of the cage in which a kata is compiled.
    pub(crate) fn compiler_bars(&self, kata: &Kata, compiler: &[PathBuf]) -> Bars {
        let mut readable: Vec<Shown> = compiler.iter().map(Shown::as_it_is).collect();
        readable.push(Shown {
            host: self.root().to_owned(),
            inside: self.seen.clone(),
        });
        Bars {
            root: self.root().join(ROOT),
            readable,
            writable: self.out(),
            lasting: self.lasting.clone().map(|host| Shown {
                host,
                inside: self.seen.join(LASTING),
            }),
            loadable: kata.about.given.iter().any(|given| given.proc_macro),
            proc: true,
            bounds: kata.about.limits.for_compiler(),
        }
    }

    /// The bars of the cage in which its cases run.
    pub(crate) fn case_bars(&self, bounds: Bounds) -> Bars {
        Bars {
            root: self.root().join(ROOT),
            readable: vec![Shown {
                host: self.root().join(DRIVER),
                inside: self.seen.join(DRIVER),
            }],
            writable: self.work(),
            lasting: None,
            loadable: false,
            proc: false,
            bounds,
        }
    }

    /// Keeps the driver that the compiler has made.
    pub(crate) fn keep_driver(&self, mut made: fs::File) -> Result<()> {
        let path = self.root().join(DRIVER).join(executable("driver"));
        let kept = fs::File::create(&path)
            .and_then(|mut kept| std::io::copy(&mut made, &mut kept))
            .and_then(|_| make_executable(&path));
        kept.map_err(|error| Error::io("keep the driver as", &path, &error))
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

/// Where a cage with a root of its own sees a kata.
const SEEN: &str = "/kata";

/// Folders of a kata on the stage: what the compiler writes, what a case writes, what a
/// private root is built on, the driver, and what outlasts a grade.
const OUT: &str = "out";
const WORK: &str = "work";
const ROOT: &str = "root";
const DRIVER: &str = "driver";
const LASTING: &str = "incremental";

#[cfg(unix)]
fn make_executable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o555))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, &error))
}
