//! The scratch folder that everything is compiled and run in. Dropping it removes it.

mod place;

use self::place::{
    DRIVER, EXPANSIONS, INTERFACE, LASTING, LIBRARIES, LIBRARY_OUT, OUT, Place, REFUSED_OUT, ROOT,
    WORK, make,
};
use crate::cargo::executable;
use crate::catalogue::{Given, Kata};
use crate::error::Result;
use crate::interface::Interface;
use crate::limits::Bounds;
use crate::linking::ENTRY;
use crate::macro_source::MacroSource;
use crate::process::{Bars, Level, Shown};
use crate::scratch::Scratch;
use crate::submission::SourceFile;
use crate::suite_source::{SuiteSource, Suites};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The scratch folder of one grade.
#[derive(Debug)]
pub(crate) struct Stage {
    folder: Scratch,
    /// What suites come to.
    pub(crate) suites: Suites,
}

/// The part of a stage that belongs to one kata of one submission.
#[derive(Debug)]
pub(crate) struct KataStage {
    /// The kata.
    pub(crate) kata: Kata,
    /// Its folder as the student sees it.
    pub(crate) shown: String,
    /// The suite, taken apart.
    pub(crate) suite: Arc<SuiteSource>,
    place: Place,
    /// Where the compiler may keep what makes the next time faster.
    lasting: Option<PathBuf>,
    /// Whose driver runs the cases, if not its own.
    driven_by: Option<Arc<BatchStage>>,
}

/// The part of a stage that belongs to the driver of many katas.
#[derive(Debug)]
pub(crate) struct BatchStage {
    place: Place,
}

impl Stage {
    /// Makes the folder.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            folder: Scratch::new()?,
            suites: Suites::default(),
        })
    }

    /// Puts a kata's submission and the acting half of its suite there; `shown` is the
    /// submission's folder as its author knows it.
    ///
    /// What the compiler keeps in `lasting` is of use only where the kata is always seen at
    /// the same place.
    pub(crate) fn kata(
        &self,
        kata: &Kata,
        sources: &[SourceFile],
        shown: &str,
        level: Level,
        lasting: Option<PathBuf>,
    ) -> Result<KataStage> {
        let stage = KataStage {
            kata: kata.clone(),
            shown: shown.to_owned(),
            suite: self.suites.of(kata)?,
            place: Place::new(self, &kata.id, level)?,
            lasting: lasting.filter(|_| level == Level::Full),
            driven_by: None,
        };
        for file in sources {
            stage
                .place
                .write(&format!("src/{}", file.path), &file.text)?;
        }
        for given in &kata.about.given {
            let text = given_source(kata, given)?.recording;
            stage
                .place
                .write(&format!("given/{}.rs", given.name), text)?;
        }
        write_driver(&stage.place, &[&stage])?;
        stage.write_refused()?;
        if let Some(lasting) = &stage.lasting {
            make(lasting)?;
        }
        Ok(stage)
    }

    /// Puts the acting halves of many katas' suites there, for one driver.
    pub(crate) fn batch(&self, katas: &[&KataStage], level: Level) -> Result<BatchStage> {
        let place = Place::new(self, "batch", level)?;
        write_driver(&place, katas)?;
        Ok(BatchStage { place })
    }
}

impl KataStage {
    /// Its folder, as it is seen in a cage.
    pub(crate) fn seen(&self) -> &Path {
        self.place.seen()
    }

    /// The folder of the student's sources, as the student sees it.
    pub(crate) fn source_as_shown(&self) -> String {
        format!("{}/src", self.shown)
    }

    /// Where compiled things go, in the cage of the compiler.
    pub(crate) fn out(&self) -> PathBuf {
        self.seen().join(OUT)
    }

    /// The working folder of a case, in the cage of the cases.
    pub(crate) fn work(&self) -> PathBuf {
        self.seen().join(WORK)
    }

    /// The driver program, once it is compiled, in the cage of the cases.
    pub(crate) fn driver(&self) -> PathBuf {
        self.driver_folder().inside.join(executable("driver"))
    }

