//! Waits for a process tree to come to rest.

use crate::{Snapshot, Thread, snapshot, this_thread};
use std::time::{Duration, Instant};
use std::{io, thread};

const FIRST_PAUSE: Duration = Duration::from_micros(200);
const LAST_PAUSE: Duration = Duration::from_millis(5);
/// The least time between the two quiet snapshots.
const QUIET: Duration = Duration::from_millis(1);

/// How the waiting of [`settle`] has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Every thread was still in two snapshots at least 1 ms apart, and none has run between them.
    Still,
    /// The limit is over; these threads (at least one) have been seen not to be still, or to
    /// have run between two snapshots, the last time that anything has.
    Restless(Vec<Thread>),
}

/// Waits until the tree of `root` is still, or `limit` is over.
///
/// `except` has the ids of threads that need not be still. The calling thread never needs to.
/// A root that has vanished is still. At least two snapshots are taken, however short the limit.
///
/// # Errors
///
/// As for [`snapshot`].
pub fn settle(root: u32, except: &[u32], limit: Duration) -> io::Result<Settled> {
    let start = Instant::now();
    let except = [except, &[this_thread()?]].concat();
    let mut quiet: Option<(Instant, Snapshot)> = None;
    let mut pause = FIRST_PAUSE;
    loop {
        let begun = Instant::now();
        let snapshot = snapshot(root)?;
        let restless = restless(
            &snapshot,
            quiet.as_ref().map(|(_, snapshot)| snapshot),
            &except,
        );
        if !restless.is_empty() && start.elapsed() >= limit {
            return Ok(Settled::Restless(restless));
        }
        quiet = match quiet {
            Some((since, _)) if restless.is_empty() && begun - since >= QUIET => {
                return Ok(Settled::Still);
            }
            Some(first) if restless.is_empty() => Some(first),
            _ => snapshot
                .is_still(&except)
                .then(|| (Instant::now(), snapshot)),
        };
        thread::sleep(if quiet.is_some() { QUIET } else { pause });
        pause = (pause * 2).min(LAST_PAUSE);
    }
}

/// What speaks against it: threads not still, or else those changed since `earlier`.
fn restless(snapshot: &Snapshot, earlier: Option<&Snapshot>, except: &[u32]) -> Vec<Thread> {
    let restless: Vec<Thread> = snapshot.restless(except).cloned().collect();
    match earlier {
        Some(earlier) if restless.is_empty() => snapshot.changed_since(earlier, except),
        _ => restless,
    }
}
