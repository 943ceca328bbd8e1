//! The only place that starts programs.
//!
//! [`tool`] runs what the course trusts: cargo, and rustc when it is asked about itself.
//! Everything that may run student code, the compiler included, is started through a
//! [`Keeper`], which owns the whole process tree and ends it.

mod capture;
#[cfg(all(target_os = "linux", not(grader_portable)))]
#[path = "linux.rs"]
mod keeper;
#[cfg(not(all(target_os = "linux", not(grader_portable))))]
#[path = "portable.rs"]
mod keeper;
#[cfg(all(target_os = "linux", not(grader_portable)))]
mod keeper_main;
mod tool;

use crate::limits::Bounds;
use std::path::PathBuf;
use suite_judge::wire;
use tokio::io::{AsyncRead, AsyncWrite};

pub(crate) use capture::{Captured, Drain};
pub(crate) use keeper::{Keeper, PROTECTION};
#[cfg(all(target_os = "linux", not(grader_portable)))]
pub(crate) use keeper_main::{KEEPER, keep};
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

/// A started program.
pub(crate) struct Running {
    /// Its process id.
    pub(crate) pid: u32,
    /// The grader's end of the private channel.
    pub(crate) channel: Channel,
    /// What it prints.
    pub(crate) stdout: Drain,
    /// What it complains about.
    pub(crate) stderr: Drain,
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
