//! Two ways to get a student to a function deep inside without a parameter: look it up by thread, or
//! keep it in a thread-local.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;

/// Whom a thread works for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Student {
    /// The name to greet.
    pub name: String,
}

/// Way 1: one map for all threads. Its field is yours to change.
#[derive(Debug, Default)]
pub struct Registry {
    bound: Mutex<HashMap<ThreadId, Vec<Arc<Student>>>>,
}

impl Registry {
    /// A registry in which no thread has a student.
    pub fn new() -> Self {
        Self::default()
    }

    /// Binds a student to the current thread, until the [`Binding`] is dropped.
    pub fn bind(&self, student: Arc<Student>) -> Binding<'_> {
        todo!("bind {student:?} in {:?}", self.bound)
    }

    /// The student bound last to the current thread, of those that still are.
    pub fn current(&self) -> Option<Arc<Student>> {
        todo!("the current thread's student in {:?}", self.bound)
    }

    /// How many threads have a student.
    pub fn len(&self) -> usize {
        todo!("how many threads have a student in {:?}", self.bound)
    }

    /// Whether no thread has a student.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A student bound to a thread, until this is dropped. It cannot leave the thread. Its
/// field is yours to change.
#[must_use = "the student is bound only until this is dropped"]
#[derive(Debug)]
pub struct Binding<'a> {
    registry: &'a Registry,
}

impl Drop for Binding<'_> {
    fn drop(&mut self) {
        todo!("end a binding of {:?}", self.registry)
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

/// Way 2, the thread-local: binds a student to the current thread until it is replaced or
/// taken, or the thread ends. Returns the former one.
pub fn set_student(student: Arc<Student>) -> Option<Arc<Student>> {
    todo!("bind {student:?}")
}

/// Unbinds the current thread's student and returns it.
pub fn take_student() -> Option<Arc<Student>> {
    todo!("unbind the student")
}

/// The current thread's student.
pub fn current_student() -> Result<Arc<Student>, NoStudent> {
    todo!("the current thread's student")
}

/// Binds a student for the time of `body`, then the former one again, also after a panic.
pub fn with_student<R>(student: Arc<Student>, body: impl FnOnce() -> R) -> R {
    let _ = body;
    todo!("run the body with {student:?}")
}

/// `Hello, Alice (in Thread-A)`, for the current thread and its student. A thread without a
/// name is `?`.
pub fn greeting() -> Result<String, NoStudent> {
    todo!("greet the current thread's student")
}
