//! The sandbox around every process that runs student code: the compiler, drivers, and what
//! they start.
//!
//! A sandbox is made by the grader's own binary, started again ([`super::supervisor`]), so nothing
//! has to be installed and no privilege is needed. [`super::policy`] says what programs may do;
//! [`super::mounts`], [`super::confinement`] and [`super::seccomp`] enforce it.

use super::cgroups::Cgroups;
use super::headroom;
use super::messages::{self, receive_header, send};
use super::messages::{Reply, Request, Spawn};
use super::not_started::{Cause, NotStarted};
use super::obstacle::{FREE_RESOURCES, NotOpened};
use super::policy::{Policy, has_program};
use super::reaper::{self, Teardown};
use super::supervisor::SUPERVISOR;
use super::{Channel, Drain, Ended, Invocation, Leftovers, Level, Possible, Running, SandboxSpec};
use crate::error::{Error, Result};
use rustix::net::RecvFlags;
use std::fs::File;
use std::io::{self, PipeReader};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream as StdStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, Interest};
use tokio::net::UnixStream;
use tokio::net::unix::pipe;
use wire::Wire;

/// Longest file that may leave a sandbox, in bytes: a driver is a few MiB.
const MAX_FETCHED: u64 = 256 << 20;

/// A sandbox, open for programs. Dropping it ends everything in it.
pub(crate) struct Sandbox {
    control: UnixStream,
    init: u32,
    level: Level,
    /// There until this is dropped.
    teardown: Option<Teardown>,
    /// Whether a program has ended, not as one that is content.
    has_failed: bool,
}

impl Sandbox {
    /// Makes a sandbox.
    pub(crate) async fn open(spec: &SandboxSpec, level: Level) -> Result<Self> {
        try_open(spec, level).await.map_err(|not_opened| {
            Error::grader(
                format!("cannot make a sandbox for student code: {not_opened}"),
                not_opened.remedy(),
            )
        })
    }

    /// The strongest level that this machine allows, found by making a sandbox.
    pub(crate) async fn strongest(spec: &SandboxSpec) -> Possible {
        let mut missing = Vec::new();
        for level in [Level::Full, Level::Landlock, Level::Limits] {
            let started = Instant::now();
            match try_open(spec, level).await {
                Ok(_sandbox) => {
                    return Possible {
                        level,
                        missing,
                        made_in: started.elapsed(),
                    };
                }
                Err(not_opened) => missing.push(not_opened),
            }
        }
        Possible {
            level: Level::Limits,
            missing,
            made_in: Duration::ZERO,
        }
    }

    /// Checks that a sandbox of this level shows the linker that rustc asks for.
    pub(crate) fn check_linker(level: Level) -> Result<()> {
        if has_program("cc", level) {
            return Ok(());
        }
        Err(Error::grader(
            "no program can be linked in a sandbox: there is no `cc` in /usr/bin",
            "install a C compiler, for example with `sudo apt install gcc`; one in another place, \
             such as /usr/local, is not seen in a sandbox",
        ))
    }

    /// Starts a program; one at a time, see [`Sandbox::clear`].
    pub(crate) async fn spawn(
        &mut self,
        invocation: &Invocation,
        kept: usize,
    ) -> std::result::Result<Running, NotStarted> {
        let answer = self.try_spawn(invocation, kept).await;
        answer
            .unwrap_or_else(|error| Err((Cause::Other, error.to_string())))
            .map_err(|(cause, why)| NotStarted::new(invocation, cause, &why))
    }

    /// Waits until the program has ended by itself. Cancel safe.
    pub(crate) async fn ended(&mut self) -> Ended {
        loop {
            if self.control.readable().await.is_err() {
                return Ended::Exited(-1);
            }
            // Replies are small and written whole, so once one is readable it is there.
            match self.receive().await {
                Ok((Reply::Ended(ended), _)) => {
                    self.has_failed |= ended != Ended::Exited(0);
                    return ended;
                }
                Ok(_) => {}
                Err(_) => return Ended::Exited(-1),
            }
        }
    }

