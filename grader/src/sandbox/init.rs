//! Inside a sandbox: starts programs on request, reports their end, and ends everything.

use super::Ended;
use super::confinement::Confinement;
use super::headroom;
use super::launch;
use super::messages::{self, Reply, Request, Spawn, receive, reply, reply_with};
use super::mounts;
use super::namespaces::Settings;
use super::not_started::Cause;
use super::policy::Policy;
use super::supervisor::ENTER;
use crate::files::removal;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, wait, waitpid};
use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long what was killed may take to be gone. On a full machine that is seconds.
const REAP_TIMEOUT: Duration = Duration::from_secs(30);

/// What init has power over.
pub(super) enum Scope {
    /// Everything in its namespaces, which it renews.
    Namespace(Fresh),
    /// Every process below it, and nothing else.
    Descendants,
}

/// What init needs so that each case finds everything fresh.
pub(super) struct Fresh {
    pub(super) confinement: Confinement,
    pub(super) settings: Settings,
}

/// The process that starts programs on request and ends them.
pub(super) struct Init {
    control: UnixStream,
    pub(super) policy: Policy,
    scope: Scope,
    main: Option<Main>,
}

/// The program that was asked for.
struct Main {
    pid: Pid,
    pidfd: OwnedFd,
    /// When it is ended, if nobody has done it before.
    deadline: Instant,
}

/// What init has to do next.
enum Next {
    /// Hear what the grader wants.
    Request,
    /// Report that the program has ended.
    End,
    /// End the program, whose time is over.
    Deadline,
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
            match self.next()? {
                Next::Request => {}
                Next::End => {
                    self.report_end()?;
                    continue;
                }
                Next::Deadline => {
                    self.end_all()?;
                    self.main = None;
                    reply(&self.control, &Reply::Ended(Ended::OutOfTime))?;
                    continue;
                }
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

    fn next(&self) -> io::Result<Next> {
        let mut fds = vec![PollFd::new(&self.control, PollFlags::IN)];
        if let Some(main) = &self.main {
            fds.push(PollFd::new(&main.pidfd, PollFlags::IN));
        }
        wait_for(&mut fds, self.main.as_ref().map(|main| main.deadline))?;
        let mut is_ready = fds.iter().map(|fd| !fd.revents().is_empty());
        Ok(match is_ready.position(|ready| ready) {
            Some(0) => Next::Request,
            Some(_) => Next::End,
            None => Next::Deadline,
        })
    }

    fn report_end(&mut self) -> io::Result<()> {
        let Some(main) = self.main.take() else {
            return Ok(());
        };
        let Some((_, status)) = waitpid(Some(main.pid), WaitOptions::empty())? else {
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
        match self.start(spawn, fds) {
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

    fn start(&mut self, spawn: &Spawn, fds: Vec<OwnedFd>) -> io::Result<Main> {
        let deadline = Instant::now() + Duration::from_millis(spawn.wall_millis);
        let (pid, pidfd) = match &self.scope {
            Scope::Namespace(fresh) => {
                launch::start(spawn, Some(fresh.confinement.try_clone()?), fds)?
            }
            Scope::Descendants => launch::start(&self.through_the_grader(spawn), None, fds)?,
        };
        Ok(Main {
            pid,
            pidfd,
            deadline,
        })
    }

    fn cause(&self, error: &io::Error, spawn: &Spawn) -> Cause {
        let cause = Cause::of(error, Path::new(&spawn.program), Path::new(&spawn.cwd));
        match (cause, &self.scope) {
            // Here it was the grader that could not be started; it finds out about the program.
            (Cause::Program, Scope::Descendants) => Cause::Other,
            _ => cause,
        }
    }

    /// The grader, which confines itself and becomes the program.
    fn through_the_grader(&self, spawn: &Spawn) -> Spawn {
        let mut args = vec![ENTER.to_owned(), messages::to_hex(&self.policy)];
        args.push(spawn.program.clone());
        args.extend(spawn.args.iter().cloned());
        Spawn {
            program: "/proc/self/exe".to_owned(),
            args,
            ..spawn.clone()
        }
    }

    fn clear(&mut self, is_over: bool) -> io::Result<()> {
        self.end_all()?;
        self.main = None;
        let is_full = matches!(self.scope, Scope::Namespace(_)) && is_full(&self.policy.writable);
        let renewed = if is_over { self.renew() } else { Ok(()) };
        match renewed {
            Ok(()) => reply(&self.control, &Reply::Cleared(is_full)),
            Err(error) => reply(&self.control, &Reply::Failed(error.to_string())),
        }
    }

    /// Makes anew what a case may have changed, so that the next sees nothing of it.
    fn renew(&mut self) -> io::Result<()> {
        match &mut self.scope {
            Scope::Namespace(fresh) => {
                mounts::renew_writable(&self.policy)?;
                let renewed = fresh.confinement.renew(&self.policy);
                renewed.map_err(|not_opened| io::Error::other(not_opened.why))?;
                fresh.settings.renew_network()?;
                fresh.settings.reset_process_numbers();
                Ok(())
            }
            Scope::Descendants => {
                let writable = Path::new(&self.policy.writable);
                removal::remove(writable)?;
                fs::create_dir(writable)
            }
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
            match &self.scope {
                // Nobody left to kill is what is wanted.
                Scope::Namespace(_) => drop(kill_everyone_else()),
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

/// Kills every process that this one may signal, itself spared: for the init of a process
/// namespace, everything in it.
#[expect(unsafe_code, reason = "no safe wrapper can say \"every process\"")]
fn kill_everyone_else() -> io::Result<()> {
    // SAFETY: two plain integers; the kernel touches no memory of this process.
    match unsafe { libc::kill(-1, libc::SIGKILL) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
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

/// Waits until one of the descriptors is ready, or until the deadline.
pub(super) fn wait_for(fds: &mut [PollFd<'_>], deadline: Option<Instant>) -> io::Result<()> {
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(fds, left.as_ref()) {
            Err(Errno::INTR) => {}
            waited => return Ok(waited.map(drop)?),
        }
    }
}
