//! Watches a running process tree from outside: its limits, and whether it is stuck.

use crate::limits::Bounds;
use crate::outcome::Verdict;
use crate::sandbox::{Drain, Running};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use thread_state::Snapshot;

/// How often a process tree is watched.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// A tree this young is not checked for being stuck: its threads are still starting.
const YOUTH: Duration = Duration::from_millis(60);

/// A limit that a process tree has broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Wall clock, with the limit in words.
    Time(String),
    /// Memory, with the limit in words.
    Memory(String),
    /// Output, with the limit in words.
    Output(String),
    /// Threads and processes, with the limit in words.
    Processes(String),
    /// Open files of all processes together, with the limit in words.
    Files(String),
    /// Everything waits for ever: each thread and what for.
    Stuck(Vec<String>),
}

impl Stop {
    /// The verdict on what was stopped.
    pub(crate) fn verdict(self) -> Verdict {
        match self {
            Self::Time(limit) => Verdict::TimedOut { limit },
            Self::Memory(limit) => Verdict::MemoryExceeded { limit },
            Self::Output(limit) => Verdict::OutputExceeded { limit },
            Self::Processes(limit) => Verdict::ProcessesExceeded { limit },
            Self::Files(limit) => Verdict::FilesExceeded { limit },
            Self::Stuck(threads) => Verdict::Deadlocked { threads },
        }
    }
}

/// Open files that any process has: three streams, and what it needs to start and to be waited for.
const USUAL_FILES: u64 = 6;

/// The watch over one process tree.
pub(crate) struct Watch {
    root: u32,
    bounds: Bounds,
    since: Instant,
    before: Option<Snapshot>,
}

impl Watch {
    /// Starts the clock.
    pub(crate) fn over(root: u32, bounds: Bounds) -> Self {
        Self {
            root,
            bounds,
            since: Instant::now(),
            before: None,
        }
    }

    /// How long it has run.
    pub(crate) fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }

    /// A reason to stop, if there is one.
    pub(crate) fn check(&mut self, running: &Running) -> Option<Stop> {
        self.time()
            .or_else(|| self.output(&running.stdout, &running.stderr))
            .or_else(|| self.tree(running))
    }

    /// The reason to stop what has come to the end of its time.
    pub(crate) fn out_of_time(&self) -> Stop {
        Stop::Time(format!("{} s", self.bounds.wall.as_secs()))
    }

    fn time(&self) -> Option<Stop> {
        (self.elapsed() > self.bounds.wall).then(|| self.out_of_time())
    }

    fn output(&self, stdout: &Drain, stderr: &Drain) -> Option<Stop> {
        let limit = self.bounds.output;
        let over = stdout.total() + stderr.total() > limit;
        over.then(|| Stop::Output(format!("{} MiB of output", limit >> 20)))
    }

    fn tree(&mut self, running: &Running) -> Option<Stop> {
        let mut snapshot = thread_state::snapshot(self.root).ok()?;
        // The init is the sandbox's own.
        snapshot.threads.retain(|thread| thread.pid != self.root);
        let limit = self.bounds.processes;
        if snapshot.threads.len() as u64 > limit {
            return Some(Stop::Processes(format!("{limit} threads and processes")));
        }
        let processes = processes_of(&snapshot);
        let limit = self.bounds.memory;
        if sum(&processes, memory_of) > limit {
            return Some(Stop::Memory(format!("{} MiB", limit >> 20)));
        }
        let limit = self.files_of_tree();
        if sum(&processes, open_files_of) > limit {
            let words = format!("{limit} open files of all its processes together");
            return Some(Stop::Files(words));
        }
        if running.network.and_then(sockets_of).unwrap_or(0) > limit {
            return Some(Stop::Files(format!("{limit} sockets")));
        }
        self.stuck(snapshot, running.program)
    }

    /// Two processes may hold all that one may, beside what every process has. What stands behind
    /// files, such as the pages of a pipe, the kernel counts for each user.
    fn files_of_tree(&self) -> u64 {
        2 * self.bounds.open_files + USUAL_FILES * self.bounds.processes
    }

    /// Stuck in two snapshots with nothing run between them.
    fn stuck(&mut self, snapshot: Snapshot, program: Option<u32>) -> Option<Stop> {
        let before = self.before.replace(snapshot);
        let (before, snapshot) = (before?, self.before.as_ref()?);
        let quiet = self.elapsed() > YOUTH && snapshot.unchanged_since(&before, &[]);
        if !quiet || !snapshot.is_stuck(&[self.root]).unwrap_or(false) {
            return None;
        }
        let threads = snapshot.threads.iter();
        let waiting = threads.map(|thread| format!("{} {}", called(thread, program), thread.wait));
        Some(Stop::Stuck(waiting.collect()))
    }
}

