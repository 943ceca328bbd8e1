//! The same work on many things, on all processors.

use std::panic::resume_unwind;
use std::thread;

/// Fewest things that are worth a thread.
const LEAST: usize = 8;

/// Processors there are for this process.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// What `work` makes of each item, in their order.
///
/// # Panics
/// When `work` does.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let share = items.len().div_ceil(cores()).max(LEAST);
    let work_all = |items: &[T]| items.iter().map(&work).collect::<Vec<R>>();
    if items.len() <= share {
        return work_all(items);
    }
    thread::scope(|scope| {
        let start = |items| {
            let thread = thread::Builder::new();
            (items, thread.spawn_scoped(scope, move || work_all(items)))
        };
        let started: Vec<_> = items.chunks(share).map(start).collect();
        let made = started.into_iter().map(|(items, thread)| match thread {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            // A full machine has no thread to spare.
            Err(_) => work_all(items),
        });
        made.flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items_however_many_there_are() {
        for count in [0, 1, LEAST, 1000] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(map(&items, |item| *item), items);
        }
    }
}
