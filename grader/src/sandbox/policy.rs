//! What a sandbox allows, as data that travels from the grader to the sandbox.

use super::cgroups::Cgroups;
use super::{Level, Mount, Purpose, SandboxSpec};
use crate::limits::Bounds;
use std::path::{Path, PathBuf};
use wire::wire;

wire! {
    /// What a sandbox lets its programs see and use.
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Policy {
        /// How strong it is.
        pub(super) level: Level,
        /// Control groups to enter first.
        pub(super) groups: Vec<String>,
        /// An empty folder that the private root can be built on.
        pub(super) root: String,
        /// Files and folders that can be read and run, and nothing else can: where they are,
        /// and where they are seen.
        pub(super) readable: Vec<(String, String)>,
        /// A folder of the host's that can be written too, for what should outlast the sandbox.
        pub(super) persistent: Option<(String, String)>,
        /// A folder that can be written: its own memory file system, empty at first.
        pub(super) writable: String,
        /// Bytes that fit there.
        pub(super) writable_bytes: u64,
        /// What it is for.
        pub(super) purpose: Purpose,
        /// Resource limits of each process.
        pub(super) limits: ProcessLimits,
    }
}

wire! {
    /// Resource limits of each process in a sandbox.
    #[derive(Debug, Clone, Copy, PartialEq)]
    pub(crate) struct ProcessLimits {
        /// Address space, in bytes. Far above the memory limit, which is watched: threads
        /// reserve much that they never use.
        pub(super) address_space: u64,
        /// Memory of a process's own that it may write to, in bytes. It bounds what one process
        /// gets between two looks of the watch.
        pub(super) data: u64,
        /// Longest file, in bytes.
        pub(super) file_size: u64,
        /// Open files.
        pub(super) open_files: u64,
        /// Signals that wait, and timers, of all processes together.
        pub(super) pending_signals: u64,
        /// Threads and processes of the sandbox, its own among them.
        pub(super) processes: u64,
    }
}

/// Supervisor and init.
const OWN_PROCESSES: u64 = 2;
/// Writable memory that a thread has from the beginning, used or not: its stack, above all.
const OF_A_THREAD: u64 = 4 << 20;
/// Far more than any program has, and far fewer than a user may have.
const PENDING_SIGNALS: u64 = 64;

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
/// What is in it may be the site's own: nobody's business in a sandbox.
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

/// Whether a program of the system's, by this name, can be started in a sandbox of this level by
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
    /// What a sandbox of this level allows.
    pub(super) fn new(spec: &SandboxSpec, level: Level, cgroups: &Cgroups) -> Self {
        // A compiler of the system's has all of it as its own.
        let others = spec.readable.iter();
        let others = others.filter(|shown| shown.host != Path::new(USR)).cloned();
        let readable = system().into_iter().map(Mount::unmoved).chain(others);
        Self {
            level,
            groups: cgroups.folders().map(text).collect(),
            root: text(&spec.root),
            readable: readable
                .filter(|shown| shown.host.exists())
                .map(|shown| pair(&shown))
                .collect(),
            persistent: spec.persistent.as_ref().map(pair),
            writable: text(&spec.writable),
            writable_bytes: spec.bounds.file_size,
            purpose: spec.purpose,
            limits: ProcessLimits::from(&spec.bounds),
        }
    }
}

impl From<&Bounds> for ProcessLimits {
    fn from(bounds: &Bounds) -> Self {
        Self {
            address_space: (4 * bounds.memory).max(4 << 30),
            data: bounds.memory + bounds.processes * OF_A_THREAD,
            file_size: bounds.file_size,
            open_files: bounds.open_files,
            pending_signals: PENDING_SIGNALS,
            processes: all_processes(bounds),
        }
    }
}

/// As many threads and processes as a sandbox has with its own, when its programs have one more
/// than they may. That one tells the watch that the limit was reached; the kernel refuses the next.
pub(super) fn all_processes(bounds: &Bounds) -> u64 {
    OWN_PROCESSES + bounds.processes + 1
}

pub(super) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn pair(shown: &Mount) -> (String, String) {
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
    fn a_program_is_there_only_if_a_sandbox_shows_it() {
        assert!(has_program("sh", Level::Full));
        assert!(!has_program("no-such-program", Level::Full));
        assert!(!has_program("no-such-program", Level::Limits));
    }
}