/// What a thread is called in a report, given the process of the program itself. The kernel
/// gives an unnamed thread the name of the program, which says nothing.
pub(super) fn called(thread: &thread_state::Thread, program: Option<u32>) -> String {
    let name = if thread.pid == thread.tid {
        "the main thread".to_owned()
    } else if thread.name == "driver" {
        "an unnamed thread".to_owned()
    } else {
        format!("thread {:?}", thread.name)
    };
    if program.is_some_and(|program| thread.pid != program) {
        format!("{name} of a child process")
    } else {
        name
    }
}

/// Sockets of a network, those included that nobody has accepted yet: they are no open files, and
/// what was sent to them is the kernel's memory.
fn sockets_of(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/net/sockstat")).ok()?;
    let used = text
        .lines()
        .find_map(|line| line.strip_prefix("sockets: used "))?;
    used.trim().parse().ok()
}

fn processes_of(snapshot: &Snapshot) -> BTreeSet<u32> {
    snapshot.threads.iter().map(|thread| thread.pid).collect()
}

/// What a tree uses of something; a process that has just ended uses nothing.
fn sum(processes: &BTreeSet<u32>, of_process: impl Fn(u32) -> Option<u64>) -> u64 {
    let used = processes.iter().filter_map(|pid| of_process(*pid));
    used.fold(0, u64::saturating_add)
}

/// Memory of a process, in bytes.
fn memory_of(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    Some(memory_in(&status))
}

/// Memory that `/proc/<pid>/status` counts, without what is the contents of a program's file.
/// Page tables are the kernel's, but grow with what a process maps.
fn memory_in(status: &str) -> u64 {
    const COUNTED: [&str; 4] = ["RssAnon", "RssShmem", "VmPTE", "VmSwap"];
    let kib = status.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let number = value.trim().strip_suffix(" kB")?;
        COUNTED
            .contains(&name)
            .then(|| number.parse::<u64>().ok())?
    });
    kib.fold(0, u64::saturating_add).saturating_mul(1024)
}

/// Open files of a process: the size of a folder that the kernel makes up. Kernels before 6.2 say
/// none.
fn open_files_of(pid: u32) -> Option<u64> {
    let folder = std::fs::metadata(format!("/proc/{pid}/fd")).ok()?;
    Some(folder.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_counts_what_is_shared_swapped_and_spent_on_page_tables() {
        let status = "Name:\tRssAnon: 7 kB\nVmRSS:\t 900 kB\nRssAnon:\t 10 kB\nRssFile:\t 500 kB\n\
                      RssShmem:\t 200 kB\nVmPTE:\t 3 kB\nVmSwap:\t 4000 kB\n";
        assert_eq!(memory_in(status), 4213 * 1024);
        assert_eq!(memory_in("State:\tZ (zombie)\n"), 0);
    }

    #[test]
    fn threads_of_child_processes_are_told_from_the_programs_own() {
        let thread = |pid, tid, name: &str| thread_state::Thread {
            pid,
            tid,
            name: name.to_owned(),
            wait: thread_state::Wait::Lock,
            activity: 0,
        };
        for (thread, name) in [
            (thread(7, 7, "driver"), "the main thread"),
            (thread(7, 8, "driver"), "an unnamed thread"),
            (thread(7, 8, "a\n"), "thread \"a\\n\""),
            (thread(9, 9, "driver"), "the main thread of a child process"),
            (thread(9, 10, "b"), "thread \"b\" of a child process"),
        ] {
            assert_eq!(called(&thread, Some(7)), name);
        }
        assert_eq!(called(&thread(9, 9, "driver"), None), "the main thread");
    }
}
