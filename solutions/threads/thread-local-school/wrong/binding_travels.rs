// Mistake: has nothing that ties a binding to its thread: dropped on another, it ends nothing.
// Caught by: a_binding_stays_on_its_thread

//! Three ways to get a student to a function deep inside: hand it on, look it up by thread,
//! keep it in a thread-local.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// One running call of a function.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Its own variables.
    pub vars: HashMap<String, String>,
    /// The frame that its function is written in; `None` for the outermost.
    pub defined_in: Option<usize>,
    /// The frame that called it; `None` for the outermost.
    pub called_from: Option<usize>,
}

/// Where a name is looked up that a function has no variable for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scoping {
    /// In the function that it is written in, as in Python and Rust.
    Lexical,
    /// In the function that called it.
    Dynamic,
}

/// The value that `name` has for code running in `frames[at]`.
// The two rules differ in nothing but the link that is followed. `get` instead of an index,
// because a link that leads nowhere ends the search and is no reason to panic.
pub fn resolve<'a>(
    frames: &'a [Frame],
    at: usize,
    name: &str,
    scoping: Scoping,
) -> Option<&'a str> {
    let mut frame = frames.get(at)?;
    loop {
        if let Some(value) = frame.vars.get(name) {
            return Some(value);
        }
        let outer = match scoping {
            Scoping::Lexical => frame.defined_in,
            Scoping::Dynamic => frame.called_from,
        };
        frame = frames.get(outer?)?;
    }
}

/// Whom a thread works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Student {
    /// The name to greet.
    pub name: String,
}

/// Way 1, the parameter: both tasks and their subtasks call `visit` with their label and
/// the student that they were handed.
pub fn process_student(student: &Student, visit: &mut impl FnMut(&'static str, &Student)) {
    task_1(student, visit);
    task_2(student, visit);
}

// A shared reference may be handed on as often as one likes: nobody has to copy the student
// to be sure that nobody else changes it.
fn task_1(student: &Student, visit: &mut impl FnMut(&'static str, &Student)) {
    visit("task_1", student);
    subtask_1(student, visit);
    subtask_2(student, visit);
}

fn task_2(student: &Student, visit: &mut impl FnMut(&'static str, &Student)) {
    visit("task_2", student);
    subtask_2(student, visit);
    subtask_2(student, visit);
}

fn subtask_1(student: &Student, visit: &mut impl FnMut(&'static str, &Student)) {
    visit("subtask_1", student);
}

fn subtask_2(student: &Student, visit: &mut impl FnMut(&'static str, &Student)) {
    visit("subtask_2", student);
}

// A list for each thread, the innermost binding last, each with a number: two bindings of the
// same student must not be mistaken for one another.
type Bound = HashMap<ThreadId, Vec<(u64, Arc<Student>)>>;

/// Way 2: one map for all threads.
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

/// Way 3, the thread-local: binds a student to the current thread until it is replaced or
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
