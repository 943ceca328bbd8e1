//! Waiting for the last of cages that are over, beside other work: the kernel takes tens of
//! milliseconds to take namespaces apart.

use super::cgroup::Cgroups;
use std::process::Child;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// What is left of a cage that has been told to end. Dropping it waits for its end.
#[derive(Debug)]
pub(super) struct Remains {
    pub(super) keeper: Child,
    /// Removed last, when everything in them has ended.
    pub(super) cgroups: Cgroups,
}

impl Drop for Remains {
    fn drop(&mut self) {
        let _ = self.keeper.wait();
    }
}

static UNDER_WAY: Mutex<Vec<JoinHandle<()>>> = Mutex::new(Vec::new());

/// Waits for their end elsewhere; here where no thread can be had.
pub(super) fn begin(remains: Remains) {
    let burial = thread::Builder::new().spawn(move || drop(remains));
    let mut under_way = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
    under_way.retain(|burial| !burial.is_finished());
    under_way.extend(burial);
}

/// Waits until nothing is left of any cage that is over.
pub(crate) fn wait_for_all() {
    let mut under_way = UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner);
    for burial in under_way.drain(..) {
        let _ = burial.join();
    }
}
