//! Student crate, given crates and driver, each by one direct call of rustc in the cage.

mod diagnostics;
mod job;

use self::diagnostics::{
    Diagnostic, misfit, not_compiled, read_diagnostics, rendered, what_is_wrong,
};
use self::job::{Job, is_staged, staged};
use crate::cargo::{Externs, Toolchain};
use crate::catalogue::{Given, Kata};
use crate::error::Result;
use crate::outcome::Verdict;
use crate::process::{Cage, Ended, Level, Order};
use crate::stage::KataStage;
use crate::watch::{Stop, TICK, Watch};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Bytes of rustc's messages kept at either end.
const KEPT_MESSAGES: usize = 4 << 20;

/// What compiles a kata, besides the kata.
pub(crate) struct Compiler<'a> {
    /// The compiler.
    pub(crate) toolchain: &'a Toolchain,
    /// What katas may use.
    pub(crate) externs: &'a Externs,
    /// How much the compiler is shut in.
    pub(crate) level: Level,
    /// Where the student's folder is, as the student sees it.
    pub(crate) shown: String,
}

/// A kata ready to run.
#[derive(Debug)]
pub(crate) struct Compiled {
    /// Names of the must-not-compile cases and what is wrong with them; `None` is right.
    pub(crate) refused: BTreeMap<String, Option<String>>,
    /// Warnings about the student's crate, rendered.
    pub(crate) warnings: Vec<String>,
}

/// A kata that cannot be run.
#[derive(Debug)]
pub(crate) struct NotCompiled {
    /// What became of it.
    pub(crate) verdict: Verdict,
    /// The compiler's messages, rendered.
    pub(crate) messages: Vec<String>,
}

