//! Where there is no sandbox: the program and its process group are ended, and that is all.

use super::not_started::{Cause, NotStarted};
use super::{Channel, Drain, Ended, Invocation, Leftovers, Level, Possible, Running, SandboxSpec};
use crate::error::{Error, Result};
use crate::files::removal;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

/// Owns the program of one case.
pub(crate) struct Sandbox {
    child: Option<Child>,
    writable: PathBuf,
}

/// Waits until nothing is left of any sandbox that is over: none outlives its owner here.
pub(crate) fn wait_for_all() {}

impl Sandbox {
    /// Nothing to confine programs with.
    pub(crate) async fn open(spec: &SandboxSpec, _: Level) -> Result<Self> {
        Ok(Self {
            child: None,
            writable: spec.writable.clone(),
        })
    }

    /// None at all.
    pub(crate) async fn strongest(_: &SandboxSpec) -> Possible {
        Possible {
            level: Level::Bare,
            missing: Vec::new(),
            made_in: std::time::Duration::ZERO,
        }
    }

    /// Which linker there is only the compiler knows here.
    pub(crate) fn check_linker(_: Level) -> Result<()> {
        Ok(())
    }

    /// Starts a program; one at a time, see [`Sandbox::clear`].
    pub(crate) async fn spawn(
        &mut self,
        invocation: &Invocation,
        kept: usize,
    ) -> std::result::Result<Running, NotStarted> {
        let running = self.try_spawn(invocation, kept).await;
        running.map_err(|(cause, error)| NotStarted::new(invocation, cause, &error.to_string()))
    }

    async fn try_spawn(
        &mut self,
        invocation: &Invocation,
        kept: usize,
    ) -> std::result::Result<Running, (Cause, io::Error)> {
        let other = |error| (Cause::Other, error);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(other)?;
        let mut command = Command::new(&invocation.program);
        // Without arguments it is a driver, which then learns where to connect.
        let is_driver = invocation.args.is_empty();
        let transport = is_driver.then_some("--tcp");
        command
            .args(transport)
            .args(&invocation.args)
            .env_clear()
            .envs(invocation.env.iter().map(|(name, value)| (name, value)))
            .envs(
                std::env::vars_os().filter(|(name, _)| NEEDED.iter().any(|needed| name == needed)),
            )
            .current_dir(&invocation.cwd)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| {
            (
                Cause::of(&error, &invocation.program, &invocation.cwd),
                error,
            )
        })?;
        let (Some(mut stdin), Some(stdout), Some(stderr), Some(pid)) = (
            child.stdin.take(),
            child.stdout.take(),
            child.stderr.take(),
            child.id(),
        ) else {
            return Err(other(io::Error::other("it ended at once")));
        };
        let channel = if is_driver {
            let port = listener.local_addr().map_err(other)?.port();
            // One that is gone already shows in its not connecting.
            let _ = stdin.write_all(format!("{port}\n").as_bytes()).await;
            let connection = tokio::time::timeout(invocation.bounds.wall, listener.accept())
                .await
                .map_err(|late| (Cause::Program, late.into()))?
                .map_err(other)?;
            let (reader, writer) = connection.0.into_split();
            Channel {
                reader: Box::new(reader),
                writer: Box::new(writer),
            }
        } else {
            Channel {
                reader: Box::new(tokio::io::empty()),
                writer: Box::new(tokio::io::sink()),
            }
        };
        self.child = Some(child);
        Ok(Running {
            root: pid,
            program: Some(pid),
            network: None,
            channel,
            stdout: Drain::keeping(stdout, kept),
            stderr: Drain::keeping(stderr, kept),
        })
    }

    /// Waits until the program has ended by itself. Cancel safe.
    pub(crate) async fn ended(&mut self) -> Ended {
        let Some(child) = &mut self.child else {
            return std::future::pending().await;
        };
        let status = child.wait().await;
        self.child = None;
        status.map_or(Ended::Exited(-1), |status| match status.code() {
            Some(code) => Ended::Exited(code),
            None => Ended::Signalled(signal(status)),
        })
    }

    /// Ends the program and, on Unix, its process group, and empties the writable folder.
    /// What the program left behind is not known here.
    pub(crate) async fn clear(&mut self, _: &Running) -> Result<Leftovers> {
        self.end().await?;
        removal::empty(&self.writable)
            .map_err(|error| Error::io("empty", &self.writable, &error))?;
        Ok(Leftovers::default())
    }

    /// Ends the program, and leaves the writable folder as it is.
    pub(crate) async fn end(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            #[cfg(unix)]
            kill_group(&child);
            let _ = child.kill().await;
        }
        Ok(())
    }

    /// Opens a file that a program wrote; `None` if there is none.
    pub(crate) async fn fetch(&mut self, path: &Path) -> Option<fs::File> {
        let about = path.symlink_metadata().ok()?;
        about.is_file().then(|| fs::File::open(path).ok())?
    }
}

/// What programs need of the environment to start at all.
const NEEDED: &[&str] = &[
    "SystemRoot",
    "PATH",
    "LIB",
    "LIBPATH",
    "INCLUDE",
    "TEMP",
    "TMP",
];

#[cfg(unix)]
fn kill_group(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    let group = child
        .id()
        .and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
    if let Some(group) = group {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(unix)]
fn signal(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.signal().unwrap_or_default()
}

#[cfg(not(unix))]
fn signal(_: std::process::ExitStatus) -> i32 {
    0
}
