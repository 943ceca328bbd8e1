//! What does every thread of a process tree wait for?
//!
//! On Linux, [`snapshot`] reads the answer from `/proc`, from outside (a grader that watches
//! a program) or from inside (a test binary that watches itself). On every other
//! platform the same functions exist and fail with [`std::io::ErrorKind::Unsupported`].
//!
//! A snapshot is not atomic: threads are read one after the other, and one that has been
//! read may run on while the next is being read. Two snapshots prove more. If nothing has
//! run between them, all threads were asleep at one common instant; [`settle`] and
//! [`Snapshot::is_stuck`] rest on that.
//!
//! # What cannot be seen
//!
//! - A timeout set on a socket itself (`SO_RCVTIMEO`, in std `set_read_timeout`), a signal
//!   timer (`alarm`, `setitimer`), or a timer descriptor inside an endless `poll`.
//! - A descendant whose own parent has died: the kernel gives it to another process, so
//!   it is no longer below the root.
//! - The threads of a process we may not trace: they are [`Wait::Hidden`].
//! - 32-bit programs on a 64-bit kernel: they number their system calls differently.

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#[path = "linux/mod.rs"]
mod platform;
#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
#[path = "elsewhere.rs"]
mod platform;
mod settle;
mod snapshot;

use std::{fmt, io};

pub use settle::{Settled, settle};

/// Every thread of a process tree, at nearly one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The process that the tree hangs from.
    pub root: u32,
    /// The threads of the root and of all its descendants; empty if the root has vanished.
    pub threads: Vec<Thread>,
}

/// One thread of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The id of its process.
    pub pid: u32,
    /// Its own id, unique among all threads and processes of the system.
    pub tid: u32,
    /// Its name as the kernel keeps it: at most 15 bytes, chosen by the program. Nothing
    /// is escaped, so the caller must do it; only bytes that are no UTF-8 become `U+FFFD`.
    pub name: String,
    /// What it waits for.
    pub wait: Wait,
    /// How often it has been taken off a processor (a count of context switches). A
    /// thread that was asleep, has run, and is asleep again has a greater number.
    pub activity: u64,
}

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// It waits for nothing: it is on a processor, runnable, in a sleep that no signal can
    /// interrupt (disk, `vfork`), or in a state that we do not know.
    Running,
    /// It is asleep, and the kernel will wake it at a certain time.
    Timer,
    /// It is asleep on a futex without a timeout: mutex, condition variable, join, park,
    /// channel and the like.
    Lock,
    /// It waits for a child process to end.
    Child,
    /// It is blocked on a pipe.
    Pipe {
        /// The descriptor, in the thread's own process.
        fd: i32,
        /// The pipe's identity; both ends have the same.
        inode: u64,
        /// Which of the two ends it uses.
        direction: Direction,
    },
    /// It is blocked on a socket: it reads, writes, accepts or connects.
    Socket {
        /// The descriptor, in the thread's own process.
        fd: i32,
        /// The identity of this end of the connection.
        inode: u64,
    },
    /// It waits for any of several descriptors (`poll`, `select`, `epoll`), without a timeout.
    Poll,
    /// It is asleep in some other call without a timeout that we know of, or it has been
    /// stopped by a signal or a debugger.
    Other {
        /// The system call's number on this architecture; -1 outside any call.
        syscall: i64,
    },
    /// The kernel does not tell us: we may not trace this process, or `/proc` has no
    /// `syscall` file. Never still and never stuck.
    Hidden,
    /// It has ended; at most its parent has still to take notice.
    Gone,
}

/// The way data moves through the end of a pipe that a thread uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It reads, so only a writer can wake it.
    Read,
    /// It writes, so only a reader can wake it.
    Write,
}

impl Wait {
    /// Is this a sleep that no timer ends (or the end itself)?
    #[must_use]
    pub fn is_still(self) -> bool {
        !matches!(self, Self::Running | Self::Timer | Self::Hidden)
    }
}

/// A short reason that goes after the thread's name: "waits for a lock".
impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self {
            Self::Running => "is running",
            Self::Timer => "sleeps until a set time",
            Self::Lock => "waits for a lock",
            Self::Child => "waits for a child process",
            Self::Pipe { direction, .. } => match direction {
                Direction::Read => "reads from a pipe",
                Direction::Write => "writes to a pipe",
            },
            Self::Socket { .. } => "waits for a socket",
            Self::Poll => "waits for any of several descriptors",
            Self::Other { syscall: -1 } => "is blocked outside any system call",
            Self::Other { syscall } => return write!(f, "is blocked in system call {syscall}"),
            Self::Hidden => "cannot be seen",
            Self::Gone => "has ended",
        };
        f.pad(reason)
    }
}

/// The threads of the process `root` and of all its descendants.
///
/// A thread that vanishes meanwhile is left out; a root that has vanished gives an empty snapshot.
///
/// # Errors
///
/// [`io::ErrorKind::Unsupported`] on a platform other than Linux on `x86_64` or `aarch64`;
/// [`io::ErrorKind::InvalidData`] if `/proc` has a form we do not know; else whatever reading
/// `/proc` has failed with.
pub fn snapshot(root: u32) -> io::Result<Snapshot> {
    platform::snapshot(root)
}

/// The id of the calling thread, as in [`Thread::tid`]; std has no other way to learn it.
///
/// # Errors
///
/// As for [`snapshot`].
pub fn this_thread() -> io::Result<u32> {
    platform::this_thread()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_as_sentences() {
        let pipe = |direction| Wait::Pipe {
            fd: 0,
            inode: 1,
            direction,
        };
        assert_eq!(Wait::Lock.to_string(), "waits for a lock");
        assert_eq!(pipe(Direction::Read).to_string(), "reads from a pipe");
        assert_eq!(pipe(Direction::Write).to_string(), "writes to a pipe");
        assert_eq!(
            Wait::Other { syscall: 34 }.to_string(),
            "is blocked in system call 34"
        );
    }
}
