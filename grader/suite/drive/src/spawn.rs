//! Threads of a case.
//!
//! What starts a thread in std is generic in the thread's body, so a suite would compile it for
//! every closure. Bodies are boxed here, so it is compiled for every type that a body returns.

use std::io;
use std::thread::{Builder, JoinHandle, Scope, ScopedJoinHandle};

/// Starts a thread that has a name.
///
/// # Panics
/// When the process may have no more threads.
pub fn spawn<T: Send + 'static>(
    name: &str,
    body: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    boxed(name, Box::new(body))
}

/// Starts a thread of a scope, as [`spawn`] does.
///
/// # Panics
/// When the process may have no more threads.
pub fn spawn_scoped<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    body: impl FnOnce() -> T + Send + 'scope,
) -> ScopedJoinHandle<'scope, T> {
    boxed_scoped(scope, name, Box::new(body))
}

type Body<'scope, T> = Box<dyn FnOnce() -> T + Send + 'scope>;

fn boxed<T: Send + 'static>(name: &str, body: Body<'static, T>) -> JoinHandle<T> {
    match named(name).spawn(body) {
        Ok(thread) => thread,
        Err(error) => not_started(&error),
    }
}

fn boxed_scoped<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    body: Body<'scope, T>,
) -> ScopedJoinHandle<'scope, T> {
    match named(name).spawn_scoped(scope, body) {
        Ok(thread) => thread,
        Err(error) => not_started(&error),
    }
}

fn named(name: &str) -> Builder {
    Builder::new().name(name.to_owned())
}

fn not_started(error: &io::Error) -> ! {
    panic!("no thread can be started: {error}")
}
