//! The scratch folder that one kata of one submission is compiled and run in. Dropping it
//! removes it.

use crate::build::executable;
use crate::course::{CompileFail, Kata, MacroSource, SourceFile, SuiteSource, SupportCrate};
use crate::error::{Error, Result};
use crate::files::{Scratch, can_write};
use crate::limits::Bounds;
use crate::sandbox::{Level, Mount, Purpose, SandboxSpec};
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use suite_judge::Rng;
use tempfile::TempDir;

/// Where a sandbox with a root of its own sees the stage.
const INSIDE: &str = "/kata";

/// Folders on the stage: what compilers write, what a case writes, what a private root is built
/// on, the driver, what outlasts a grade, and crates for other sandboxes.
const OUT: &str = "out";
const PROGRAMS_OUT: &str = "programs-out";
const WORK: &str = "work";
const ROOT: &str = "root";
const DRIVER: &str = "driver";
const INCREMENTAL: &str = "incremental";
const CRATES: &str = "crates";
/// What macros made of the compile-fail programs.
const EXPANSIONS: &str = "expansions";

/// The main file of a driver. The suite is a module by a name that no kata's crate can have.
const DRIVER_MAIN: &str = "#[path = \"suite.rs\"]
mod suite_of_kata;

fn main() -> ::std::process::ExitCode {
    ::suite::serve(suite_of_kata::CASES, suite_of_kata::ROLES)
}
";

/// What is put on a stage.
pub(crate) struct Staging<'a> {
    /// The kata.
    pub(crate) kata: &'a Kata,
    /// Its suite.
    pub(crate) suite: Arc<SuiteSource>,
    /// The student's sources.
    pub(crate) sources: Vec<SourceFile>,
    /// The submission's folder, as its author knows it.
    pub(crate) shown: String,
    /// A folder that keeps what makes the next compilation faster.
    pub(crate) incremental: Option<PathBuf>,
}

/// A kata of a submission, ready to be compiled.
///
/// In a sandbox with a root of its own it always lies at the same place, so that nothing tells
/// one grade from another.
#[derive(Debug)]
pub(crate) struct Stage {
    /// The kata.
    pub(crate) kata: Kata,
    /// The submission's folder, as its author knows it.
    pub(crate) shown: String,
    /// The student's sources.
    pub(crate) sources: Vec<SourceFile>,
    /// The compile-fail cases and the modules that their programs are compiled as.
    pub(super) programs: Vec<Program>,
    suite: Arc<SuiteSource>,
    folder: TempDir,
    level: Level,
    incremental: Option<PathBuf>,
}

/// A compile-fail case and the modules that its two programs are compiled as.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) case: CompileFail,
    pub(super) fails: Module,
    pub(super) compiles: Module,
}

/// A program of a compile-fail case.
#[derive(Debug)]
pub(super) struct Module {
    /// What it is compiled as.
    pub(super) name: String,
    /// Its text, without markers.
    pub(super) text: String,
}

impl Stage {
    /// Makes a folder in `scratch` and puts the submission and the acting half of the suite there.
    ///
    /// # Errors
    /// When a file cannot be written, or a support crate is not Rust.
    pub(crate) fn new(scratch: &Scratch, staging: Staging<'_>, level: Level) -> Result<Self> {
        let kata = staging.kata;
        let folder = tempfile::Builder::new()
            .prefix(&format!("{}-", kata.id))
            .tempdir_in(scratch.path())
            .map_err(|error| Error::io("make a folder in", scratch.path(), &error))?;
        let stage = Self {
            kata: kata.clone(),
            shown: staging.shown,
            sources: staging.sources,
            programs: programs(&staging.suite)?,
            suite: staging.suite,
            folder,
            level,
            // Incremental work is of use only where the kata always lies at the same place, and the
            // grade does not need it.
            incremental: staging
                .incremental
                .filter(|folder| level == Level::Full && can_write(folder)),
        };
        stage.fill()?;
        Ok(stage)
    }

