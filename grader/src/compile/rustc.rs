//! One call of rustc in a sandbox.

use super::diagnostics::{Diagnostic, Message, read_diagnostics, read_messages};
use super::stage::Stage;
use crate::build::{Externs, Toolchain, executable};
use crate::course::{Kata, SupportCrate};
use crate::error::Result;
use crate::limits::Bounds;
use crate::run::{Stop, TICK, Watch};
use crate::sandbox::{Ended, Invocation, Lines, Sandbox};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use tokio::time::interval;

/// Bytes of rustc's messages kept at either end.
const KEPT_MESSAGES: usize = 1 << 20;

/// Units that are compiled anew or kept, each as a whole. By itself rustc makes ten times as many,
/// and linking them takes longer than compiling what would else have been kept.
const INCREMENTAL_UNITS: [&str; 2] = ["-C", "codegen-units=8"];

/// What a crate becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CrateKind {
    Program,
    Library,
    ProcMacro,
}

impl CrateKind {
    fn word(self) -> &'static str {
        match self {
            Self::Program => "bin",
            Self::Library => "lib",
            Self::ProcMacro => "proc-macro",
        }
    }

    /// The file that a crate of this name is compiled to.
    pub(super) fn file(self, name: &str) -> String {
        match self {
            Self::Program => executable(name),
            Self::Library => format!("lib{name}.rlib"),
            Self::ProcMacro => format!(
                "{}{name}{}",
                std::env::consts::DLL_PREFIX,
                std::env::consts::DLL_SUFFIX
            ),
        }
    }
}

/// A call of rustc: its arguments, and the file that it must make.
pub(super) struct RustcCall {
    /// Name of the crate.
    pub(super) name: String,
    /// Its arguments, but for where what it makes goes.
    pub(super) args: Vec<String>,
    /// What it finds in its environment besides what every call finds there.
    pub(super) env: Vec<(String, String)>,
    kind: CrateKind,
}

impl RustcCall {
    pub(super) fn new(name: &str, source: &Path, kind: CrateKind) -> Self {
        let args = [
            "--crate-name",
            name,
            "--crate-type",
            kind.word(),
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
            "-C",
            "embed-bitcode=no",
            // In sixteen units, as rustc would do it, all cores together work a tenth longer. Other
            // crates are being compiled beside this one.
            "-C",
            "codegen-units=1",
            // What std knows of its own lines would be most of every program.
            "-C",
            "strip=debuginfo",
        ];
        let mut args: Vec<String> = args.map(str::to_owned).into();
        args.push(source.display().to_string());
        Self {
            name: name.to_owned(),
            args,
            env: Vec::new(),
            kind,
        }
    }

    pub(super) fn args<const N: usize>(&mut self, args: [&str; N]) {
        self.args.extend(args.map(str::to_owned));
    }

    pub(super) fn extern_crate(&mut self, name: &str, file: &Path) {
        self.args.push("--extern".to_owned());
        self.args.push(format!("{name}={}", file.display()));
    }

    /// Names dependencies, and where what they use themselves lies.
    pub(super) fn dependencies<'n>(
        &mut self,
        externs: &Externs,
        names: impl IntoIterator<Item = &'n String>,
    ) -> Result<()> {
        for name in names {
            self.extern_crate(&name.replace('-', "_"), externs.get(name)?);
        }
        for folder in externs.folders() {
            self.look_in(folder);
        }
        Ok(())
    }

    /// Where crates lie that others use.
    pub(super) fn look_in(&mut self, folder: &Path) {
        self.args
            .extend(["-L".to_owned(), format!("dependency={}", folder.display())]);
    }

    /// Shows paths otherwise. The last mapping that fits wins, so the general one comes first.
    pub(super) fn remap(&mut self, from: &Path, to: &str) {
        self.args.push("--remap-path-prefix".to_owned());
        self.args.push(format!("{}={to}", from.display()));
    }

    /// The file that it must make. An exit status proves nothing: a macro can end the compiler
    /// with any.
    pub(super) fn output(&self, out: &Path) -> PathBuf {
        out.join(self.kind.file(&self.name))
    }
}

/// The file that a crate of the stage is compiled to: the student's or a support crate.
pub(super) fn staged_file(kata: &Kata, name: &str) -> String {
    let mut support = kata.about.support.iter();
    let kind = support
        .find(|one| one.name == name)
        .map_or(CrateKind::Library, kind_of);
    kind.file(name)
}

