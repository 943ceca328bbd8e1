//! Student crate, given crates and driver, each by one direct call of rustc in the cage.

use crate::cargo::{Externs, Toolchain, executable};
use crate::catalogue::{Given, Kata};
use crate::error::Result;
use crate::outcome::Verdict;
use crate::process::{Cage, Ended, Level, Order};
use crate::stage::KataStage;
use crate::text::wrapped;
use crate::watch::{Stop, TICK, Watch};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

/// One message of rustc.
#[derive(Debug, Clone, Deserialize)]
struct Diagnostic {
    message: String,
    code: Option<Code>,
    level: String,
    spans: Vec<Span>,
    children: Vec<Diagnostic>,
    rendered: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Code {
    code: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    is_primary: bool,
    label: Option<String>,
}

/// What one call of rustc came to.
struct Run {
    diagnostics: Vec<Diagnostic>,
    stopped: Option<Stop>,
    ended: Option<Ended>,
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
                ("PATH".to_owned(), std::env::var("PATH").unwrap_or_default()),
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

/// What rustc said, one JSON object a line; what else is among it is nobody's message.
fn read_diagnostics(messages: &[u8]) -> Vec<Diagnostic> {
    String::from_utf8_lossy(messages)
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}

/// One call of rustc.
struct Job {
    name: String,
    args: Vec<String>,
    output: String,
}

impl Job {
    fn new(name: &str, source: &Path, kind: &str) -> Self {
        let args = [
            "--crate-name",
            name,
            "--crate-type",
            kind,
            "--edition",
            "2024",
            "--error-format",
            "json",
            "--json",
            "diagnostic-rendered-ansi",
            "--diagnostic-width",
            "100",
            "-C",
            "debuginfo=0",
        ];
        let mut args: Vec<String> = args.map(str::to_owned).into();
        args.push(source.display().to_string());
        let output = match kind {
            "bin" => executable(name),
            "proc-macro" => macro_file(name),
            _ => format!("lib{name}.rlib"),
        };
        Self {
            name: name.to_owned(),
            args,
            output,
        }
    }

    fn extern_crate(&mut self, name: &str, file: &Path) {
        self.args.push("--extern".to_owned());
        self.args.push(format!("{name}={}", file.display()));
    }

    /// The last mapping that fits wins, so the general one comes first.
    fn remap(&mut self, from: &Path, to: &str) {
        self.args.push("--remap-path-prefix".to_owned());
        self.args.push(format!("{}={to}", from.display()));
    }

    /// An exit status proves nothing: a macro can end the compiler with any. The artifact
    /// does.
    async fn exists(&self, stage: &KataStage, cage: &mut Cage) -> bool {
        cage.fetch(&self.output(stage)).await.is_some()
    }

