//! Running the real binary on the ground of an entry.

use crate::canary::Canaries;
use crate::entry::{CHAIN, DERIVE, Entry, FILES, POOL, Place};
use crate::ground::Ground;
use crate::kin::{Kin, groups, of_grader, peak_kib};
use crate::user::User;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The workspace that the grader was built from.
pub(crate) const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// A word in the environment's `PATH` that no report may show.
const IN_PATH: &str = "hostile-path-canary";
/// Memory of the grader's own process, in KiB, that no submission can make it use.
const MOST_MEMORY: u64 = 400 << 10;

/// Everything that entries share.
pub(crate) struct Launcher {
    canaries: Canaries,
    sandbox: String,
    user: Option<User>,
    kin: Kin,
    random: Mutex<u64>,
    base: TempDir,
}

/// What came of one run of the grader.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Its report in JSON.
    pub(crate) json: String,
    /// What it says to whoever looks at it.
    pub(crate) stderr: String,
    /// The other forms of its report, by name.
    pub(crate) forms: Vec<(&'static str, String)>,
    /// Its exit status.
    pub(crate) status: Option<i32>,
    /// Why it had to be ended, if it had.
    pub(crate) ended: Option<String>,
    /// Most memory that it held, in KiB.
    pub(crate) peak_kib: u64,
    /// Wall clock.
    pub(crate) took: Duration,
    /// Control groups that it has left.
    pub(crate) groups: Vec<PathBuf>,
}

impl Launcher {
    /// Sets everything up, and lets the grader build what it builds once.
    pub(crate) fn prepare() -> Result<Self, String> {
        let base = tempfile::Builder::new().prefix("hostile-").tempdir();
        let base = base.map_err(|error| format!("a temporary folder: {error}"))?;
        let user = User::wanted(base.path())?;
        let launcher = Self::set_up(base, user).map_err(|error| format!("setting up: {error}"))?;
        launcher.warm()?;
        Ok(launcher)
    }

    fn set_up(base: TempDir, user: Option<User>) -> io::Result<Self> {
        fs::set_permissions(base.path(), fs::Permissions::from_mode(0o755))?;
        let kin = Kin::adopt()?;
        let word = fresh()?;
        Ok(Self {
            canaries: Canaries::hatch(base.path(), user.as_ref(), &kin, word)?,
            sandbox: sandbox()?,
            user,
            kin,
            random: Mutex::new(word),
            base,
        })
    }

    /// Honest solutions, graded by whoever owns the target folder.
    fn warm(&self) -> Result<(), String> {
        for entry in [FILES, CHAIN, POOL, DERIVE] {
            let ground = Ground::lay(&entry, self).map_err(|error| error.to_string())?;
            let patient = Entry {
                within: 600,
                ..entry
            };
            let outcome = self.run(&patient, &ground, None, false);
            let outcome = outcome.map_err(|error| error.to_string())?;
            if outcome.status != Some(0) {
                return Err(format!(
                    "the solution of {} does not pass:\n{}\n{}",
                    entry.kata.place, outcome.stderr, outcome.json
                ));
            }
        }
        Ok(())
    }

    /// Grades what lies on the ground of an entry.
    pub(crate) fn grade(&self, entry: &Entry, ground: &Ground) -> io::Result<Outcome> {
        self.run(entry, ground, self.user.as_ref(), false)
    }

    /// Begins to grade it, and sends the grader a signal when a case has run for a while.
    pub(crate) fn interrupt(
        &self,
        entry: &Entry,
        ground: &Ground,
        signal: Signal,
    ) -> io::Result<Outcome> {
        let mut command = self.command(entry, ground, self.user.as_ref());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut signal = Some(signal);
        self.attend(&mut command, entry.within, &mut |child, elapsed| {
            if elapsed > UNDERWAY
                && let (Some(signal), Some(grader)) = (signal.take(), pid_of(child))
            {
                kill_process(grader, signal)?;
            }
            Ok(())
        })
    }

    /// Begins to grade it, and stops the grader when a case has run for a while, until nothing of
    /// the case is left.
    pub(crate) fn stall(&self, entry: &Entry, ground: &Ground) -> io::Result<Outcome> {
        let mut command = self.command(entry, ground, self.user.as_ref());
        command.args(["--format", "json"]);
        let mut stop_or_continue = [Signal::STOP, Signal::CONT].into_iter().peekable();
        self.reading(&mut command, ground, entry.within, &mut |child, elapsed| {
            let is_time = match stop_or_continue.peek() {
                Some(&Signal::STOP) => elapsed > UNDERWAY,
                _ => !self.kin.is_running(&ground.mark),
            };
            if is_time
                && let (Some(signal), Some(grader)) = (stop_or_continue.next(), pid_of(child))
            {
                kill_process(grader, signal)?;
            }
            Ok(())
        })
    }