/// Whether a crate is compiled on the stage: the student's or a support crate.
pub(super) fn is_staged(kata: &Kata, name: &str) -> bool {
    name == kata.crate_name() || kata.about.support.iter().any(|one| one.name == name)
}

/// What a support crate becomes.
pub(super) fn kind_of(support: &SupportCrate) -> CrateKind {
    if support.proc_macro {
        CrateKind::ProcMacro
    } else {
        CrateKind::Library
    }
}

/// Where rustc works.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// Its working folder, in the sandbox.
    pub(super) cwd: PathBuf,
    /// Where what it makes goes, in the sandbox.
    pub(super) out: PathBuf,
    /// Where it may keep what makes the next time faster, in the sandbox.
    pub(super) incremental: Option<PathBuf>,
    /// What it may use.
    pub(super) bounds: Bounds,
}

impl Setting {
    /// For a kata's crates.
    pub(super) fn of(stage: &Stage) -> Self {
        Self {
            cwd: stage.inside().to_owned(),
            out: stage.out(),
            incremental: stage.incremental(),
            bounds: stage.kata.about.limits.for_compiler(),
        }
    }

    fn invocation(&self, toolchain: &Toolchain, call: &RustcCall) -> Invocation {
        let mut args = call.args.clone();
        if let Some(folder) = &self.incremental {
            let folder = folder.join(&call.name);
            args.extend(["-C".to_owned(), format!("incremental={}", folder.display())]);
            args.extend(INCREMENTAL_UNITS.map(str::to_owned));
        }
        let out = self.out.display().to_string();
        args.extend(["--out-dir".to_owned(), out.clone()]);
        let env = [
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("TMPDIR", out.as_str()),
            ("LANG", "C.UTF-8"),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Invocation {
            program: toolchain.rustc.clone(),
            args,
            env: env.into_iter().chain(call.env.clone()).collect(),
            cwd: self.cwd.clone(),
            bounds: self.bounds,
        }
    }
}

/// What one run of rustc came to.
pub(super) struct Run {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Whether they are all that rustc has said.
    pub(super) is_whole: bool,
    pub(super) stopped: Option<Stop>,
    pub(super) ended: Option<Ended>,
}

/// Who is told each message as it comes.
pub(super) type Listener<'a> = &'a mut (dyn FnMut(&Message) + Send);

/// Runs rustc; once more without what it has kept, if with that it fails and finds nothing wrong
/// with the code: what was kept may be damaged, or its disk full.
///
/// # Errors
/// When it could not be started or ended.
pub(super) async fn rustc(
    toolchain: &Toolchain,
    call: &RustcCall,
    setting: &Setting,
    sandbox: &mut Sandbox,
    mut listener: Option<Listener<'_>>,
) -> Result<Run> {
    let mut setting = Cow::Borrowed(setting);
    loop {
        let run = run(toolchain, call, &setting, sandbox, &mut listener).await?;
        if setting.incremental.is_none() || !run.failed_for_no_reason() {
            return Ok(run);
        }
        setting.to_mut().incremental = None;
    }
}

async fn run(
    toolchain: &Toolchain,
    call: &RustcCall,
    setting: &Setting,
    sandbox: &mut Sandbox,
    listener: &mut Option<Listener<'_>>,
) -> Result<Run> {
    let invocation = setting.invocation(toolchain, call);
    let running = sandbox.spawn(&invocation, KEPT_MESSAGES).await?;
    let mut watch = Watch::over(running.root, invocation.bounds);
    let (mut stopped, mut ended) = (None, None);
    let mut lines = Lines::default();
    // Not a sleep in each round: endless output would postpone the look indefinitely.
    let mut look = interval(TICK * 5);
    while stopped.is_none() && ended.is_none() {
        tokio::select! {
            end = sandbox.ended() => match end {
                Ended::OutOfTime => stopped = Some(watch.out_of_time()),
                end => ended = Some(end),
            },
            _ = look.tick() => stopped = watch.check(&running),
            () = running.stderr.grown(), if listener.is_some() => {
                let said = read_messages(&running.stderr.next_lines(&mut lines));
                if let Some(listener) = listener {
                    said.iter().for_each(listener);
                }
            }
        }
    }
    sandbox.end().await?;
    let said = running.stderr.finish().await;
    Ok(Run {
        diagnostics: read_diagnostics(&said.to_bytes()),
        is_whole: said.is_whole(),
        stopped,
        ended,
    })
}
