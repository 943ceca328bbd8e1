//! Looks at a running process tree from outside: its limits, and whether it is stuck.

use crate::limits::Bounds;
use crate::outcome::Verdict;
use crate::sandbox::{Drain, Running};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use thread_state::Snapshot;

/// How often a process tree is looked at.
pub(crate) const TICK: Duration = Duration::from_millis(10);

/// A tree this young is not asked whether it is stuck: threads are still starting.
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
            Self::Stuck(threads) => Verdict::Deadlocked { threads },
        }
    }
}

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

    /// Looks once; a reason to stop, if there is one.
    pub(crate) fn look(&mut self, running: &Running) -> Option<Stop> {
        self.time()
            .or_else(|| self.output(&running.stdout, &running.stderr))
            .or_else(|| self.tree(running))
    }

    fn time(&self) -> Option<Stop> {
        let limit = self.bounds.wall;
        (self.elapsed() > limit).then(|| Stop::Time(format!("{} s", limit.as_secs())))
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
        let limit = self.bounds.memory;
        if resident(&snapshot) > limit {
            return Some(Stop::Memory(format!("{} MiB", limit >> 20)));
        }
        self.stuck(snapshot, running.program)
    }

    /// Stuck in two looks with nothing run between them.
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

/// Resident memory of a tree without what its processes share, in bytes.
fn resident(snapshot: &Snapshot) -> u64 {
    let pids: BTreeSet<u32> = snapshot.threads.iter().map(|thread| thread.pid).collect();
    pids.into_iter().filter_map(resident_of).sum()
}

fn resident_of(pid: u32) -> Option<u64> {
    let pages = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let mut pages = pages.split_whitespace().skip(1);
    let mut next = || pages.next()?.parse::<u64>().ok();
    let (resident, shared) = (next()?, next()?);
    Some(resident.saturating_sub(shared) * PAGE)
}

/// Bytes in a page, on every platform that has a `/proc/<pid>/statm` worth reading here.
const PAGE: u64 = 4096;

#[cfg(test)]
mod tests {
    use super::*;

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