    /// Ends everything that is left and makes the sandbox as it was at first; what was left.
    pub(crate) async fn clear(&mut self, running: &Running) -> Result<Leftovers> {
        let processes = self.left(running);
        let reply = self.end_programs(true).await?;
        Ok(Leftovers {
            processes,
            disk_full: matches!(reply, Reply::Cleared(true)),
            exceeded: self
                .teardown
                .as_mut()
                .and_then(|teardown| teardown.cgroups.hit()),
        })
    }

    /// Ends everything that is left, and leaves the writable folder as it is.
    ///
    /// # Errors
    /// Also when a program has failed on a machine that has no room for what a compiler
    /// starts: then nobody knows whose fault it was.
    pub(crate) async fn end(&mut self) -> Result<()> {
        self.end_programs(false).await?;
        if std::mem::take(&mut self.has_failed) {
            self.check_headroom().await?;
        }
        Ok(())
    }

    async fn check_headroom(&mut self) -> Result<()> {
        let threads = headroom::for_compiler();
        match self.ask(&Request::Headroom(threads)).await {
            Ok((Reply::Headroom(false), _)) => Err(Error::grader(
                format!("a program failed where no {threads} threads can be started"),
                FREE_RESOURCES,
            )),
            _ => Ok(()),
        }
    }

    async fn end_programs(&mut self, is_over: bool) -> Result<Reply> {
        let ended = self.ask(&Request::Clear(is_over)).await;
        ended.map(|(reply, _)| reply).map_err(|error| {
            Error::grader(
                format!("the sandbox of student code is broken: {error}"),
                "was it ended from outside? Start the grader again",
            )
        })
    }

    /// Opens a file that a program wrote, without following links; `None` if there is none.
    pub(crate) async fn fetch(&mut self, path: &Path) -> Option<File> {
        let request = Request::Fetch(path.to_string_lossy().into_owned());
        let (_, fds) = self.ask(&request).await.ok()?;
        let file = File::from(fds.into_iter().next()?);
        let fits = |about: &std::fs::Metadata| about.is_file() && about.len() <= MAX_FETCHED;
        file.metadata()
            .is_ok_and(|about| fits(&about))
            .then_some(file)
    }

    /// Processes below the init that are neither the program itself nor dead.
    fn left(&self, running: &Running) -> Vec<String> {
        let Ok(snapshot) = thread_state::snapshot(self.init) else {
            return Vec::new();
        };
        let threads = snapshot.threads.into_iter();
        let alive = threads.filter(|thread| {
            thread.pid == thread.tid
                && thread.pid != self.init
                && Some(thread.pid) != running.program
                && thread.wait != thread_state::Wait::Gone
        });
        alive.map(|thread| thread.name).collect()
    }

    async fn try_spawn(
        &mut self,
        invocation: &Invocation,
        kept: usize,
    ) -> io::Result<std::result::Result<Running, (Cause, String)>> {
        let (ours, theirs) = StdStream::pair()?;
        let (stdout, stdout_end) = io::pipe()?;
        let (stderr, stderr_end) = io::pipe()?;
        let request = Request::Spawn(Spawn::from(invocation));
        let fds = [theirs.as_fd(), stdout_end.as_fd(), stderr_end.as_fd()];
        send(self.control.as_fd(), &request, &fds)?;
        drop((theirs, stdout_end, stderr_end));
        match self.receive().await? {
            (Reply::Spawned(()), _) => {}
            (Reply::NotStarted(why), _) => return Ok(Err(why)),
            _ => return Err(io::Error::other("out of turn")),
        }
        ours.set_nonblocking(true)?;
        let (reader, writer) = UnixStream::from_std(ours)?.into_split();
        Ok(Ok(Running {
            root: self.init,
            program: only_child(self.init),
            network: (self.level == Level::Full).then_some(self.init),
            channel: Channel {
                reader: Box::new(reader),
                writer: Box::new(writer),
            },
            stdout: Drain::keeping(asynchronous(stdout)?, kept),
            stderr: Drain::keeping(asynchronous(stderr)?, kept),
        }))
    }

