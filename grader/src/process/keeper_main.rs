//! The keeper process: starts programs, owns everything below them, ends it.

use super::{Ended, Order};
use crate::exit_code::ExitCode;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::process::{
    Pid, PidfdFlags, Resource, Rlimit, Signal, WaitOptions, kill_process, pidfd_open, prlimit,
    set_child_subreaper, wait, waitpid,
};
use std::collections::BTreeMap;
use std::io::{self, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use suite_judge::{Wire, wire};

/// The argument that makes the grader a keeper.
pub(crate) const KEEPER: &str = "__keeper";

/// How long the kernel may take to bury what was killed.
const BURIAL: Duration = Duration::from_secs(5);

wire! {
    /// Grader to keeper.
    pub(crate) enum Request {
        /// Start a program; three descriptors come along: channel, stdout, stderr.
        Spawn(Spawn),
        /// End everything that is left.
        Clear(())
    }
}

wire! {
    /// A program to start.
    pub(crate) struct Spawn {
        program: String,
        args: Vec<String>,
        env: Vec<(String, String)>,
        cwd: String,
        /// CPU seconds, longest file in bytes, open files.
        limits: [u64; 3],
    }
}

wire! {
    /// Keeper to grader.
    pub(crate) enum Reply {
        /// The program runs under this process id.
        Spawned(u32),
        /// It could not be started.
        Failed(String),
        /// It ended by itself.
        Ended(Ended),
        /// Nothing is left; these child processes were.
        Cleared(Vec<String>)
    }
}

impl From<&Order> for Spawn {
    fn from(order: &Order) -> Self {
        let bounds = &order.bounds;
        Self {
            program: order.program.to_string_lossy().into_owned(),
            args: order.args.clone(),
            env: order.env.clone(),
            cwd: order.cwd.to_string_lossy().into_owned(),
            limits: [bounds.cpu_seconds, bounds.file_size, bounds.open_files],
        }
    }
}

/// The keeper's main function.
pub(crate) fn keep() -> ExitCode {
    let kept = Kept::new().and_then(|mut kept| kept.serve());
    // However serving ended, nothing may be left.
    let _ = end_all(None);
    if kept.is_ok() {
        ExitCode::Passed
    } else {
        ExitCode::Grader
    }
}

struct Kept {
    control: UnixStream,
    main: Option<(Pid, OwnedFd)>,
}

impl Kept {
    fn new() -> io::Result<Self> {
        set_child_subreaper(Pid::from_raw(1))?;
        let control = io::stdin().as_fd().try_clone_to_owned()?;
        Ok(Self {
            control: control.into(),
            main: None,
        })
    }

    fn serve(&mut self) -> io::Result<()> {
        loop {
            if !self.wait_for_request()? {
                self.report_end()?;
                continue;
            }
            match receive(&mut self.control)? {
                None => return Ok(()),
                Some((Request::Spawn(spawn), fds)) => self.spawn(&spawn, fds)?,
                Some((Request::Clear(()), _)) => {
                    let left = end_all(self.main.take().map(|(pid, _)| pid))?;
                    self.reply(&Reply::Cleared(left))?;
                }
            }
        }
    }

    /// True when a request waits, false when the program has ended.
    fn wait_for_request(&self) -> io::Result<bool> {
        let mut fds = vec![PollFd::new(&self.control, PollFlags::IN)];
        if let Some((_, pidfd)) = &self.main {
            fds.push(PollFd::new(pidfd, PollFlags::IN));
        }
        while let Err(error) = poll(&mut fds, None) {
            if error != rustix::io::Errno::INTR {
                return Err(error.into());
            }
        }
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
        self.reply(&Reply::Ended(ended))
    }

    fn spawn(&mut self, spawn: &Spawn, fds: Vec<OwnedFd>) -> io::Result<()> {
        let reply = match start(spawn, fds) {
            Ok((pid, pidfd)) => {
                self.main = Some((pid, pidfd));
                Reply::Spawned(pid.as_raw_nonzero().get().unsigned_abs())
            }
            Err(error) => Reply::Failed(error.to_string()),
        };
        self.reply(&reply)
    }

    fn reply(&mut self, reply: &Reply) -> io::Result<()> {
        let body = reply.to_bytes();
        let len = u32::try_from(body.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.control
            .write_all(&[&len.to_le_bytes(), body.as_slice()].concat())
    }
}

fn receive(control: &mut UnixStream) -> io::Result<Option<(Request, Vec<OwnedFd>)>> {
    let mut header = [0; 4];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = recvmsg(
        &*control,
        &mut [IoSliceMut::new(&mut header)],
        &mut ancillary,
        RecvFlags::CMSG_CLOEXEC | RecvFlags::WAITALL,
    )?;
    if received.bytes < header.len() {
        return Ok(None);
    }
    let mut fds = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            fds.extend(received);
        }
    }
    let mut body = vec![0; u32::from_le_bytes(header) as usize];
    control.read_exact(&mut body)?;
    let request = Request::from_bytes(&body).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Some((request, fds)))
}

