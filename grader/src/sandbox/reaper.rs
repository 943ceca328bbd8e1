//! Waiting for the last of sandboxes that are over, beside other work: the kernel takes tens of
//! milliseconds to take namespaces apart.

use super::cgroups::Cgroups;
use std::process::Child;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// What is left of a sandbox that has been told to end. Dropping it waits for its end.
#[derive(Debug)]
pub(super) struct Teardown {
    pub(super) supervisor: Child,
    /// Removed last, when everything in them has ended.
    pub(super) cgroups: Cgroups,
}

impl Drop for Teardown {
    fn drop(&mut self) {
        let _ = self.supervisor.wait();
    }
}

static UNDER_WAY: Mutex<Vec<JoinHandle<()>>> = Mutex::new(Vec::new());

/// Waits for their end elsewhere; here where no thread can be had.
pub(super) fn begin(teardown: Teardown) {
    let reaper = thread::Builder::new().spawn(move || drop(teardown));
    let mut under_way = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
    under_way.retain(|reaper| !reaper.is_finished());
    under_way.extend(reaper);
}

/// Waits until nothing is left of any sandbox that is over.
pub(crate) fn wait_for_all() {
    let mut under_way = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
    for reaper in under_way.drain(..) {
        let _ = reaper.join();
    }
}
