//! Whether a machine has room for more threads. What a program says of that is only its word.

use crate::parallel;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Threads and processes that a compiler and its linker need at once.
pub(super) fn for_compiler() -> u32 {
    let cores = parallel::cores();
    u32::try_from(cores).unwrap_or(u32::MAX).saturating_add(12)
}

/// Whether this many can be started and live at once.
pub(super) fn is_there(threads: u32) -> bool {
    let gate = Mutex::new(());
    let wait = || drop(gate.lock());
    thread::scope(|scope| {
        let held = gate.lock().unwrap_or_else(PoisonError::into_inner);
        let start = |_| {
            let thread = thread::Builder::new().stack_size(16 << 10);
            thread.spawn_scoped(scope, wait).is_ok()
        };
        let all = (0..threads).all(start);
        drop(held);
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_a_compiler_where_this_was_compiled() {
        assert!(is_there(for_compiler()));
    }
}