fn start(spawn: &Spawn, fds: Vec<OwnedFd>) -> io::Result<(Pid, OwnedFd)> {
    let Ok([channel, stdout, stderr]) = <[OwnedFd; 3]>::try_from(fds) else {
        return Err(io::Error::other("three descriptors must come along"));
    };
    let child = Command::new(&spawn.program)
        .args(&spawn.args)
        .env_clear()
        .envs(spawn.env.iter().map(|(name, value)| (name, value)))
        .current_dir(&spawn.cwd)
        .stdin(Stdio::from(channel))
        .stdout(Stdio::from(stdout))
        .stderr(Stdio::from(stderr))
        .spawn()?;
    let pid = Pid::from_child(&child);
    limit(pid, spawn.limits)?;
    Ok((pid, pidfd_open(pid, PidfdFlags::empty())?))
}

/// Sets the limits from outside: the program waits for its order on the channel, so no
/// student code has run yet, and nothing has to happen between fork and exec.
fn limit(pid: Pid, [cpu, file_size, open_files]: [u64; 3]) -> io::Result<()> {
    let limits = [
        (Resource::Cpu, cpu),
        (Resource::Fsize, file_size),
        (Resource::Nofile, open_files),
        (Resource::Core, 0),
    ];
    for (resource, most) in limits {
        let limit = Rlimit {
            current: Some(most),
            // One more than allowed, because where both are equal the kernel kills without
            // saying that time was the reason.
            maximum: Some(most + u64::from(resource == Resource::Cpu)),
        };
        prlimit(Some(pid), resource, limit)?;
    }
    Ok(())
}

/// Kills and buries every process below this one; the names of all but `main`.
fn end_all(main: Option<Pid>) -> io::Result<Vec<String>> {
    let deadline = Instant::now() + BURIAL;
    let mut names = BTreeMap::new();
    loop {
        // Stopped first, so that what forks faster than it is killed stops forking.
        let mut seen = 0;
        loop {
            let below = below_me()?;
            signal(&below, Signal::STOP);
            if below.len() <= seen {
                break;
            }
            seen = below.len();
        }
        let below = below_me()?;
        signal(&below, Signal::KILL);
        names.extend(below);
        let nothing_left = bury();
        if nothing_left || Instant::now() > deadline {
            break;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    let main = main.map(|pid| pid.as_raw_nonzero().get().unsigned_abs());
    names.retain(|pid, _| Some(*pid) != main);
    Ok(names.into_values().collect())
}

/// Process ids and names of everything alive below this process.
fn below_me() -> io::Result<BTreeMap<u32, String>> {
    let me = std::process::id();
    let sight = stillness::look(me)?;
    let alive = sight
        .threads
        .into_iter()
        .filter(|thread| thread.pid != me && thread.wait != stillness::Wait::Gone);
    // A process's first thread has its name.
    Ok(alive
        .filter(|thread| thread.pid == thread.tid)
        .map(|thread| (thread.pid, thread.name))
        .collect())
}

fn signal(processes: &BTreeMap<u32, String>, signal: Signal) {
    let pids = processes.keys().filter_map(|pid| i32::try_from(*pid).ok());
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