    fn output(&self, stage: &KataStage) -> PathBuf {
        stage.out().join(&self.output)
    }
}

/// Whether a crate is compiled on the stage: the student's or a given one.
fn is_staged(kata: &Kata, name: &str) -> bool {
    name == kata.crate_name() || kata.about.given.iter().any(|given| given.name == name)
}

fn staged(kata: &Kata, name: &str) -> String {
    let mut given = kata.about.given.iter();
    let is_macro = given.any(|given| given.name == name && given.proc_macro);
    if is_macro {
        macro_file(name)
    } else {
        format!("lib{name}.rlib")
    }
}

fn macro_file(name: &str) -> String {
    format!(
        "{}{name}{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    )
}

fn rendered(run: &Run, level: &str) -> Vec<String> {
    let wanted = run
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.level == level)
        // "3 warnings emitted" points nowhere; an error may.
        .filter(|diagnostic| level == "error" || !diagnostic.spans.is_empty());
    wanted
        .filter_map(|diagnostic| diagnostic.rendered.clone())
        .filter(|text| !text.contains("aborting due to"))
        .collect()
}

fn not_compiled(run: &Run) -> NotCompiled {
    let verdict = match run.stopped.clone() {
        Some(Stop::Time(limit)) => Verdict::TimedOut {
            limit: format!("{limit} of compiling"),
        },
        Some(stop) => stop.verdict(),
        None => Verdict::DoesNotCompile,
    };
    let mut messages = rendered(run, "error");
    if messages.is_empty() && run.stopped.is_none() {
        messages.push(format!(
            "the compiler ended ({:?}) without an error and without a result",
            run.ended
        ));
    }
    NotCompiled { verdict, messages }
}

/// The student's crate compiles, but not what is compiled against it.
fn misfit(kata: &Kata, run: &Run) -> NotCompiled {
    let mut not_compiled = not_compiled(run);
    let introduction = format!(
        "Your crate compiles, but the hidden suite cannot be compiled against it. Most often a \
         public name or signature is no longer the one of the stub; compare with `cargo grader \
         show {} --stub`.",
        kata.id
    );
    let errors = run
        .diagnostics
        .iter()
        .filter(|found| found.level == "error" && !found.message.starts_with("aborting"));
    let mut said: Vec<String> = errors.map(said).collect();
    said.dedup();
    not_compiled.messages = vec![format!(
        "{}\n\n{}",
        wrapped(&introduction, 88),
        said.join("\n")
    )];
    not_compiled
}

/// An error in the suite without the suite's lines, which are not the student's to read.
fn said(error: &Diagnostic) -> String {
    let code = error.code.as_ref().map(|code| format!("[{}]", code.code));
    let primary = error.spans.iter().find(|span| span.is_primary);
    let label = primary.and_then(|span| span.label.as_deref());
    let place = error
        .children
        .iter()
        .flat_map(|note| &note.spans)
        .chain(&error.spans)
        .find(|span| span.file_name.contains("src/"));
    format!(
        "error{}: {}{}{}",
        code.unwrap_or_default(),
        error.message,
        label.map(|label| format!(": {label}")).unwrap_or_default(),
        place
            .map(|span| format!("\n  --> {}:{}", span.file_name, span.line_start))
            .unwrap_or_default(),
    )
}

/// `None` when the compiler refuses the program exactly where and why it must, and accepts
/// its twin.
fn what_is_wrong(
    diagnostics: &[Diagnostic],
    index: usize,
    expected: &[(usize, String)],
) -> Option<String> {
    let errors_in = |twin: &str| {
        let file = format!("{twin}_{index}.rs");
        let errors = diagnostics.iter().filter(|found| found.level == "error");
        errors
            .filter_map(|error| {
                let span = error.spans.iter().find(|span| span.is_primary)?;
                let code = error.code.as_ref().map(|code| code.code.clone());
                let inside = span.file_name.ends_with(&file);
                inside.then(|| (span.line_start, code.unwrap_or_default(), &error.message))
            })
            .collect::<Vec<_>>()
    };
    if let Some((_, code, message)) = errors_in("sound").first() {
        return Some(format!(
            "a program that is right must compile, but: {message} ({code})"
        ));
    }
    let got = errors_in("broken");
    for (line, code) in expected {
        if !got.iter().any(|(at, found, _)| at == line && found == code) {
            let said: Vec<String> = got
                .iter()
                .map(|(_, code, message)| format!("{message} ({code})"))
                .collect();
            return Some(if said.is_empty() {
                format!("the compiler accepts the program; it must refuse it with {code}")
            } else {
                format!(
                    "the compiler must refuse it with {code}, but: {}",
                    said.join("; ")
                )
            });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(file: &str, line: usize, code: &str) -> String {
        format!(
            r#"{{"message":"m","code":{{"code":"{code}"}},"level":"error","children":[],
            "spans":[{{"file_name":"{file}","line_start":{line},"is_primary":true,"label":null}}],
            "rendered":null}}"#
        )
        .replace('\n', "")
    }

    fn wrong(messages: &str) -> Option<String> {
        let found = read_diagnostics(messages.as_bytes());
        what_is_wrong(&found, 0, &[(7, "E0277".to_owned())])
    }

    #[test]
    fn a_program_must_be_refused_at_its_line_with_its_code_and_its_twin_must_not() {
        let right = diagnostic("refused/broken_0.rs", 7, "E0277");
        assert_eq!(wrong(&right), None);
        for messages in [
            String::new(),
            diagnostic("refused/broken_0.rs", 8, "E0277"),
            diagnostic("refused/broken_0.rs", 7, "E0599"),
            diagnostic("refused/broken_1.rs", 7, "E0277"),
            format!("{right}\n{}", diagnostic("refused/sound_0.rs", 1, "E0432")),
        ] {
            assert!(wrong(&messages).is_some(), "{messages}");
        }
    }

    #[test]
    fn no_bytes_make_the_reader_of_diagnostics_panic() {
        crate::fuzz::bytes(|bytes| {
            let found = read_diagnostics(bytes);
            let _ = what_is_wrong(&found, 0, &[(1, String::new())]);
        });
        crate::fuzz::mutated(diagnostic("src/lib.rs", 7, "E0277").as_bytes(), |bytes| {
            let run = Run {
                diagnostics: read_diagnostics(bytes),
                stopped: None,
                ended: None,
            };
            let _ = (not_compiled(&run), rendered(&run, "warning"));
            run.diagnostics.iter().for_each(|error| drop(said(error)));
        });
    }
}
