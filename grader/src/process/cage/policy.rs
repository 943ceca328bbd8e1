//! What a cage shuts in, as data that travels from the grader to the cage.

use crate::limits::Bounds;
use crate::process::{Bars, Ended, Level, Order, Shown};
use std::path::Path;
use suite_judge::wire;

wire! {
    /// What a cage lets its programs see and use.
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Policy {
        /// How much shuts in.
        pub(super) level: Level,
        /// An empty folder that the private root can be built on.
        pub(super) root: String,
        /// Files and folders that can be read and run, and nothing else can: where they are,
        /// and where they are seen.
        pub(super) readable: Vec<(String, String)>,
        /// A folder of the host's that can be written too, for what should outlast the cage.
        pub(super) lasting: Option<(String, String)>,
        /// A folder that can be written: its own memory file system, empty at first.
        pub(super) writable: String,
        /// Bytes that fit there.
        pub(super) writable_bytes: u64,
        /// Whether what is written there can be loaded as code.
        pub(super) loadable: bool,
        /// Whether programs see their own `/proc`; the linker needs it, drivers must not.
        pub(super) proc: bool,
        /// Resource limits of each process.
        pub(super) limits: ProcessLimits,
    }
}

wire! {
    /// Resource limits of each process in a cage.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub(crate) struct ProcessLimits {
        /// CPU time, in seconds.
        pub(super) cpu_seconds: u64,
        /// Address space, in bytes. Far above the memory limit, which is watched: threads
        /// reserve much that they never use.
        pub(super) address_space: u64,
        /// Longest file, in bytes.
        pub(super) file_size: u64,
        /// Open files.
        pub(super) open_files: u64,
        /// Threads and processes of the cage.
        pub(super) processes: u64,
    }
}

/// What every program needs: the system's own libraries and programs.
const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/localtime",
];

impl Policy {
    /// What a cage of this level with these bars shuts in.
    pub(super) fn new(bars: &Bars, level: Level) -> Self {
        let system = SYSTEM.iter().map(Shown::as_it_is);
        let readable = system.chain(bars.readable.clone());
        Self {
            level,
            root: text(&bars.root),
            readable: readable
                .filter(|shown| shown.host.exists())
                .map(|shown| pair(&shown))
                .collect(),
            lasting: bars.lasting.as_ref().map(pair),
            writable: text(&bars.writable),
            writable_bytes: bars.bounds.file_size,
            loadable: bars.loadable,
            proc: bars.proc,
            limits: ProcessLimits::from(&bars.bounds),
        }
    }
}

impl From<&Bounds> for ProcessLimits {
    fn from(bounds: &Bounds) -> Self {
        Self {
            cpu_seconds: bounds.cpu_seconds,
            address_space: (4 * bounds.memory).max(4 << 30),
            file_size: bounds.file_size,
            open_files: bounds.open_files,
            // Far more than is allowed, so that the watch, which says why, comes first.
            processes: 16 * bounds.processes,
        }
    }
}

wire! {
    /// A program to start.
    #[derive(Debug, Clone)]
    pub(crate) struct Spawn {
        pub(super) program: String,
        pub(super) args: Vec<String>,
        pub(super) env: Vec<(String, String)>,
        pub(super) cwd: String,
    }
}

impl From<&Order> for Spawn {
    fn from(order: &Order) -> Self {
        Self {
            program: text(&order.program),
            args: order.args.clone(),
            env: order.env.clone(),
            cwd: text(&order.cwd),
        }
    }
}

wire! {
    /// Grader to cage.
    pub(crate) enum Request {
        /// Shut yourself in. First and once.
        Enter(Policy),
        /// Start a program; three descriptors come along: channel, stdout, stderr.
        Spawn(Spawn),
        /// End everything that is left; whether to empty the writable folder as well.
        Clear(bool),
        /// Open a file for reading.
        Fetch(String)
    }
}

wire! {
    /// Cage to grader.
    pub(crate) enum Reply {
        /// The process that holds the programs, as the system outside numbers it.
        Holder(u32),
        /// Shut in.
        Ready(()),
        /// The program runs.
        Spawned(()),
        /// The program ended by itself.
        Ended(Ended),
        /// Nothing is left; whether the writable folder was full.
        Cleared(bool),
        /// The file; its descriptor comes along.
        Fetched(()),
        /// It could not be done: why.
        Failed(String)
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn pair(shown: &Shown) -> (String, String) {
    (text(&shown.host), text(&shown.inside))
}
