//! Drivers that are compiled against an interface, and kept: whoever's crate has that interface is
//! linked with one, and nothing of the suite is compiled again.

use super::driver::new_driver;
use super::job::{Job, library_file};
use super::rustc::{Setting, rustc, supervised};
use super::{Caged, Compiler, DriverOf};
use crate::cargo;
use crate::catalogue::Kata;
use crate::depot::Depot;
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::interface::Interface;
use crate::process::{Cage, Level};
use crate::stage::KataStage;
use crate::submission::SourceFile;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// Where a driver that runs code of an interface says that it is.
const SHOWN: &str = "interface/src";
const DRIVER: &str = "driver";
/// Drivers of one kata that are kept, each of some MiB.
const DRIVERS: usize = 8;
/// Interfaces of one kata of which it is kept that they were seen.
const SIGHTINGS: usize = 64;

/// A driver that was compiled against an interface.
#[derive(Debug)]
pub(crate) struct Library {
    interface: Interface,
    folder: PathBuf,
}

impl Library {
    /// Where in the student's sources a line is that the driver names: the file, below `src`, and
    /// the line.
    pub(crate) fn place<'f>(&self, file: &'f str, line: usize) -> Option<(&'f str, usize)> {
        let path = file.strip_prefix(SHOWN)?.strip_prefix('/')?;
        Some((path, self.interface.original(path, line)?))
    }
}

impl Compiler<'_> {
    /// A driver for the interface of these sources: kept, or, if that will pay, compiled now.
    /// `None` is nobody's fault: then a driver is compiled against the crate.
    pub(super) async fn library(
        &self,
        stage: &KataStage,
        sources: &[SourceFile],
        driver: DriverOf,
    ) -> Result<Option<Library>> {
        if self.linking.is_none() || self.level != Level::Full || !stage.kata.about.given.is_empty()
        {
            return Ok(None);
        }
        let (sources, users) = (sources.to_owned(), stage.suite.driver());
        let fingerprint = self.fingerprint(stage, &users);
        let taken = tokio::task::spawn_blocking(move || Interface::of(&sources, &users));
        let Some(interface) = taken.await.ok().flatten() else {
            return Ok(None);
        };
        let files = interface.files().iter();
        let fingerprint = files.fold(fingerprint, |fingerprint, file| {
            fingerprint.text(&file.path, &file.text)
        });
        let fingerprint = fingerprint.finish();
        let kind = format!("driver-{}", stage.kata.id);
        let depot = cargo::depot().keeping(DRIVERS);
        let folder = match depot.find(&kind, &fingerprint) {
            Some(folder) => folder,
            None if will_pay(&stage.kata, &fingerprint, driver)? => {
                let Some(made) = self.make(stage, &interface, driver).await? else {
                    return Ok(None);
                };
                depot.entry(&kind, &fingerprint, |folder| keep(made, folder))?
            }
            None => return Ok(None),
        };
        Ok(Some(Library { interface, folder }))
    }

    /// Of everything that decides what a driver comes to, but for the interface.
    fn fingerprint(&self, stage: &KataStage, suite: &str) -> Fingerprint {
        let about = &stage.kata.about;
        let grader = std::env::current_exe().unwrap_or_default();
        Fingerprint::new()
            .program(&grader)
            .text("crates", &self.externs.folder().to_string_lossy())
            .text("uses", &format!("{:?}", about.dependencies))
            .text("drives with", &format!("{:?}", about.driver_dependencies))
            .text("suite", suite)
    }

    /// Compiles an interface, and a driver against it; `None` if one of them cannot be compiled.
    async fn make(
        &self,
        stage: &KataStage,
        interface: &Interface,
        driver: DriverOf,
    ) -> Result<Option<File>> {
        stage.write_interface(interface)?;
        let setting = Setting {
            out: stage.library_out(),
            incremental: stage.incremental().map(|folder| folder.join("library")),
            ..Setting::of(stage)
        };
        let mut cage = Cage::open(&stage.library_bars(&self.readable()), self.level).await?;
        for job in [self.interface(stage)?, self.driver_library(stage, driver)?] {
            rustc(self.toolchain, &job, &setting, &mut cage, None).await?;
            if !job.exists(&setting.out, &mut cage).await {
                return Ok(None);
            }
        }
        let made = setting.out.join(library_file(DRIVER));
        Ok(cage.fetch(&made).await)
    }

    fn interface(&self, stage: &KataStage) -> Result<Job> {
        let source = stage.interface().join("lib.rs");
        let mut job = Job::new(&stage.kata.crate_name(), &source, "lib");
        job.args(["-A", "warnings", "--cap-lints", "allow"]);
        job.remap(&stage.interface(), SHOWN);
        job.link(self.externs, &stage.kata.about.dependencies)?;
        Ok(job)
    }

    fn driver_library(&self, stage: &KataStage, driver: DriverOf) -> Result<Job> {
        let mut job = new_driver(&stage.seen().join("library.rs"), "lib", driver);
        job.extern_crate("suite", self.externs.get("suite-drive")?);
        job.remap(&stage.seen().join("suites"), "hidden suite");
        self.against(&mut job, stage, &stage.library_out())?;
        job.look_in(&stage.library_out());
        Ok(job)
    }
}