    /// Asks for something that is answered by something else than the program's end.
    async fn ask(&mut self, request: &Request) -> io::Result<(Reply, Vec<OwnedFd>)> {
        send(self.control.as_fd(), request, &[])?;
        loop {
            match self.receive().await? {
                (Reply::Ended(_), _) => {}
                (Reply::Failed(why), _) => return Err(io::Error::other(why)),
                answer => return Ok(answer),
            }
        }
    }

    /// The process that starts programs, once it is ready. It and who says its number are two, so
    /// either may be the first to speak.
    async fn ready(&mut self) -> Result<u32, NotOpened> {
        let (mut init, mut is_ready) = (None, false);
        loop {
            match self.receive().await?.0 {
                Reply::Init(pid) => init = Some(pid),
                Reply::Ready(()) => is_ready = true,
                Reply::NotOpened(not_opened) => return Err(not_opened),
                _ => return Err(io::Error::other("out of turn").into()),
            }
            if let (Some(init), true) = (init, is_ready) {
                return Ok(init);
            }
        }
    }

    async fn receive(&mut self) -> io::Result<(Reply, Vec<OwnedFd>)> {
        let mut header = [0; 4];
        let (bytes, fds) = self
            .control
            .async_io(Interest::READABLE, || {
                receive_header(self.control.as_fd(), &mut header, RecvFlags::empty())
            })
            .await?;
        if bytes < header.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut body = vec![0; (u32::from_le_bytes(header) as usize).min(messages::MAX_MESSAGE)];
        self.control.read_exact(&mut body).await?;
        let reply = Reply::from_bytes(&body).ok_or(io::ErrorKind::InvalidData)?;
        Ok((reply, fds))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The supervisor ends everything when its socket closes, which shutting it down does.
        let _ = rustix::net::shutdown(self.control.as_fd(), rustix::net::Shutdown::Both);
        let teardown = self.teardown.take();
        // Where sandboxes share the host's folders, the last must be gone before these are removed.
        if let Some(teardown) = teardown.filter(|_| self.level == Level::Full) {
            reaper::begin(teardown);
        }
    }
}

async fn try_open(spec: &SandboxSpec, level: Level) -> Result<Sandbox, NotOpened> {
    let (ours, theirs) = StdStream::pair()?;
    let supervisor = Command::new("/proc/self/exe")
        .arg(SUPERVISOR)
        .env_clear()
        .stdin(OwnedFd::from(theirs))
        .stdout(Stdio::null())
        .spawn()?;
    let cgroups = Cgroups::new(&spec.bounds);
    let enter = Request::Enter(Policy::new(spec, level, &cgroups));
    ours.set_nonblocking(true)?;
    let mut sandbox = Sandbox {
        level,
        control: UnixStream::from_std(ours)?,
        init: 0,
        teardown: Some(Teardown {
            supervisor,
            cgroups,
        }),
        has_failed: false,
    };
    send(sandbox.control.as_fd(), &enter, &[])?;
    sandbox.init = sandbox.ready().await?;
    Ok(sandbox)
}

/// The program that a init has just started, as the system outside numbers it.
fn only_child(init: u32) -> Option<u32> {
    let threads = thread_state::snapshot(init).ok()?.threads;
    threads
        .iter()
        .map(|thread| thread.pid)
        .find(|pid| *pid != init)
}

fn asynchronous(reader: PipeReader) -> io::Result<pipe::Receiver> {
    pipe::Receiver::from_owned_fd(OwnedFd::from(reader))
}
