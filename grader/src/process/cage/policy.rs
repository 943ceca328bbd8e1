//! What a cage shuts in, as data that travels from the grader to the cage.

use super::cgroup::Cgroups;
use crate::limits::Bounds;
use crate::process::not_started::Cause;
use crate::process::{Bars, Ended, Level, Order, Shown};
use std::path::{Path, PathBuf};
use suite_judge::wire;

wire! {
    /// What a cage lets its programs see and use.
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Policy {
        /// How much shuts in.
        pub(super) level: Level,
        /// Control groups to enter first.
        pub(super) groups: Vec<String>,
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

/// What every program needs: the system's own libraries and programs, besides [`USR`].
const SYSTEM: &[&str] = &[
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/localtime",
];

/// The system's own, but for one folder.
const USR: &str = "/usr";
/// What is in it may be the site's own: nobody's business in a cage.
const LOCAL: &str = "/usr/local";

/// The system's own, as far as it is there.
fn system() -> Vec<PathBuf> {
    let mut found = in_usr();
    found.extend(SYSTEM.iter().map(PathBuf::from));
    found.retain(|path| path.exists());
    found
}

/// Everything in [`USR`] but [`LOCAL`], in a fixed order.
fn in_usr() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(USR).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    found.retain(|path| path != Path::new(LOCAL));
    found.sort();
    found
}

/// Whether a program of the system's, by this name, can be started in a cage of this level by
/// who looks for it in the usual folders.
pub(super) fn has_program(name: &str, level: Level) -> bool {
    let real = |folder: &str| Path::new(folder).join(name).canonicalize().ok();
    if level == Level::Limits {
        return [LOCAL_PROGRAMS, "/usr/bin", "/bin"]
            .into_iter()
            .any(|folder| real(folder).is_some());
    }
    let seen = system();
    let mut programs = ["/usr/bin", "/bin"].into_iter().filter_map(real);
    programs.any(|program| seen.iter().any(|folder| program.starts_with(folder)))
}

/// Where a site keeps programs of its own.
const LOCAL_PROGRAMS: &str = "/usr/local/bin";

impl Policy {
    /// What a cage of this level with these bars shuts in.
    pub(super) fn new(bars: &Bars, level: Level, cgroups: &Cgroups) -> Self {
        // A compiler of the system's has all of it as its own.
        let others = bars.readable.iter();
        let others = others.filter(|shown| shown.host != Path::new(USR)).cloned();
        let readable = system().into_iter().map(Shown::as_it_is).chain(others);
        Self {
            level,
            groups: cgroups.folders().map(text).collect(),
            root: text(&bars.root),
            readable: readable
                .filter(|shown| shown.host.exists())
                .map(|shown| pair(&shown))
                .collect(),
            lasting: bars.lasting.as_ref().map(pair),
            writable: text(&bars.writable),
            writable_bytes: bars.bounds.file_size,
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
        Fetch(String),
        /// Look whether this many threads can be started.
        Room(u32)
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
        /// Whether they can.
        Room(bool),
        /// The program was not started: what kept it, and why.
        NotStarted((Cause, String)),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_of_the_system_are_seen_and_those_of_the_site_are_not() {
        let seen = system();
        assert!(seen.contains(&PathBuf::from("/usr/bin")), "{seen:?}");
        assert!(!seen.contains(&PathBuf::from(USR)), "{seen:?}");
        let local = seen.iter().find(|path| path.starts_with(LOCAL));
        assert_eq!(local, None);
    }

    #[test]
    fn a_program_is_there_only_if_a_cage_shows_it() {
        assert!(has_program("sh", Level::Full));
        assert!(!has_program("no-such-program", Level::Full));
        assert!(!has_program("no-such-program", Level::Limits));
    }
}