    fn fill(&self) -> Result<()> {
        for folder in [OUT, PROGRAMS_OUT, WORK, ROOT, DRIVER, INCREMENTAL, CRATES] {
            make(&self.folder.path().join(folder))?;
        }
        for file in &self.sources {
            self.write(&format!("src/{}", file.path), &file.text)?;
        }
        for support in &self.kata.about.support {
            let text = support_source(&self.kata, support)?.recording;
            self.write(&format!("support/{}.rs", support.name), text)?;
        }
        self.write("suite.rs", self.suite.driver())?;
        self.write("driver.rs", DRIVER_MAIN)?;
        self.write_programs()
    }

    fn write_programs(&self) -> Result<()> {
        let mut texts: Vec<(&str, String)> = Vec::new();
        for program in &self.programs {
            texts.push((&program.fails.name, program.fails.text.clone()));
            texts.push((&program.compiles.name, program.compiles.text.clone()));
        }
        // In the order of their names, which says nothing about them.
        texts.sort();
        let mut modules = String::new();
        for (name, text) in texts {
            let _ = writeln!(modules, "pub mod {name};");
            self.write(&format!("programs/{name}.rs"), text)?;
        }
        self.write("programs/lib.rs", &modules)
    }

    /// The stage as programs in a sandbox see it.
    pub(super) fn inside(&self) -> &Path {
        match self.level {
            Level::Full => Path::new(INSIDE),
            Level::Landlock | Level::Limits | Level::Bare => self.folder.path(),
        }
    }

    /// The folder of the student's sources, as the student sees it.
    pub(super) fn source_as_shown(&self) -> String {
        format!("{}/src", self.shown)
    }

    /// Where compiled things go, in the compiler's sandbox.
    pub(super) fn out(&self) -> PathBuf {
        self.inside().join(OUT)
    }

    /// The same for compile-fail programs, which have a sandbox of their own.
    pub(super) fn programs_out(&self) -> PathBuf {
        self.inside().join(PROGRAMS_OUT)
    }

    /// The crates that were kept, in sandboxes of compilers.
    pub(super) fn crates(&self) -> PathBuf {
        self.inside().join(CRATES)
    }

    /// What macros made of the compile-fail programs, in the compiler's sandbox.
    pub(super) fn expansions(&self) -> PathBuf {
        self.inside().join(EXPANSIONS)
    }

    /// The working folder of a case, in its sandbox.
    pub(crate) fn work(&self) -> PathBuf {
        self.inside().join(WORK)
    }

    /// The driver, once it is compiled, in the sandbox of a case.
    pub(crate) fn driver(&self) -> PathBuf {
        self.inside().join(DRIVER).join(executable("driver"))
    }

    /// Where the compiler of the student's crate may keep what makes the next time faster.
    pub(super) fn incremental_of_student(&self) -> Option<PathBuf> {
        let incremental = self.incremental.as_ref();
        incremental.map(|_| self.inside().join(INCREMENTAL))
    }

    /// Where any compiler may. None where student code runs in one: a macro could write there
    /// whatever it wants, and as much.
    pub(super) fn incremental(&self) -> Option<PathBuf> {
        let incremental = self.incremental_of_student();
        incremental.filter(|_| !self.kata.has_macros())
    }

    /// The sandbox in which the student's crate is compiled.
    pub(super) fn student_spec(&self, readable: &[PathBuf]) -> SandboxSpec {
        let mut readable: Vec<Mount> = readable.iter().map(Mount::unmoved).collect();
        readable.push(Mount {
            host: self.folder.path().to_owned(),
            inside: self.inside().to_owned(),
        });
        SandboxSpec {
            root: self.folder.path().join(ROOT),
            readable,
            writable: self.out(),
            persistent: self.incremental.clone().map(|host| Mount {
                host,
                inside: self.inside().join(INCREMENTAL),
            }),
            purpose: Purpose::Compiler,
            bounds: self.kata.about.limits.for_compiler(),
        }
    }

    /// A sandbox in which what uses the student's crate is compiled.
    pub(super) fn compiler_spec(&self, readable: &[PathBuf]) -> SandboxSpec {
        let mut spec = self.student_spec(readable);
        if self.kata.has_macros() {
            spec.persistent = None;
        }
        spec
    }

