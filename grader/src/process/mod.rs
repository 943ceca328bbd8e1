//! The only place that starts programs.
//!
//! [`tool`] runs what the course trusts: cargo, and rustc when it is asked about itself.
//! Everything that may run student code, the compiler included, is started in a [`Cage`],
//! which owns the whole process tree and ends it.

#[cfg(all(target_os = "linux", not(grader_portable)))]
mod cage;
#[cfg(not(all(target_os = "linux", not(grader_portable))))]
#[path = "portable.rs"]
mod cage;
mod capture;
mod level;
mod not_started;
mod tool;

use crate::limits::Bounds;
use std::path::PathBuf;
use suite_judge::wire;
use tokio::io::{AsyncRead, AsyncWrite};

pub(crate) use cage::Cage;
#[cfg(all(target_os = "linux", not(grader_portable)))]
pub(crate) use cage::{ENTER, KEEPER, enter, keep, wait_for_all};
pub(crate) use capture::{Captured, Drain, Lines};
pub(crate) use level::{CageChoice, Level, Possible, remedy};
pub(crate) use not_started::NotStarted;
pub(crate) use tool::tool;

/// A program to start, with everything it will know of the world.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// The program.
    pub(crate) program: PathBuf,
    /// Its arguments.
    pub(crate) args: Vec<String>,
    /// Its whole environment.
    pub(crate) env: Vec<(String, String)>,
    /// Its working folder.
    pub(crate) cwd: PathBuf,
    /// What it may use.
    pub(crate) bounds: Bounds,
}

/// What a cage lets its programs see and use.
#[derive(Debug, Clone)]
pub(crate) struct Bars {
    /// An empty folder that the private root can be built on.
    pub(crate) root: PathBuf,
    /// Files and folders that can be read and run, besides the system's own.
    pub(crate) readable: Vec<Shown>,
    /// The one folder that can be written, as programs see it; empty at first.
    pub(crate) writable: PathBuf,
    /// A folder of the host's that can be written too, for what should outlast the cage.
    pub(crate) lasting: Option<Shown>,
    /// Whether programs see their own `/proc`; the linker needs it, drivers must not.
    pub(crate) proc: bool,
    /// What each program may use.
    pub(crate) bounds: Bounds,
}

/// A file or folder of the host's and where programs in a cage see it. The two are the same
/// where a cage has no root of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Where it is.
    pub(crate) host: PathBuf,
    /// Where it is seen.
    pub(crate) inside: PathBuf,
}

impl Shown {
    /// Seen where it is.
    pub(crate) fn as_it_is(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            host: path.clone(),
            inside: path,
        }
    }
}

/// A started program.
pub(crate) struct Running {
    /// The process that everything of the program is below, itself not part of it.
    pub(crate) root: u32,
    /// The program's own process, where it is known.
    pub(crate) program: Option<u32>,
    /// The grader's end of the private channel.
    pub(crate) channel: Channel,
    /// What it prints.
    pub(crate) stdout: Drain,
    /// What it complains about.
    pub(crate) stderr: Drain,
}

/// What a program had left when it was over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Left {
    /// Names of its child processes that were still there.
    pub(crate) processes: Vec<String>,
    /// Whether it had filled the writable folder.
    pub(crate) disk_full: bool,
    /// The limit of the whole cage that it had hit.
    pub(crate) hit: Option<Hit>,
}

/// A limit of a whole cage that the kernel enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hit {
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
    /// How a program ended by itself.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Ended {
        /// With this exit status.
        Exited(i32),
        /// By this signal.
        Signalled(i32)
    }
}