impl Caged<'_> {
    /// Links the student's crate with a driver that was compiled before; whether that worked.
    pub(super) async fn link(&mut self, library: &Library) -> Result<bool> {
        let (stage, compiler) = (self.stage, self.compiler);
        let Some(linking) = compiler.linking else {
            return Ok(false);
        };
        let driver = stage.libraries().join(library_file(DRIVER));
        // Another grader may have forgotten it.
        let Ok(file) = File::open(library.folder.join(library_file(DRIVER))) else {
            return Ok(false);
        };
        stage.keep_library(&library_file(DRIVER), file)?;
        let student = library_file(&stage.kata.crate_name());
        let student = stage.libraries().join(student);
        let about = &stage.kata.about;
        let used = if about.used().next().is_none() {
            vec![compiler.externs.get("suite-drive")?.to_owned()]
        } else {
            compiler.externs.libraries()?
        };
        let libraries: Vec<PathBuf> = [driver, student].into_iter().chain(used).collect();
        let output = stage.out().join(cargo::executable("driver"));
        let args = linking.args(&libraries, &output);
        let order = Setting::of(stage).order(linking.linker.clone(), args);
        supervised(&order, &mut self.cage, None).await?;
        let Some(made) = self.cage.fetch(&output).await else {
            // It may be damaged; whoever needs it next makes it again.
            Depot::forget(&library.folder);
            return Ok(false);
        };
        stage.keep_driver(made)?;
        Ok(true)
    }
}

/// Whether a driver for this interface will pay, and can be kept. One of a single kata is compiled
/// beside the crate itself and is there at the next save. One for many katas costs less than one for
/// each, unless interfaces come again; what has come twice will.
fn will_pay(kata: &Kata, fingerprint: &str, driver: DriverOf) -> Result<bool> {
    let depot = cargo::depot().keeping(SIGHTINGS);
    if !depot.can_keep() {
        return Ok(false);
    }
    if driver == DriverOf::Kata {
        return Ok(true);
    }
    let kind = format!("sighting-{}", kata.id);
    let was_seen = depot.find(&kind, fingerprint).is_some();
    if !was_seen {
        depot.entry(&kind, fingerprint, |_| Ok(()))?;
    }
    Ok(was_seen)
}

fn keep(mut made: File, folder: &Path) -> Result<()> {
    let path = folder.join(library_file(DRIVER));
    File::create(&path)
        .and_then(|mut kept| io::copy(&mut made, &mut kept))
        .map(drop)
        .map_err(|error| Error::io("keep a driver as", &path, &error))
}
