//! Everything that may run student code, the compiler included, runs in a [`Sandbox`], which
//! owns the whole process tree and ends it.
//!
//! The grader's own binary is started again as *supervisor*; it makes the namespaces and forks
//! their *init*, which builds the private root, confines itself and starts programs on request.
//! Where there are no namespaces the supervisor does init's work.

mod capture;
mod level;
mod not_started;
mod obstacle;
mod specification;

#[cfg(all(target_os = "linux", not(grader_portable)))]
mod cgroups;
#[cfg(all(target_os = "linux", not(grader_portable)))]
mod confinement;
#[cfg(all(target_os = "linux", not(grader_portable)))]
mod headroom;
#[cfg(all(target_os = "linux", not(grader_portable)))]
mod init;
#[cfg(all(target_os = "linux", not(grader_portable)))]
mod launch;
#[cfg(all(target_os = "linux", not(grader_portable)))]
mod messages;
#[cfg(all(target_os = "linux", not(grader_portable)))]
mod mounts;
#[cfg(all(target_os = "linux", not(grader_portable)))]
mod namespaces;
#[cfg(all(target_os = "linux", not(grader_portable)))]
#[path = "linux.rs"]
mod platform;
#[cfg(all(target_os = "linux", not(grader_portable)))]
mod policy;
#[cfg(all(target_os = "linux", not(grader_portable)))]
mod reaper;
#[cfg(all(target_os = "linux", not(grader_portable)))]
mod seccomp;
#[cfg(all(target_os = "linux", not(grader_portable)))]
mod supervisor;

#[cfg(not(all(target_os = "linux", not(grader_portable))))]
#[path = "portable.rs"]
mod platform;

use tokio::io::{AsyncRead, AsyncWrite};
use wire::wire;

pub(crate) use capture::{Captured, Drain, Lines};
#[cfg(all(target_os = "linux", not(grader_portable)))]
pub(crate) use confinement::raise_open_files;
pub(crate) use level::{Level, Possible, Strictness};
pub(crate) use not_started::NotStarted;
pub(crate) use platform::Sandbox;
#[cfg(not(all(target_os = "linux", not(grader_portable))))]
pub(crate) use platform::wait_for_all;
#[cfg(all(target_os = "linux", not(grader_portable)))]
pub(crate) use reaper::wait_for_all;
pub(crate) use specification::{Invocation, Mount, Purpose, SandboxSpec};
#[cfg(all(target_os = "linux", not(grader_portable)))]
pub(crate) use supervisor::{ENTER, SUPERVISOR, enter, supervise};

/// A started program.
pub(crate) struct Running {
    /// The process that everything of the program is below, itself not part of it.
    pub(crate) root: u32,
    /// The program's own process, where it is known.
    pub(crate) program: Option<u32>,
    /// A process in the network that only the program is in, where it has one.
    pub(crate) network: Option<u32>,
    /// The grader's end of the private channel.
    pub(crate) channel: Channel,
    /// What it prints.
    pub(crate) stdout: Drain,
    /// What it complains about.
    pub(crate) stderr: Drain,
}

/// What a program had left when it was over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Leftovers {
    /// Names of its child processes that were still there.
    pub(crate) processes: Vec<String>,
    /// Whether it had filled the writable folder.
    pub(crate) disk_full: bool,
    /// The limit of the whole sandbox that it had hit.
    pub(crate) exceeded: Option<ExceededLimit>,
}

/// A limit of a whole sandbox that the kernel enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExceededLimit {
    /// Memory: something was ended for it.
    Memory,
    /// Threads and processes: one more was refused.
    Processes,
}

/// Both directions of the private channel.
pub(crate) struct Channel {
    /// From the program.
    pub(crate) reader: Box<dyn AsyncRead + Send + Sync + Unpin>,
    /// To the program.
    pub(crate) writer: Box<dyn AsyncWrite + Send + Sync + Unpin>,
}

wire! {
    /// How a program ended.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Ended {
        /// With this exit status.
        Exited(i32),
        /// By this signal.
        Signalled(i32),
        /// It did not: its time was over.
        OutOfTime
    }
}