    /// Grades several students at once, as an ordinary user has it: with the usual soft limit of
    /// open files. `prefix` is put before the command.
    pub(crate) fn class(
        &self,
        ground: &Ground,
        prefix: &[&str],
        during: &mut dyn FnMut() -> io::Result<()>,
    ) -> io::Result<Outcome> {
        // Who raises its own limits starts from these.
        let usual = ["prlimit", "--nofile=1024:20000", "--"];
        let grader = env!("CARGO_BIN_EXE_grader");
        let mut words = [prefix, &usual, &[grader]].concat().into_iter();
        let program = Path::new(words.next().unwrap_or(grader));
        let mut command = self.as_user(program);
        command
            .args(words)
            .args(["batch", "../from", "--out", "../reports", "--jobs", "4"]);
        command.args(["--sandbox", &self.sandbox]);
        self.furnish(&mut command, ground);
        self.reading(&mut command, ground, CLASS_WITHIN, &mut |_, _| during())
    }

    /// Grades it for somebody at a terminal.
    pub(crate) fn show(&self, entry: &Entry, ground: &Ground) -> io::Result<Outcome> {
        self.run(entry, ground, self.user.as_ref(), true)
    }

    /// What a program says that runs as who grades, outside of every sandbox.
    pub(crate) fn outside(
        &self,
        program: &str,
        args: &[&str],
        ground: &Ground,
    ) -> io::Result<String> {
        let said = ground.path("probe");
        let file = File::create(&said)?;
        let mut command = self.as_user(Path::new(program));
        command.args(args).stdin(Stdio::null());
        command.stdout(file.try_clone()?).stderr(file);
        let mut child = self.kin.start(&mut command)?;
        while self.kin.ended(&mut child)?.is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(read(&said))
    }

    fn as_user(&self, program: &Path) -> Command {
        let user = self.user.as_ref();
        user.map_or_else(|| Command::new(program), |user| user.command(program))
    }

    fn run(
        &self,
        entry: &Entry,
        ground: &Ground,
        user: Option<&User>,
        coloured: bool,
    ) -> io::Result<Outcome> {
        let reports = ground.path("reports");
        fs::create_dir_all(&reports)?;
        self.give(&reports)?;
        let mut command = self.command(entry, ground, user);
        if coloured {
            command.args(["--format", "human", "--color", "always"]);
        } else {
            command.args(["--format", "json"]);
            for form in FORMS {
                let path = reports.join(form);
                command.arg(format!("--report={form}={}", path.display()));
            }
        }
        let nothing = &mut |_: &Child, _| Ok(());
        let mut outcome = self.reading(&mut command, ground, entry.within, nothing)?;
        for form in FORMS.iter().filter(|_| !coloured) {
            outcome.forms.push((form, read(&reports.join(form))));
        }
        fs::remove_dir_all(&reports)?;
        Ok(outcome)
    }

    /// Runs a command and takes what it prints; what it is graded by is a JSON report.
    fn reading(
        &self,
        command: &mut Command,
        ground: &Ground,
        within: u64,
        during: During<'_>,
    ) -> io::Result<Outcome> {
        let said = ["stdout", "stderr"].map(|name| ground.path(name));
        command.stdout(File::create(&said[0])?);
        command.stderr(File::create(&said[1])?);
        let mut outcome = self.attend(command, within, during)?;
        [outcome.json, outcome.stderr] = said.map(|path| read(&path));
        Ok(outcome)
    }

    fn command(&self, entry: &Entry, ground: &Ground, user: Option<&User>) -> Command {
        let grader = Path::new(env!("CARGO_BIN_EXE_grader"));
        let mut command = user.map_or_else(|| Command::new(grader), |user| user.command(grader));
        let kata = entry.kata.place.rsplit('/').next().unwrap_or_default();
        command.args([
            "check",
            kata,
            "--sandbox",
            &self.sandbox,
            "--from",
            "../from",
        ]);
        self.furnish(&mut command, ground);
        if entry.place == Place::Ci {
            command.env("CI", "true");
        }
        command
    }

    /// Where a grader runs, and what it finds in its environment.
    fn furnish(&self, command: &mut Command, ground: &Ground) {
        command
            .current_dir(ground.path("course"))
            .env_clear()
            .envs(kept_environment())
            .env("HOME", ground.path("home"))
            .env("TMPDIR", ground.path("tmp"))
            .env("GRADER_CANARY", &self.canaries.secret);
        if let Some(user) = &self.user {
            command.env("RUSTC", user.rustc());
        }
    }