impl Compiler<'_> {
    /// Compiles everything of one kata.
    ///
    /// # Errors
    /// When the compiler could not be run; the student's mistakes are [`NotCompiled`].
    pub(crate) async fn compile(
        &self,
        kata: &Kata,
        stage: &KataStage,
    ) -> Result<std::result::Result<Compiled, NotCompiled>> {
        let bars = stage.compiler_bars(kata, &self.readable());
        let cage = &mut Cage::open(&bars, self.level).await?;
        let student = self.student(kata, stage)?;
        let run = self.rustc(&student, stage, kata, cage).await?;
        if !student.exists(stage, cage).await {
            return Ok(Err(not_compiled(&run)));
        }
        let warnings = rendered(&run, "warning");
        for given in &kata.about.given {
            let job = self.given(kata, given, stage)?;
            let run = self.rustc(&job, stage, kata, cage).await?;
            if !job.exists(stage, cage).await {
                return Ok(Err(misfit(kata, &run)));
            }
        }
        let driver = self.driver(kata, stage)?;
        let run = self.rustc(&driver, stage, kata, cage).await?;
        let Some(made) = cage.fetch(&driver.output(stage)).await else {
            return Ok(Err(misfit(kata, &run)));
        };
        stage.keep_driver(made)?;
        Ok(Ok(Compiled {
            refused: self.refused(kata, stage, cage).await?,
            warnings,
        }))
    }

    /// What the compiler itself and the katas' crates are.
    fn readable(&self) -> Vec<PathBuf> {
        let mut readable = vec![self.toolchain.sysroot.clone(), self.toolchain.rustc.clone()];
        readable.push(self.externs.folder().to_owned());
        readable
    }

    fn student(&self, kata: &Kata, stage: &KataStage) -> Result<Job> {
        let name = kata.crate_name();
        let mut job = Job::new(&name, &stage.seen().join("src/lib.rs"), "lib");
        // On the command line, so that no attribute can take it back.
        job.args.extend(["-F", "unsafe_code"].map(str::to_owned));
        job.remap(&stage.seen().join("src"), &format!("{}/src", self.shown));
        self.link(&mut job, kata.about.dependencies.iter())?;
        Ok(job)
    }

    fn given(&self, kata: &Kata, given: &Given, stage: &KataStage) -> Result<Job> {
        let source = stage.seen().join(format!("given/{}.rs", given.name));
        let kind = if given.proc_macro {
            "proc-macro"
        } else {
            "lib"
        };
        let mut job = Job::new(&given.name, &source, kind);
        job.remap(stage.seen(), &self.shown);
        let ours = |name: &&String| is_staged(kata, name);
        for name in given.dependencies.iter().filter(ours) {
            job.extern_crate(name, &stage.out().join(staged(kata, name)));
        }
        self.link(
            &mut job,
            given.dependencies.iter().filter(|name| !ours(name)),
        )?;
        if given.proc_macro {
            job.args
                .extend(["--extern", "proc_macro"].map(str::to_owned));
        }
        Ok(job)
    }

    fn driver(&self, kata: &Kata, stage: &KataStage) -> Result<Job> {
        let mut job = Job::new("driver", &stage.seen().join("driver.rs"), "bin");
        job.args.extend(["-A", "warnings"].map(str::to_owned));
        self.against_student(&mut job, kata, stage)?;
        Ok(job)
    }

    /// Externs and names of a crate that is compiled against the student's.
    fn against_student(&self, job: &mut Job, kata: &Kata, stage: &KataStage) -> Result<()> {
        job.remap(&stage.seen().join("src"), &format!("{}/src", self.shown));
        job.remap(&stage.seen().join("suite.rs"), "hidden suite");
        job.extern_crate("suite", self.externs.get("suite-drive")?);
        let name = kata.crate_name();
        job.extern_crate(&name, &stage.out().join(staged(kata, &name)));
        for given in &kata.about.given {
            job.extern_crate(&given.name, &stage.out().join(staged(kata, &given.name)));
        }
        let about = &kata.about;
        self.link(
            job,
            about.dependencies.iter().chain(&about.driver_dependencies),
        )
    }

    fn link<'n>(&self, job: &mut Job, names: impl Iterator<Item = &'n String>) -> Result<()> {
        for name in names {
            job.extern_crate(&name.replace('-', "_"), self.externs.get(name)?);
        }
        let folder = self.externs.folder().display();
        job.args
            .extend(["-L".to_owned(), format!("dependency={folder}")]);
        Ok(())
    }

    /// Compiles the programs that must not compile, and their twins, all at once.
    async fn refused(
        &self,
        kata: &Kata,
        stage: &KataStage,
        cage: &mut Cage,
    ) -> Result<BTreeMap<String, Option<String>>> {
        if stage.suite.refused.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut job = Job::new("refused", &stage.seen().join("refused/lib.rs"), "lib");
        job.args
            .extend(["-A", "warnings", "--emit", "metadata"].map(str::to_owned));
        self.against_student(&mut job, kata, stage)?;
        let run = self.rustc(&job, stage, kata, cage).await?;
        let cases = stage
            .suite
            .refused
            .iter()
            .enumerate()
            .map(|(index, refused)| {
                (
                    refused.case.clone(),
                    what_is_wrong(&run.diagnostics, index, &refused.expected),
                )
            });
        Ok(cases.collect())
    }

    async fn rustc(
        &self,
        job: &Job,
        stage: &KataStage,
        kata: &Kata,
        cage: &mut Cage,
    ) -> Result<Run> {
        let mut args = job.args.clone();
        if let Some(folder) = stage.incremental() {
            let folder = folder.join(&job.name);
            args.extend(["-C".to_owned(), format!("incremental={}", folder.display())]);
        }
        args.extend(["--out-dir".to_owned(), stage.out().display().to_string()]);
        args.extend([
            "-L".to_owned(),
            format!("dependency={}", stage.out().display()),
        ]);
        let order = Order {
            program: self.toolchain.rustc.clone(),
            args,
            env: vec![
                ("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned()),
                ("TMPDIR".to_owned(), stage.out().display().to_string()),
                ("LANG".to_owned(), "C.UTF-8".to_owned()),
            ],
            cwd: stage.seen().to_owned(),
            bounds: kata.about.limits.for_compiler(),
        };
        let running = cage.spawn(&order, KEPT_MESSAGES).await?;
        let mut watch = Watch::over(running.root, order.bounds);
        let (mut stopped, mut ended) = (None, None);
        while stopped.is_none() && ended.is_none() {
            tokio::select! {
                end = cage.ended() => ended = Some(end),
                () = tokio::time::sleep(TICK * 5) => stopped = watch.look(&running),
            }
        }
        cage.end().await?;
        let messages = running.stderr.finish().await.to_bytes();
        Ok(Run {
            diagnostics: read_diagnostics(&messages),
            stopped,
            ended,
        })
    }
}

/// What one call of rustc came to.
struct Run {
    diagnostics: Vec<Diagnostic>,
    stopped: Option<Stop>,
    ended: Option<Ended>,
}