    /// Where the compiler of the student's crate may keep what makes the next time faster, in its
    /// cage.
    pub(crate) fn incremental_of_student(&self) -> Option<PathBuf> {
        self.lasting.as_ref().map(|_| self.seen().join(LASTING))
    }

    /// Where any compiler may. None where student code runs in one: a macro could write there
    /// whatever it wants, and as much.
    pub(crate) fn incremental(&self) -> Option<PathBuf> {
        let incremental = self.incremental_of_student();
        incremental.filter(|_| !self.kata.has_macros())
    }

    /// The crates that were kept, in the cages of compilers.
    pub(crate) fn libraries(&self) -> PathBuf {
        self.seen().join(LIBRARIES)
    }

    /// What macros made of the programs that must not compile, in the cage of the compiler.
    pub(crate) fn expansions(&self) -> PathBuf {
        self.seen().join(EXPANSIONS)
    }

    /// The bars of the cage in which the student's crate is compiled.
    pub(crate) fn student_bars(&self, compiler: &[PathBuf]) -> Bars {
        let bounds = self.kata.about.limits.for_compiler();
        Bars {
            lasting: self.lasting.clone().map(|host| Shown {
                host,
                inside: self.seen().join(LASTING),
            }),
            ..self.place.compiler_bars(compiler, bounds)
        }
    }

    /// The bars of a cage in which anything is compiled.
    pub(crate) fn compiler_bars(&self, compiler: &[PathBuf]) -> Bars {
        let mut bars = self.student_bars(compiler);
        if self.kata.has_macros() {
            bars.lasting = None;
        }
        bars
    }

    /// Where things go that are compiled in the cage of the programs that must not compile.
    pub(crate) fn refused_out(&self) -> PathBuf {
        self.seen().join(REFUSED_OUT)
    }

    /// The bars of the cage in which those programs are compiled, while others may be in the
    /// first one.
    pub(crate) fn refused_bars(&self, compiler: &[PathBuf]) -> Bars {
        Bars {
            writable: self.refused_out(),
            ..self.compiler_bars(compiler)
        }
    }

    /// Where an interface and the driver for it go.
    pub(crate) fn library_out(&self) -> PathBuf {
        self.seen().join(LIBRARY_OUT)
    }

    /// Where its interface lies, in the cage of a compiler.
    pub(crate) fn interface(&self) -> PathBuf {
        self.seen().join(INTERFACE)
    }

    /// The bars of the cage in which a driver for its interface is compiled, while the student's
    /// crate may be in the first one.
    pub(crate) fn library_bars(&self, compiler: &[PathBuf]) -> Bars {
        Bars {
            writable: self.library_out(),
            ..self.compiler_bars(compiler)
        }
    }

    /// Puts its interface there, and a driver that is a library.
    pub(crate) fn write_interface(&self, interface: &Interface) -> Result<()> {
        for file in interface.files() {
            let path = format!("{INTERFACE}/{}", file.path);
            self.place.write(&path, &file.text)?;
        }
        let main = driver_main(&[self], &format!("#[unsafe(no_mangle)]\npub fn {ENTRY}"));
        self.place.write("library.rs", main)
    }

    /// The bars of the cage in which its cases run.
    pub(crate) fn case_bars(&self, bounds: Bounds) -> Bars {
        Bars {
            root: self.place.host().join(ROOT),
            readable: vec![self.driver_folder()],
            writable: self.work(),
            lasting: None,
            proc: false,
            bounds,
        }
    }

    /// Keeps the driver that the compiler has made.
    pub(crate) fn keep_driver(&self, made: fs::File) -> Result<()> {
        self.place.keep_driver(made)
    }

    /// Keeps a crate that the compiler has made, for other cages.
    pub(crate) fn keep_library(&self, name: &str, made: fs::File) -> Result<()> {
        self.place
            .keep(&format!("{LIBRARIES}/{name}"), made)
            .map(drop)
    }

    /// Keeps what macros made of the programs that must not compile.
    pub(crate) fn keep_expansions(&self, bytes: &[u8]) -> Result<()> {
        self.place.write(EXPANSIONS, bytes)
    }