    fn attend(
        &self,
        command: &mut Command,
        within: u64,
        during: During<'_>,
    ) -> io::Result<Outcome> {
        let before = groups();
        let started = Instant::now();
        let mut child = self.kin.start(command)?;
        let mut outcome = Outcome::default();
        loop {
            outcome.peak_kib = outcome.peak_kib.max(peak_kib(child.id()));
            if let Some(status) = self.kin.ended(&mut child)? {
                outcome.status = status.code();
                outcome.took = started.elapsed();
                // Numbers come again, so what was there before is not this grader's.
                let new = &groups() - &before;
                outcome.groups = of_grader(&new, child.id());
                return Ok(outcome);
            }
            during(&child, started.elapsed())?;
            if outcome.ended.is_none() {
                outcome.ended = too_much(&outcome, started.elapsed(), within);
                if outcome.ended.is_some() {
                    child.kill()?;
                }
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Makes a folder belong to whoever runs the grader.
    pub(crate) fn give(&self, folder: &Path) -> io::Result<()> {
        let user = self.user.as_ref();
        user.map_or(Ok(()), |user| user.give(folder))
    }

    /// What has happened outside, and what is left of a grade.
    pub(crate) fn harm(&self, ground: &Ground) -> Vec<String> {
        let mut harm = self.canaries.harm();
        let survivors = self.kin.survivors(&ground.mark);
        harm.extend(survivors.into_iter().map(|one| format!("survived: {one}")));
        let left = fs::read_dir(ground.path("tmp")).into_iter().flatten();
        harm.extend(left.flatten().map(|entry| {
            let name = entry.file_name();
            format!("left in the temporary folder: {}", name.display())
        }));
        let mounts = crate::kin::mounts(&self.base.path().display().to_string());
        harm.extend(mounts.into_iter().map(|mount| format!("mounted: {mount}")));
        harm
    }

    /// What must never be said anywhere.
    pub(crate) fn unspeakable(&self) -> [&str; 2] {
        [&self.canaries.secret, IN_PATH]
    }

    /// What is written into the secret file.
    pub(crate) fn secret(&self) -> &str {
        &self.canaries.secret
    }

    /// The folder of this run.
    pub(crate) fn base(&self) -> &Path {
        self.base.path()
    }

    /// The port of a listener outside.
    pub(crate) fn port(&self) -> u16 {
        self.canaries.port
    }

    /// A local socket outside.
    pub(crate) fn socket(&self) -> &Path {
        &self.canaries.socket
    }

    /// Another word.
    pub(crate) fn draw(&self) -> u64 {
        let mut word = self
            .random
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        *word
    }
}

/// The sandbox to grade in. What a weaker one does not stop would happen to this machine.
fn sandbox() -> io::Result<String> {
    let Ok(sandbox) = std::env::var("HOSTILE_SANDBOX") else {
        return Ok("required".to_owned());
    };
    let root = rustix::fs::statvfs("/")?;
    if root.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY) {
        return Ok(sandbox);
    }
    let why = "HOSTILE_SANDBOX is for `tests/hostile/weaker`, where nothing can be harmed";
    Err(io::Error::other(why))
}

/// What is done again and again while a grader runs, given it and how long it has run.
type During<'a> = &'a mut dyn FnMut(&Child, Duration) -> io::Result<()>;

/// Seconds after which a class must be graded.
const CLASS_WITHIN: u64 = 120;

fn read(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// When a grade is underway: its case runs, and waits.
const UNDERWAY: Duration = Duration::from_secs(3);

fn pid_of(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

/// Why a grader has to be ended.
fn too_much(outcome: &Outcome, elapsed: Duration, within: u64) -> Option<String> {
    if outcome.peak_kib > MOST_MEMORY {
        Some(format!("the grader itself used {} KiB", outcome.peak_kib))
    } else if elapsed > Duration::from_secs(within) {
        Some(format!("the grader was not done within {within} s"))
    } else {
        None
    }
}

/// Forms that are checked besides JSON.
const FORMS: [&str; 3] = ["plain", "human", "junit"];

/// What the grader needs to know to find its compiler and what was built once.
fn kept_environment() -> Vec<(&'static str, String)> {
    let home = std::env::var("HOME").unwrap_or_default();
    let or_home = |name: &str, folder: &str| {
        std::env::var(name).unwrap_or_else(|_| format!("{home}/{folder}"))
    };
    let mut kept = vec![
        (
            "PATH",
            format!("{}:/{IN_PATH}", std::env::var("PATH").unwrap_or_default()),
        ),
        ("RUSTUP_HOME", or_home("RUSTUP_HOME", ".rustup")),
        ("CARGO_HOME", or_home("CARGO_HOME", ".cargo")),
        ("CARGO_TARGET_DIR", target().display().to_string()),
    ];
    for name in ["RUSTC", "RUSTUP_TOOLCHAIN"] {
        kept.extend(std::env::var(name).ok().map(|value| (name, value)));
    }
    kept
}

/// The target folder that the binary under test lies in.
fn target() -> PathBuf {
    let binary = Path::new(env!("CARGO_BIN_EXE_grader"));
    let target = binary.parent().and_then(Path::parent);
    target.unwrap_or(binary).to_owned()
}

fn fresh() -> io::Result<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(u64::from_le_bytes(bytes) | 1)
}
