//! Inside a sandbox: starts programs on request, reports their end, and ends everything.

use super::Ended;
use super::confinement;
use super::headroom;
use super::messages::{self, Reply, Request, Spawn, receive, reply, reply_with};
use super::not_started::Cause;
use super::policy::Policy;
use super::supervisor::ENTER;
use crate::files::removal;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, kill_process, pidfd_open, wait, waitpid,
};
use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long the kernel may take to bury what was killed.
const REAP_TIMEOUT: Duration = Duration::from_secs(5);

/// Which processes init ends when it ends everything.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// Everything in its process namespace, whose init it is.
    Namespace,
    /// Everything below it.
    Descendants,
}

/// The process that starts programs on request and ends them.
pub(super) struct Init {
    control: UnixStream,
    pub(super) policy: Policy,
    scope: Scope,
    main: Option<(Pid, OwnedFd)>,
}

impl Init {
    pub(super) fn new(control: UnixStream, policy: Policy, scope: Scope) -> io::Result<Self> {
        reply(&control, &Reply::Ready(()))?;
        Ok(Self {
            control,
            policy,
            scope,
            main: None,
        })
    }

    pub(super) fn serve(&mut self) -> io::Result<()> {
        loop {
            if !self.wait_for_request()? {
                self.report_end()?;
                continue;
            }
            match receive(&self.control)? {
                None => return Ok(()),
                Some((Request::Spawn(spawn), fds)) => self.spawn(&spawn, fds)?,
                Some((Request::Clear(empty), _)) => self.clear(empty)?,
                Some((Request::Fetch(path), _)) => self.fetch(&path)?,
                Some((Request::Headroom(threads), _)) => {
                    reply(&self.control, &Reply::Headroom(headroom::is_there(threads)))?;
                }
                Some((Request::Enter(_), _)) => return Err(io::Error::other("entered twice")),
            }
        }
    }

    /// True when a request waits, false when the program has ended.
    fn wait_for_request(&self) -> io::Result<bool> {
        let mut fds = vec![PollFd::new(&self.control, PollFlags::IN)];
        if let Some((_, pidfd)) = &self.main {
            fds.push(PollFd::new(pidfd, PollFlags::IN));
        }
        wait_for(&mut fds)?;
        Ok(!fds[0].revents().is_empty())
    }

    fn report_end(&mut self) -> io::Result<()> {
        let Some((pid, _)) = self.main.take() else {
            return Ok(());
        };
        let Some((_, status)) = waitpid(Some(pid), WaitOptions::empty())? else {
            return Ok(());
        };
        let ended = match (status.exit_status(), status.terminating_signal()) {
            (Some(code), _) => Ended::Exited(code),
            (None, Some(signal)) => Ended::Signalled(signal),
            (None, None) => Ended::Exited(-1),
        };
        reply(&self.control, &Reply::Ended(ended))
    }

    fn spawn(&mut self, spawn: &Spawn, fds: Vec<OwnedFd>) -> io::Result<()> {
        let cpu_seconds = self.policy.limits.cpu_seconds;
        match start(&self.shut_in(spawn), cpu_seconds, fds) {
            Ok(main) => {
                self.main = Some(main);
                reply(&self.control, &Reply::Spawned(()))
            }
            Err(error) => {
                let cause = self.cause(&error, spawn);
                reply(
                    &self.control,
                    &Reply::NotStarted((cause, error.to_string())),
                )
            }
        }
    }

    fn cause(&self, error: &io::Error, spawn: &Spawn) -> Cause {
        let cause = Cause::of(error, Path::new(&spawn.program), Path::new(&spawn.cwd));
        match (cause, self.scope) {
            // Here it was the grader that could not be started; it finds out about the program.
            (Cause::Program, Scope::Descendants) => Cause::Other,
            _ => cause,
        }
    }

    /// The program itself, or the grader that shuts itself in and becomes it.
    fn shut_in(&self, spawn: &Spawn) -> Spawn {
        if self.scope == Scope::Namespace {
            return spawn.clone();
        }
        let mut args = vec![ENTER.to_owned(), messages::to_hex(&self.policy)];
        args.push(spawn.program.clone());
        args.extend(spawn.args.iter().cloned());
        Spawn {
            program: "/proc/self/exe".to_owned(),
            args,
            ..spawn.clone()
        }
    }

