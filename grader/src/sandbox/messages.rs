//! Messages between grader and sandbox: a length, a body, and sometimes descriptors.

use super::not_started::Cause;
use super::obstacle::NotOpened;
use super::policy::{Policy, text};
use super::{Ended, Invocation};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use std::fmt::Write;
use std::io::{self, IoSlice, IoSliceMut, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;
use wire::{Wire, wire};

wire! {
    /// A program to start.
    #[derive(Debug, Clone)]
    pub(crate) struct Spawn {
        pub(super) program: String,
        pub(super) args: Vec<String>,
        pub(super) env: Vec<(String, String)>,
        pub(super) cwd: String,
        /// CPU time of each of its processes, in seconds.
        pub(super) cpu_seconds: u64,
        /// Wall clock after which it is ended, in milliseconds.
        pub(super) wall_millis: u64,
    }
}

/// How much later init ends a program than the watch, which says why and may be kept waiting by
/// what runs.
const AFTER_THE_WATCH: Duration = Duration::from_millis(500);

impl From<&Invocation> for Spawn {
    fn from(invocation: &Invocation) -> Self {
        Self {
            program: text(&invocation.program),
            args: invocation.args.clone(),
            env: invocation.env.clone(),
            cwd: text(&invocation.cwd),
            cpu_seconds: invocation.bounds.cpu_seconds,
            wall_millis: millis(invocation.bounds.wall.saturating_add(AFTER_THE_WATCH)),
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

wire! {
    /// Grader to sandbox.
    pub(crate) enum Request {
        /// Make the sandbox. First and once.
        Enter(Policy),
        /// Start a program; three descriptors come along: channel, stdout, stderr.
        Spawn(Spawn),
        /// End everything that is left; whether the case is over too, so that the next must see
        /// nothing of it.
        Clear(bool),
        /// Open a file for reading.
        Fetch(String),
        /// See whether this many threads can be started.
        Headroom(u32)
    }
}

wire! {
    /// Sandbox to grader.
    pub(crate) enum Reply {
        /// The process that holds the programs, as the system outside numbers it.
        Init(u32),
        /// The sandbox is made.
        Ready(()),
        /// It is not.
        NotOpened(NotOpened),
        /// The program runs.
        Spawned(()),
        /// The program ended by itself.
        Ended(Ended),
        /// Nothing is left; whether the writable folder was full.
        Cleared(bool),
        /// The file; its descriptor comes along.
        Fetched(()),
        /// Whether they can.
        Headroom(bool),
        /// The program was not started: what kept it, and why.
        NotStarted((Cause, String)),
        /// What was asked for could not be done: why.
        Failed(String)
    }
}

/// Longest message, in bytes.
pub(super) const MAX_MESSAGE: usize = 1 << 20;

/// Sends one message with descriptors, in one call.
pub(super) fn send(
    control: BorrowedFd<'_>,
    message: &impl Wire,
    fds: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let body = message.to_bytes();
    let len = u32::try_from(body.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let bytes = [&len.to_le_bytes(), body.as_slice()].concat();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() {
        ancillary.push(SendAncillaryMessage::ScmRights(fds));
    }
    let slices = [IoSlice::new(&bytes)];
    let sent = sendmsg(control, &slices, &mut ancillary, SendFlags::NOSIGNAL)?;
    if sent == bytes.len() {
        Ok(())
    } else {
        Err(io::Error::other("the other side does not read"))
    }
}

/// Answers the grader.
pub(super) fn reply(control: &UnixStream, message: &Reply) -> io::Result<()> {
    send(control.as_fd(), message, &[])
}

/// Answers the grader with descriptors.
pub(super) fn reply_with(
    control: &UnixStream,
    message: &Reply,
    fds: &[BorrowedFd<'_>],
) -> io::Result<()> {
    send(control.as_fd(), message, fds)
}

/// The grader's next request; `None` when it is gone.
pub(super) fn receive(control: &UnixStream) -> io::Result<Option<(Request, Vec<OwnedFd>)>> {
    let mut header = [0; 4];
    let (bytes, fds) = receive_header(control.as_fd(), &mut header, RecvFlags::WAITALL)?;
    if bytes < header.len() {
        return Ok(None);
    }
    let mut body = vec![0; (u32::from_le_bytes(header) as usize).min(MAX_MESSAGE)];
    let mut reader: &UnixStream = control;
    reader.read_exact(&mut body)?;
    let request = Request::from_bytes(&body).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Some((request, fds)))
}

/// The first bytes of a message and the descriptors that came with it.
pub(super) fn receive_header(
    control: BorrowedFd<'_>,
    header: &mut [u8; 4],
    flags: RecvFlags,
) -> io::Result<(usize, Vec<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = recvmsg(
        control,
        &mut [IoSliceMut::new(header)],
        &mut ancillary,
        RecvFlags::CMSG_CLOEXEC | flags,
    )?;
    let mut fds = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(rights) = message {
            fds.extend(rights);
        }
    }
    Ok((received.bytes, fds))
}

/// A value as text, for an argument.
pub(super) fn to_hex(value: &impl Wire) -> String {
    let mut text = String::new();
    for byte in value.to_bytes() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The value that [`to_hex`] made this text of.
pub(super) fn from_hex<T: Wire>(text: &str) -> Option<T> {
    let bytes = (0..text.len()).step_by(2);
    let bytes = bytes.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok());
    T::from_bytes(&bytes.collect::<Option<Vec<u8>>>()?)
}
