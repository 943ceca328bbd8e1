//! What a sandbox is asked for: the programs to start, and what they may see and use.

use crate::limits::Bounds;
use std::path::PathBuf;
use wire::wire;

/// A program to start, with everything it will know of the world.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
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

/// What a sandbox lets its programs see and use.
#[derive(Debug, Clone)]
pub(crate) struct SandboxSpec {
    /// An empty folder that the private root can be built on.
    pub(crate) root: PathBuf,
    /// Files and folders that can be read and run, besides the system's own.
    pub(crate) readable: Vec<Mount>,
    /// The one folder that can be written, as programs see it; empty at first.
    pub(crate) writable: PathBuf,
    /// A folder of the host's that can be written too, for what should outlast the sandbox.
    pub(crate) persistent: Option<Mount>,
    /// What it is for.
    pub(crate) purpose: Purpose,
    /// What each program may use.
    pub(crate) bounds: Bounds,
}

wire! {
    /// What a sandbox is for. Programs can do there what that needs, and no more.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Purpose {
        /// Running rustc and the linker.
        Compiler,
        /// Running drivers, one case after the other.
        Cases
    }
}

impl Purpose {
    /// Whether programs see their own `/proc`; the linker needs it, drivers must not.
    pub(crate) fn sees_proc(self) -> bool {
        self == Self::Compiler
    }
}

/// A file or folder of the host's and where programs in a sandbox see it. The two are the same
/// where a sandbox has no root of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    /// Where it is.
    pub(crate) host: PathBuf,
    /// Where it is seen.
    pub(crate) inside: PathBuf,
}

impl Mount {
    /// Seen where it is.
    pub(crate) fn unmoved(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self {
            host: path.clone(),
            inside: path,
        }
    }
}