    fn clear(&mut self, emptying: bool) -> io::Result<()> {
        self.end_all()?;
        self.main = None;
        let full = self.scope == Scope::Namespace && is_full(&self.policy.writable);
        let cleared = if emptying {
            removal::empty(Path::new(&self.policy.writable))
        } else {
            Ok(())
        };
        match cleared {
            Ok(()) => reply(&self.control, &Reply::Cleared(full)),
            Err(error) => reply(&self.control, &Reply::Failed(error.to_string())),
        }
    }

    fn fetch(&self, path: &str) -> io::Result<()> {
        let file = fs::OpenOptions::new()
            .read(true)
            .custom_flags(libc_flags::O_NOFOLLOW | libc_flags::O_NONBLOCK)
            .open(path);
        match file {
            Ok(file) => reply_with(&self.control, &Reply::Fetched(()), &[file.as_fd()]),
            Err(error) => reply(&self.control, &Reply::Failed(error.to_string())),
        }
    }

    /// Kills and reaps every program.
    pub(super) fn end_all(&self) -> io::Result<()> {
        let deadline = Instant::now() + REAP_TIMEOUT;
        while Instant::now() < deadline {
            match self.scope {
                // Nobody left to kill is what is wanted.
                Scope::Namespace => drop(confinement::kill_everyone_else()),
                Scope::Descendants => kill_below_me()?,
            }
            if reap() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        Err(io::Error::other("some process cannot be ended"))
    }
}

/// Flags of `open` that std has no words for.
mod libc_flags {
    pub(super) const O_NOFOLLOW: i32 = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    pub(super) const O_NONBLOCK: i32 = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
}

fn start(spawn: &Spawn, cpu_seconds: u64, fds: Vec<OwnedFd>) -> io::Result<(Pid, OwnedFd)> {
    let Ok([channel, stdout, stderr]) = <[OwnedFd; 3]>::try_from(fds) else {
        return Err(io::Error::other("three descriptors must come along"));
    };
    let mut command = Command::new(&spawn.program);
    confinement::start_limited(&mut command, spawn, cpu_seconds)?;
    let child = command
        .args(&spawn.args)
        .env_clear()
        .envs(spawn.env.iter().map(|(name, value)| (name, value)))
        .current_dir(&spawn.cwd)
        .stdin(Stdio::from(channel))
        .stdout(Stdio::from(stdout))
        .stderr(Stdio::from(stderr))
        .spawn()?;
    let pid = Pid::from_child(&child);
    Ok((pid, pidfd_open(pid, PidfdFlags::empty())?))
}

/// Stopped first, so that what forks faster than it is killed stops forking.
fn kill_below_me() -> io::Result<()> {
    let mut seen = 0;
    loop {
        let below = below_me()?;
        signal(&below, Signal::STOP);
        if below.len() <= seen {
            break;
        }
        seen = below.len();
    }
    signal(&below_me()?, Signal::KILL);
    Ok(())
}

fn below_me() -> io::Result<Vec<u32>> {
    let me = std::process::id();
    let threads = thread_state::snapshot(me)?.threads.into_iter();
    let alive =
        threads.filter(|thread| thread.pid != me && thread.wait != thread_state::Wait::Gone);
    let mut pids: Vec<u32> = alive.map(|thread| thread.pid).collect();
    pids.sort_unstable();
    pids.dedup();
    Ok(pids)
}

fn signal(pids: &[u32], signal: Signal) {
    let pids = pids.iter().filter_map(|pid| i32::try_from(*pid).ok());
    for pid in pids.filter_map(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

/// Waits for everything that has died; true when no child is left at all.
fn reap() -> bool {
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some(_)) => {}
            Ok(None) => return false,
            Err(_) => return true,
        }
    }
}

/// Whether nothing more fits in a file system: bytes, or files.
fn is_full(folder: &str) -> bool {
    rustix::fs::statvfs(folder).is_ok_and(|left| left.f_bavail < 4 || left.f_ffree < 4)
}

/// Waits until one of the descriptors is ready.
pub(super) fn wait_for(fds: &mut [PollFd<'_>]) -> io::Result<()> {
    while let Err(error) = poll(fds, None) {
        if error != rustix::io::Errno::INTR {
            return Err(error.into());
        }
    }
    Ok(())
}
