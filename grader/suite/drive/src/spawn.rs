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
#[track_caller]
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
#[track_caller]
pub fn spawn_scoped<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: &str,
    body: impl FnOnce() -> T + Send + 'scope,
) -> ScopedJoinHandle<'scope, T> {
    boxed_scoped(scope, name, Box::new(body))
}

type Body<'scope, T> = Box<dyn FnOnce() -> T + Send + 'scope>;

#[track_caller]
fn boxed<T: Send + 'static>(name: &str, body: Body<'static, T>) -> JoinHandle<T> {
    match named(name).spawn(body) {
        Ok(thread) => thread,
        Err(error) => not_started(&error),
    }
}

#[track_caller]
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

#[track_caller]
fn not_started(error: &io::Error) -> ! {
    panic!("no thread can be started: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    fn name() -> Option<String> {
        thread::current().name().map(str::to_owned)
    }

    #[test]
    fn a_thread_has_its_name_and_gives_what_its_body_gives() {
        let alone = spawn("alone", name).join().unwrap();
        let borrowed = "borrowed".to_owned();
        let scoped = thread::scope(|scope| {
            let thread = spawn_scoped(scope, &borrowed, || (name(), borrowed.len()));
            thread.join().unwrap()
        });
        assert_eq!(alone.as_deref(), Some("alone"));
        assert_eq!(scoped, (Some("borrowed".to_owned()), 8));
    }

    #[test]
    fn a_panic_of_the_body_is_what_the_thread_ends_with() {
        let ended = spawn("unwinds", || crate::unwind()).join();
        assert!(ended.is_err());
    }
}