    /// The sandbox in which compile-fail programs are compiled, while others may be in the first.
    pub(super) fn programs_spec(&self, readable: &[PathBuf]) -> SandboxSpec {
        SandboxSpec {
            writable: self.programs_out(),
            persistent: None,
            ..self.student_spec(readable)
        }
    }

    /// A sandbox in which cases run.
    pub(crate) fn case_spec(&self, bounds: Bounds) -> SandboxSpec {
        SandboxSpec {
            root: self.folder.path().join(ROOT),
            readable: vec![Mount {
                host: self.folder.path().join(DRIVER),
                inside: self.inside().join(DRIVER),
            }],
            writable: self.work(),
            persistent: None,
            purpose: Purpose::Cases,
            bounds,
        }
    }

    /// Keeps the driver that the compiler has made.
    pub(super) fn keep_driver(&self, made: fs::File) -> Result<()> {
        let path = self.keep(&format!("{DRIVER}/{}", executable("driver")), made)?;
        make_executable(&path).map_err(|error| Error::io("make executable", &path, &error))
    }

    /// Keeps a crate that the compiler has made, for other sandboxes.
    pub(super) fn keep_crate(&self, file: &str, made: fs::File) -> Result<()> {
        self.keep(&format!("{CRATES}/{file}"), made).map(drop)
    }

    /// Keeps what macros made of the compile-fail programs.
    pub(super) fn keep_expansions(&self, bytes: &[u8]) -> Result<()> {
        self.write(EXPANSIONS, bytes)
    }

    fn keep(&self, path: &str, mut made: fs::File) -> Result<PathBuf> {
        let path = self.folder.path().join(path);
        let kept = fs::File::create(&path).and_then(|mut kept| io::copy(&mut made, &mut kept));
        kept.map_err(|error| Error::io("keep a file as", &path, &error))?;
        Ok(path)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) -> Result<()> {
        let path = self.folder.path().join(path);
        make(path.parent().unwrap_or(Path::new("/")))?;
        fs::write(&path, text).map_err(|error| Error::io("write", &path, &error))
    }
}

/// Names the programs in random order, so that no macro can tell by its name which of two must
/// fail.
fn programs(suite: &SuiteSource) -> Result<Vec<Program>> {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(Error::no_randomness)?;
    let mut rng = Rng::new(u64::from_le_bytes(seed), "programs", "names");
    let mut numbers = rng.shuffled(0..2 * suite.compile_fail.len()).into_iter();
    let mut name = || format!("program_{}", numbers.next().unwrap_or_default());
    let mut module = |excerpt| Module {
        name: name(),
        text: suite.program(excerpt),
    };
    let cases = suite.compile_fail.iter().map(|case| Program {
        case: case.clone(),
        fails: module(&case.fails),
        compiles: module(&case.compiles),
    });
    Ok(cases.collect())
}

/// A support crate's source: with what it needs to record expansions, and without the student's
/// code.
pub(super) fn support_source(kata: &Kata, support: &SupportCrate) -> Result<MacroSource> {
    let text = kata.read_hidden(&support.source)?;
    if support.proc_macro {
        return MacroSource::parse(&kata.hidden.join(&support.source), &text);
    }
    Ok(MacroSource {
        recording: text.clone(),
        replaying: text,
    })
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o555))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}

fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_name_nor_text_of_a_program_tells_whether_it_must_compile() {
        let suite = "suite!(one = compile_fail(\"t\", points = 1, fails = {\n    x(); //~ E0425\n}, \
                     compiles = {\n    y();\n}))";
        let suite = SuiteSource::parse(Path::new("suite.rs"), suite).unwrap();
        let mut first = std::collections::BTreeSet::new();
        for _ in 0..64 {
            let programs = programs(&suite).unwrap();
            first.insert(programs[0].fails.name < programs[0].compiles.name);
        }
        assert_eq!(
            first.len(),
            2,
            "the program that must fail always has the same place"
        );
        let case = &suite.compile_fail[0];
        for program in [&case.fails, &case.compiles] {
            let text = suite.program(program);
            assert!(
                !text.contains("E0425") && text.trim_end().len() < 16,
                "{text:?}"
            );
        }
    }
}
