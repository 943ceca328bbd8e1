//! The runtime that the engine works on, and how it is interrupted.

use crate::error::{Error, Result};
use crate::record::Event;
use std::pin::pin;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::mpsc::UnboundedReceiver;

/// Runs the engine's future until it is done or interrupted; either way everything it owns is
/// taken down.
pub(super) fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    block_on_all(async { Interrupts::new()?.or(future).await })
}

/// The same for a future that minds interrupts itself.
pub(super) fn block_on_all<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| {
        Error::grader(
            format!("the grader cannot start its threads: {error}"),
            "end other programs, or raise the limit of processes (`ulimit -u`)",
        )
    })?;
    let result = runtime.block_on(future);
    // What still builds in the background must not hold the answer back, but what tasks own
    // must be gone.
    runtime.shutdown_timeout(Duration::from_millis(500));
    crate::sandbox::wait_for_all();
    result
}

/// What is said where an interrupt leaves nothing to report.
pub(super) fn interrupted() -> Error {
    Error::grader("interrupted", "run the command again")
}

/// Requests to end: Ctrl-C and SIGTERM.
pub(super) struct Interrupts(platform::Signals);

impl Interrupts {
    /// From now on they do not end the process.
    ///
    /// # Errors
    /// When the system does not let them be handled.
    pub(super) fn new() -> Result<Self> {
        platform::Signals::new().map(Self).map_err(|error| {
            Error::grader(
                format!("signals cannot be handled: {error}"),
                "run the command again",
            )
        })
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        self.0.next().await;
    }

    /// Waits for `work`, which is ended by an interrupt.
    pub(super) async fn or<T>(&mut self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            () = self.next() => Err(interrupted()),
            result = work => result,
        }
    }

    /// Waits for `work` and shows what happens meanwhile; `None` if it was interrupted.
    pub(super) async fn watched<T>(
        &mut self,
        work: impl Future<Output = T>,
        happened: &mut UnboundedReceiver<Event>,
        mut show: impl FnMut(Event),
    ) -> Option<T> {
        let mut work = pin!(work);
        let result = loop {
            tokio::select! {
                biased;
                () = self.next() => break None,
                Some(event) = happened.recv() => show(event),
                result = &mut work => break Some(result),
            }
        };
        while let Ok(event) = happened.try_recv() {
            show(event);
        }
        result
    }
}

#[cfg(unix)]
mod platform {
    use std::io;
    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) struct Signals {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Signals {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }

        pub(super) async fn next(&mut self) {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.terminate.recv() => {}
            }
        }
    }
}

#[cfg(not(unix))]
mod platform {
    use std::io;

    pub(super) struct Signals;

    impl Signals {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) async fn next(&mut self) {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