    /// Has its cases run by the driver of many katas.
    pub(crate) fn drive_with(&mut self, batch: Arc<BatchStage>) {
        self.driven_by = Some(batch);
    }

    fn driver_folder(&self) -> Shown {
        let batch = self.driven_by.as_ref();
        let place = batch.map_or(&self.place, |batch| &batch.place);
        Shown {
            host: place.host().join(DRIVER),
            inside: place.seen().join(DRIVER),
        }
    }

    fn write_refused(&self) -> Result<()> {
        let mut modules = String::new();
        for (index, refused) in self.suite.refused.iter().enumerate() {
            for (twin, excerpt) in [("broken", &refused.broken), ("sound", &refused.sound)] {
                let name = format!("{twin}_{index}");
                let _ = writeln!(modules, "pub mod {name};");
                let program = self.suite.program(excerpt);
                self.place.write(&format!("refused/{name}.rs"), program)?;
            }
        }
        self.place.write("refused/lib.rs", &modules)
    }
}

impl BatchStage {
    /// Its folder, as it is seen in a cage.
    pub(crate) fn seen(&self) -> &Path {
        self.place.seen()
    }

    /// Where the driver goes, in the cage of the compiler.
    pub(crate) fn out(&self) -> PathBuf {
        self.seen().join(OUT)
    }

    /// Where the crates of one of its katas are seen.
    pub(crate) fn libraries_of(&self, stage: &KataStage) -> PathBuf {
        let inside = Path::new("/libraries").join(&stage.kata.id);
        match self.place.level {
            Level::Full => inside,
            Level::Landlock | Level::Limits | Level::Bare => stage.place.host().join(LIBRARIES),
        }
    }

    /// The bars of the cage in which the driver is compiled.
    pub(crate) fn bars(&self, compiler: &[PathBuf], katas: &[&KataStage], bounds: Bounds) -> Bars {
        let mut bars = self.place.compiler_bars(compiler, bounds);
        bars.readable.extend(katas.iter().map(|stage| Shown {
            host: stage.place.host().join(LIBRARIES),
            inside: self.libraries_of(stage),
        }));
        bars
    }

    /// Keeps the driver that the compiler has made.
    pub(crate) fn keep_driver(&self, made: fs::File) -> Result<()> {
        self.place.keep_driver(made)
    }
}

/// A given crate's source: with what it needs to write down expansions, and without the
/// student's code.
pub(crate) fn given_source(kata: &Kata, given: &Given) -> Result<MacroSource> {
    let text = kata.read_hidden(&given.source)?;
    if given.proc_macro {
        return MacroSource::parse(&kata.hidden.join(&given.source), &text);
    }
    Ok(MacroSource {
        recording: text.clone(),
        replaying: text,
    })
}

/// The main file of a driver, and the suites that are its modules.
fn write_driver(place: &Place, katas: &[&KataStage]) -> Result<()> {
    for stage in katas {
        place.write(&suite_file(stage), stage.suite.driver())?;
    }
    place.write("driver.rs", driver_main(katas, "fn main"))
}

fn suite_file(stage: &KataStage) -> String {
    format!("suites/{}.rs", stage.kata.id)
}

/// A driver whose only function is called so. Its modules have names that no kata's crate can
/// have.
fn driver_main(katas: &[&KataStage], function: &str) -> String {
    let (mut modules, mut served) = (String::new(), String::new());
    for (index, stage) in katas.iter().enumerate() {
        let id = &stage.kata.id;
        let suite = suite_file(stage);
        let module = format!("suite_of_kata_{index}");
        let _ = writeln!(modules, "#[path = {suite:?}]\nmod {module};");
        let _ = writeln!(
            served,
            "::suite::Kata {{ id: {id:?}, cases: {module}::CASES, roles: {module}::ROLES }},"
        );
    }
    format!(
        "{modules}{function}() -> ::std::process::ExitCode {{\n::suite::serve(&[{served}])\n}}\n"
    )
}
