//! What a driver saw happen, in order.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

wire::wire! {
    /// Something that happened during a case. Its place in the list is its order.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Event {
        /// The name of the thread it happened on, or its id where it has no name.
        pub thread: String,
        /// What happened, in one word: `started`, `locked`, `sent` …
        pub what: String,
        /// Which one, where there are several.
        pub id: u64,
    }
}

/// The event list of a case. Clones share it.
///
/// Only the driver's own closures, readers, keys … write to it, so an event is an
/// observation that the student's code really called them.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<Event>>>);

impl Log {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that `what` happened to `id`, now, on this thread.
    pub fn event(&self, what: impl Into<String>, id: u64) {
        self.note(what.into(), id);
    }

    /// Takes all events noted so far.
    #[must_use]
    pub fn take(&self) -> Vec<Event> {
        std::mem::take(&mut *self.events())
    }

    /// Whether `what` has been noted, for any id.
    #[must_use]
    pub fn has(&self, what: &str) -> bool {
        self.events().iter().any(|event| event.what == what)
    }

    fn note(&self, what: String, id: u64) {
        let thread = thread_name();
        self.events().push(Event { thread, what, id });
    }

    fn events(&self) -> std::sync::MutexGuard<'_, Vec<Event>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn thread_name() -> String {
    let thread = thread::current();
    match thread.name() {
        Some(name) => name.to_owned(),
        None => format!("{:?}", thread.id()),
    }
}
