//! What one snapshot, or two, can prove.

use crate::{Direction, Snapshot, Thread, Wait, platform, snapshot};
use std::io;

impl Snapshot {
    /// Is every thread but `except` (thread ids) asleep with no timer to wake it, or gone?
    ///
    /// True of an empty snapshot.
    #[must_use]
    pub fn is_still(&self, except: &[u32]) -> bool {
        self.restless(except).next().is_none()
    }

    /// The threads, other than `except`, that are not still.
    pub fn restless(&self, except: &[u32]) -> impl Iterator<Item = &Thread> {
        self.others(except).filter(|thread| !thread.wait.is_still())
    }

    /// Has no thread but `except` run between the two snapshots?
    ///
    /// True if both have the same threads, each with the same activity in the same wait, and
    /// none of them [`Wait::Running`].
    #[must_use]
    pub fn unchanged_since(&self, earlier: &Self, except: &[u32]) -> bool {
        self.changed_since(earlier, except).is_empty()
    }

    /// The threads, other than `except`, that have come, gone or run between the two snapshots.
    #[must_use]
    pub fn changed_since(&self, earlier: &Self, except: &[u32]) -> Vec<Thread> {
        let run = self.others(except).filter(|now| {
            now.wait == Wait::Running || !earlier.threads.iter().any(|then| is_same(then, now))
        });
        let ended = earlier
            .others(except)
            .filter(|then| self.thread(then.tid).is_none());
        run.chain(ended).cloned().collect()
    }

    /// The thread with this id.
    #[must_use]
    pub fn thread(&self, tid: u32) -> Option<&Thread> {
        self.threads.iter().find(|thread| thread.tid == tid)
    }

    /// The ids of all threads. Taken before a test starts threads of its own, they are those
    /// for it to except: the harness's main thread, for one, sleeps with a timer.
    #[must_use]
    pub fn tids(&self) -> Vec<u32> {
        self.threads.iter().map(|thread| thread.tid).collect()
    }

    /// Is there nothing left, inside the tree or outside, that can wake any of its threads?
    ///
    /// So it is if every thread waits for a lock, for a child, or on a pipe whose opposite end
    /// no readable process outside holds open; if at least one does; and if a second snapshot,
    /// which this function takes, finds that nothing has run meanwhile. Any other wait might
    /// end from outside or by itself, and makes the answer false.
    ///
    /// `bystanders` are known to wake nobody: threads of the tree by their thread ids (such as
    /// the one that asks, in its own process), and processes outside by their process ids.
    ///
    /// # Errors
    ///
    /// As for [`snapshot()`].
    pub fn is_stuck(&self, bystanders: &[u32]) -> io::Result<bool> {
        let Some(pipes) = self.pipes_if_blocked(bystanders) else {
            return Ok(false);
        };
        let is_inside =
            |pid| bystanders.contains(&pid) || self.threads.iter().any(|thread| thread.pid == pid);
        if !pipes.is_empty() && platform::held_outside(&pipes, is_inside)? {
            return Ok(false);
        }
        // Only now: a process outside may have written, closed its end, and so escaped the search.
        Ok(snapshot(self.root)?.unchanged_since(self, bystanders))
    }

    /// The pipes that threads wait for, provided that no thread waits for anything but a lock,
    /// a child or a pipe.
    fn pipes_if_blocked(&self, bystanders: &[u32]) -> Option<Vec<(u64, Direction)>> {
        let mut pipes = Vec::new();
        let mut alive = false;
        for thread in self.others(bystanders) {
            match thread.wait {
                Wait::Gone => continue,
                Wait::Lock | Wait::Child => {}
                Wait::Pipe {
                    inode, direction, ..
                } => pipes.push((inode, direction)),
                _ => return None,
            }
            alive = true;
        }
        alive.then_some(pipes)
    }

    fn others(&self, except: &[u32]) -> impl Iterator<Item = &Thread> {
        self.threads
            .iter()
            .filter(|thread| !except.contains(&thread.tid))
    }
}

/// Ids are used again, so the process counts as well.
fn is_same(then: &Thread, now: &Thread) -> bool {
    (then.pid, then.tid, then.activity, then.wait) == (now.pid, now.tid, now.activity, now.wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(threads: &[(u32, Wait, u64)]) -> Snapshot {
        let thread = |&(tid, wait, activity)| Thread {
            pid: 1,
            tid,
            name: String::new(),
            wait,
            activity,
        };
        Snapshot {
            root: 1,
            threads: threads.iter().map(thread).collect(),
        }
    }

    #[test]
    fn still_threads() {
        assert!(snapshot(&[]).is_still(&[]));
        let two = snapshot(&[(1, Wait::Lock, 0), (2, Wait::Timer, 0)]);
        assert!(!two.is_still(&[]));
        assert!(two.is_still(&[2]));
        let tids: Vec<u32> = two.restless(&[]).map(|thread| thread.tid).collect();
        assert_eq!(tids, [2]);
    }

    #[test]
    fn changes() {
        let before = snapshot(&[(1, Wait::Lock, 5), (2, Wait::Poll, 5)]);
        assert!(before.unchanged_since(&before, &[]));
        let ran = snapshot(&[(1, Wait::Lock, 6), (2, Wait::Poll, 5)]);
        assert!(!ran.unchanged_since(&before, &[]));
        assert!(ran.unchanged_since(&before, &[1]));
        let fewer = snapshot(&[(1, Wait::Lock, 5)]);
        assert!(!fewer.unchanged_since(&before, &[]));
        assert!(!before.unchanged_since(&fewer, &[]));
        let running = snapshot(&[(1, Wait::Running, 5)]);
        assert!(!running.unchanged_since(&running, &[]));
    }

    #[test]
    fn only_locks_children_and_pipes_may_be_stuck() {
        let blocked = |waits: &[Wait]| {
            let threads: Vec<_> = waits.iter().map(|&wait| (1, wait, 0)).collect();
            snapshot(&threads).pipes_if_blocked(&[])
        };
        let pipe = Wait::Pipe {
            fd: 0,
            inode: 9,
            direction: Direction::Read,
        };
        assert_eq!(blocked(&[Wait::Lock, Wait::Gone]), Some(vec![]));
        assert_eq!(
            blocked(&[Wait::Child, pipe]),
            Some(vec![(9, Direction::Read)])
        );
        assert_eq!(blocked(&[]), None);
        assert_eq!(blocked(&[Wait::Gone]), None);
        let socket = Wait::Socket { fd: 3, inode: 4 };
        let other = Wait::Other { syscall: 34 };
        for wait in [
            socket,
            other,
            Wait::Poll,
            Wait::Timer,
            Wait::Running,
            Wait::Hidden,
        ] {
            assert_eq!(blocked(&[Wait::Lock, wait]), None, "{wait:?}");
        }
    }
}
