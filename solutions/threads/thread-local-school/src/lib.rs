//! Two ways to get a student to a function deep inside without a parameter: look it up by thread, or
//! keep it in a thread-local.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Whom a thread works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Student {
    /// The name to greet.
    pub name: String,
}

// A list for each thread, the innermost binding last, each with a number: two bindings of the
// same student must not be mistaken for one another.
type Bound = HashMap<ThreadId, Vec<(u64, Arc<Student>)>>;

/// Way 1: one map for all threads.
#[derive(Debug, Default)]
pub struct Registry {
    bound: Mutex<Bound>,
}

impl Registry {
    /// A registry in which no thread has a student.
    pub fn new() -> Self {
        Self::default()
    }

    /// Binds a student to the current thread, until the [`Binding`] is dropped.
    pub fn bind(&self, student: Arc<Student>) -> Binding<'_> {
        let mut bound = self.lock();
        let mine = bound.entry(thread::current().id()).or_default();
        // Numbers rise from the front of a list to its back, so this one is not in use.
        let number = mine.last().map_or(0, |(last, _)| last + 1);
        mine.push((number, student));
        Binding {
            registry: self,
            number,
            stays_here: PhantomData,
        }
    }

    /// The student bound last to the current thread, of those that still are.
    // The clone of an `Arc` is one more owner, not one more student. With it the caller needs
    // neither the lock nor the binding any longer.
    pub fn current(&self) -> Option<Arc<Student>> {
        let bound = self.lock();
        let (_, student) = bound.get(&thread::current().id())?.last()?;
        Some(Arc::clone(student))
    }

    /// How many threads have a student.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether no thread has a student.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // No code of others runs under the lock, so a panic cannot leave the map half changed:
    // there is no poison to be afraid of.
    fn lock(&self) -> MutexGuard<'_, Bound> {
        self.bound.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A student bound to a thread, until this is dropped. It cannot leave the thread.
#[must_use = "the student is bound only until this is dropped"]
#[derive(Debug)]
pub struct Binding<'a> {
    registry: &'a Registry,
    number: u64,
    // A raw pointer is not `Send`, so neither is a binding, and `drop` runs on the thread
    // whose entry it has to end. It costs no memory: there is no pointer, only its type.
    stays_here: PhantomData<*const ()>,
}

impl Drop for Binding<'_> {
    // Not `pop`: whoever owns a guard may drop it early, and then the last one of the list is
    // another's.
    fn drop(&mut self) {
        let mut bound = self.registry.lock();
        if let Entry::Occupied(mut mine) = bound.entry(thread::current().id()) {
            mine.get_mut().retain(|(number, _)| *number != self.number);
            // An empty list that stays would be a leak: ids of threads are never used again.
            if mine.get().is_empty() {
                mine.remove();
            }
        }
    }
}

/// No student is bound to this thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoStudent;

impl fmt::Display for NoStudent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no student is bound to this thread")
    }
}

impl Error for NoStudent {}

thread_local! {
    // `RefCell` is enough, as no other thread can see it: no lock, no waiting. Each function
    // below borrows it for one expression, never while code of others runs.
    static CURRENT: RefCell<Option<Arc<Student>>> = const { RefCell::new(None) };
}

/// Way 2, the thread-local: binds a student to the current thread until it is replaced or
/// taken, or the thread ends. Returns the former one.
pub fn set_student(student: Arc<Student>) -> Option<Arc<Student>> {
    CURRENT.replace(Some(student))
}

/// Unbinds the current thread's student and returns it.
pub fn take_student() -> Option<Arc<Student>> {
    CURRENT.take()
}

/// The current thread's student.
pub fn current_student() -> Result<Arc<Student>, NoStudent> {
    CURRENT.with_borrow(Option::clone).ok_or(NoStudent)
}

/// Binds a student for the time of `body`, then the former one again, also after a panic.
pub fn with_student<R>(student: Arc<Student>, body: impl FnOnce() -> R) -> R {
    // A line behind `body()` would be skipped by a panic; a destructor is not. It keeps the
    // former student to itself, where `body` cannot reach it, whatever `body` sets or takes.
    struct Restore(Option<Arc<Student>>);

    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.set(self.0.take());
        }
    }

    let _restore = Restore(CURRENT.replace(Some(student)));
    body()
}

/// `Hello, Alice (in Thread-A)`, for the current thread and its student. A thread without a
/// name is `?`.
pub fn greeting() -> Result<String, NoStudent> {
    let student = current_student()?;
    let thread = thread::current();
    let place = thread.name().unwrap_or("?");
    Ok(format!("Hello, {} (in {place})", student.name))
}
