//! The cage's own processes: the keeper outside, and inside the init that holds programs.
//!
//! The keeper makes the namespaces and waits. Init, the first process in them, builds the
//! private root, shuts itself in and then serves: all it starts is shut in with it. When
//! init dies the kernel ends everything in its namespace; when the grader dies the keeper
//! ends init. Without namespaces the keeper does init's work itself and, as subreaper, ends
//! what is below it.

use super::cgroup;
use super::confine;
use super::mounts;
use super::policy::{Policy, Reply, Request, Spawn};
use super::room;
use super::wire::{self, receive, reply, reply_with};
use crate::exit_code::ExitCode;
use crate::process::not_started::Cause;
use crate::process::{Ended, Level};
use crate::removal;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, kill_process, pidfd_open, pidfd_send_signal,
    set_child_subreaper, wait, waitpid,
};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The argument that makes the grader a keeper.
pub(crate) const KEEPER: &str = "__keeper";
/// The argument that makes the grader shut itself in and become a program.
pub(crate) const ENTER: &str = "__enter";

/// How long the kernel may take to bury what was killed.
const BURIAL: Duration = Duration::from_secs(5);

/// The keeper's main function.
pub(crate) fn keep() -> ExitCode {
    let kept = control().and_then(|control| {
        let Some((Request::Enter(policy), _)) = receive(&control)? else {
            return Ok(());
        };
        for group in &policy.groups {
            // Where that is not allowed the watch from outside has to do.
            let _ = cgroup::enter(Path::new(group));
        }
        let served = match policy.level {
            Level::Full => hold_init(&control, policy),
            Level::Landlock | Level::Limits | Level::Bare => hold_programs(&control, policy),
        };
        served.or_else(|error| reply(&control, &Reply::Failed(error.to_string())))
    });
    outcome(kept.is_ok())
}

fn outcome(fine: bool) -> ExitCode {
    if fine {
        ExitCode::Passed
    } else {
        ExitCode::Grader
    }
}

fn control() -> io::Result<UnixStream> {
    Ok(io::stdin().as_fd().try_clone_to_owned()?.into())
}

/// Makes the namespaces, starts init in them, and waits for its end or the grader's.
fn hold_init(control: &UnixStream, policy: Policy) -> io::Result<()> {
    confine::enter_namespaces()?;
    let Some(init) = confine::fork()? else {
        return init(control.try_clone()?, policy);
    };
    reply(control, &Reply::Holder(init.as_raw_pid().unsigned_abs()))?;
    let pidfd = pidfd_open(init, PidfdFlags::empty())?;
    // Only its closing interests here: what is said on it is for init.
    let mut fds = [
        PollFd::new(control, PollFlags::empty()),
        PollFd::new(&pidfd, PollFlags::IN),
    ];
    wait_for(&mut fds)?;
    pidfd_send_signal(&pidfd, Signal::KILL)?;
    waitpid(Some(init), WaitOptions::empty())?;
    Ok(())
}

/// What the first process of the namespaces does.
fn init(control: UnixStream, policy: Policy) -> io::Result<()> {
    confine::die_with_parent()?;
    mounts::enter_root(&policy)?;
    confine::confine(&policy)?;
    Holder::new(control, policy, Scope::Namespace)?.serve()
}

/// Shuts itself in and becomes a program: `ENTER policy [program argument…]`. For cages
/// without an init that is shut in itself. Without a program it has only tried.
pub(crate) fn enter(args: &[OsString]) -> ExitCode {
    let entered = args.split_first().map_or_else(
        || Err(io::ErrorKind::InvalidInput.into()),
        |(policy, program)| entered(policy, program),
    );
    if let Err(error) = &entered {
        // Read by who has only tried, and by who looks into what a program said.
        let _ = writeln!(io::stderr(), "cannot start in the cage: {error}");
    }
    outcome(entered.is_ok())
}

fn entered(policy: &OsString, program: &[OsString]) -> io::Result<()> {
    let Some(policy) = policy.to_str().and_then(wire::from_hex) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    confine::confine(&policy)?;
    match program {
        [] => Ok(()),
        [program, args @ ..] => Err(Command::new(program).args(args).exec()),
    }
}

/// Whether a program could shut itself in as it must. Found out before there is one, so that
/// what this system lacks is not taken for the program's end.
fn try_to_enter(policy: &Policy) -> io::Result<()> {
    let tried = Command::new("/proc/self/exe")
        .args([ENTER, &wire::to_hex(policy)])
        .env_clear()
        .stdin(Stdio::null())
        .output()?;
    if tried.status.success() {
        return Ok(());
    }
    let why = String::from_utf8_lossy(&tried.stderr);
    Err(io::Error::other(why.trim().to_owned()))
}

/// Holds programs where there are no namespaces. It is not shut in itself, because it must
/// find everything that they start; each program is.
fn hold_programs(control: &UnixStream, policy: Policy) -> io::Result<()> {
    set_child_subreaper(Pid::from_raw(1))?;
    fs::create_dir_all(&policy.writable)?;
    try_to_enter(&policy)?;
    reply(control, &Reply::Holder(std::process::id()))?;
    let mut holder = Holder::new(control.try_clone()?, policy, Scope::Descendants)?;
    let served = holder.serve();
    holder.end_all()?;
    // What the last program left would be too deep for others to remove.
    removal::empty(Path::new(&holder.policy.writable))?;
    served
}

fn wait_for(fds: &mut [PollFd<'_>]) -> io::Result<()> {
    while let Err(error) = poll(fds, None) {
        if error != rustix::io::Errno::INTR {
            return Err(error.into());
        }
    }
    Ok(())
}

/// What a holder ends when it ends everything.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Everything in its process namespace, whose init it is.
    Namespace,
    /// Everything below it.
    Descendants,
}

struct Holder {
    control: UnixStream,
    policy: Policy,
    scope: Scope,
    main: Option<(Pid, OwnedFd)>,
}

impl Holder {
    fn new(control: UnixStream, policy: Policy, scope: Scope) -> io::Result<Self> {
        reply(&control, &Reply::Ready(()))?;
        Ok(Self {
            control,
            policy,
            scope,
            main: None,
        })
    }

    fn serve(&mut self) -> io::Result<()> {
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
                Some((Request::Room(threads), _)) => {
                    reply(&self.control, &Reply::Room(room::is_there(threads)))?;
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
        let mut args = vec![ENTER.to_owned(), wire::to_hex(&self.policy)];
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

    /// Kills and buries every program.
    fn end_all(&self) -> io::Result<()> {
        let deadline = Instant::now() + BURIAL;
        while Instant::now() < deadline {
            match self.scope {
                // Nobody left to kill is what is wanted.
                Scope::Namespace => drop(confine::kill_everyone_else()),
                Scope::Descendants => kill_below_me()?,
            }
            if bury() {
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
    confine::start_limited(&mut command, spawn, cpu_seconds)?;
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
    let threads = stillness::look(me)?.threads.into_iter();
    let alive = threads.filter(|thread| thread.pid != me && thread.wait != stillness::Wait::Gone);
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
fn bury() -> bool {
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
