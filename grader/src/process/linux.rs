//! The grader's side of a keeper.
//!
//! A keeper is the grader's own binary, started again. It is the subreaper of everything
//! it starts, so even a daemon that left its process group and its parent stays below it
//! and ends with it. When the grader dies, the keeper sees its socket close and ends
//! everything.

use super::keeper_main::{KEEPER, Reply, Request, Spawn};
use super::{Channel, Drain, Ended, Order, Running};
use crate::error::{Error, Result};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use std::io::{self, IoSlice, PipeReader};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream as StdStream;
use std::process::{Child, Command, Stdio};
use suite_judge::Wire;
use tokio::io::AsyncReadExt;
use tokio::net::UnixStream;
use tokio::net::unix::pipe;

/// What protects the machine from student code here, in words.
pub(crate) const PROTECTION: &str =
    "limits only: own process tree, resource limits, empty environment; no namespaces yet";

/// Owns the process trees of one kata.
pub(crate) struct Keeper {
    process: Child,
    control: UnixStream,
}

impl Keeper {
    /// Starts a keeper.
    pub(crate) fn start() -> Result<Self> {
        start().map_err(|error| {
            Error::grader(
                format!("cannot start a keeper for student code: {error}"),
                "are there too many processes or open files?",
            )
        })
    }

    /// Starts a program; one at a time, see [`Keeper::clear`].
    pub(crate) async fn spawn(&mut self, order: &Order, kept: usize) -> Result<Running> {
        let running = self.try_spawn(order, kept).await;
        running.map_err(|error| {
            Error::grader(
                format!("cannot start {}: {error}", order.program.display()),
                "does the file exist, and may it be executed there?",
            )
        })
    }

    async fn try_spawn(&mut self, order: &Order, kept: usize) -> io::Result<Running> {
        let (ours, theirs) = StdStream::pair()?;
        let (stdout, stdout_end) = io::pipe()?;
        let (stderr, stderr_end) = io::pipe()?;
        let request = Request::Spawn(Spawn::from(order));
        send(
            self.control.as_fd(),
            &request,
            &[theirs.as_fd(), stdout_end.as_fd(), stderr_end.as_fd()],
        )?;
        drop((theirs, stdout_end, stderr_end));
        let pid = match self.receive().await? {
            Reply::Spawned(pid) => pid,
            Reply::Failed(why) => return Err(io::Error::other(why)),
            Reply::Ended(_) | Reply::Cleared(_) => return Err(io::Error::other("out of turn")),
        };
        ours.set_nonblocking(true)?;
        let (reader, writer) = UnixStream::from_std(ours)?.into_split();
        Ok(Running {
            pid,
            channel: Channel {
                reader: Box::new(reader),
                writer: Box::new(writer),
            },
            stdout: Drain::keeping(asynchronous(stdout)?, kept),
            stderr: Drain::keeping(asynchronous(stderr)?, kept),
        })
    }

    /// Waits until the program has ended by itself. Cancel safe.
    pub(crate) async fn ended(&mut self) -> Ended {
        loop {
            if self.control.readable().await.is_err() {
                return Ended::Exited(-1);
            }
            // Replies are small and written whole, so once one is readable it is there.
            match self.receive().await {
                Ok(Reply::Ended(ended)) => return ended,
                Ok(_) => {}
                Err(_) => return Ended::Exited(-1),
            }
        }
    }

    /// Ends everything that is left of the program; the names of its child processes that
    /// were still there.
    pub(crate) async fn clear(&mut self) -> Result<Vec<String>> {
        let cleared = async {
            send(self.control.as_fd(), &Request::Clear(()), &[])?;
            loop {
                if let Reply::Cleared(left) = self.receive().await? {
                    return Ok(left);
                }
            }
        };
        cleared.await.map_err(|error: io::Error| {
            Error::grader(
                format!("the keeper of student code is gone: {error}"),
                "was it killed from outside? Start the grader again",
            )
        })
    }

    async fn receive(&mut self) -> io::Result<Reply> {
        let len = self.control.read_u32_le().await? as usize;
        let mut body = vec![0; len.min(1 << 20)];
        self.control.read_exact(&mut body).await?;
        Reply::from_bytes(&body).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // The keeper ends everything below it when its socket closes, which shutting it
        // down does at once.
        let _ = rustix::net::shutdown(self.control.as_fd(), rustix::net::Shutdown::Both);
        let _ = self.process.wait();
    }
}

fn start() -> io::Result<Keeper> {
    let (ours, theirs) = StdStream::pair()?;
    let process = Command::new("/proc/self/exe")
        .arg(KEEPER)
        .env_clear()
        .stdin(OwnedFd::from(theirs))
        .stdout(Stdio::null())
        .spawn()?;
    ours.set_nonblocking(true)?;
    Ok(Keeper {
        process,
        control: UnixStream::from_std(ours)?,
    })
}

fn asynchronous(reader: PipeReader) -> io::Result<pipe::Receiver> {
    pipe::Receiver::from_owned_fd(OwnedFd::from(reader))
}

/// Sends one message with descriptors, in one call.
fn send(control: BorrowedFd<'_>, request: &Request, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    let body = request.to_bytes();
    let len = u32::try_from(body.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let message = [&len.to_le_bytes(), body.as_slice()].concat();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() {
        ancillary.push(SendAncillaryMessage::ScmRights(fds));
    }
    let sent = sendmsg(
        control,
        &[IoSlice::new(&message)],
        &mut ancillary,
        SendFlags::NOSIGNAL,
    )?;
    if sent == message.len() {
        Ok(())
    } else {
        Err(io::Error::other("the keeper does not read"))
    }
}
