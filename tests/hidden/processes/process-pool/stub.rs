//! A fixed number of worker processes that share the jobs of a program.

pub mod worker;

use serde::{Serialize, de::DeserializeOwned};
use std::error::Error;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::process::Command;
use std::thread;
use std::time::Duration;

/// Why a job has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobError {
    /// The job returned an error; its worker goes on.
    Failed(String),
    /// The worker died during the job, or none could be started for it.
    WorkerDied,
    /// The pool was terminated or dropped before the job ended.
    Terminated,
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(message) => f.write_str(message),
            Self::WorkerDied => f.write_str("the worker process died"),
            Self::Terminated => f.write_str("the pool was terminated"),
        }
    }
}

impl Error for JobError {}

/// A fixed number of worker processes that take jobs `J` and give answers `A`.
///
/// Many threads may use one pool at the same time.
pub struct Pool<J, A> {
    // Yours; the marker only makes use of the two types.
    jobs: PhantomData<fn(J) -> A>,
}

/// The answer to come.
pub struct Pending<A> {
    // Yours.
    answer: PhantomData<fn() -> A>,
}

/// A pool that takes no more jobs. Dropped without [`Stopping::join`], it ends by itself.
#[must_use = "the workers may still run; `join` waits for them"]
pub struct Stopping {
    // Yours.
}

impl<J, A> fmt::Debug for Pool<J, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").finish_non_exhaustive()
    }
}

impl<A> fmt::Debug for Pending<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").finish_non_exhaustive()
    }
}

impl fmt::Debug for Stopping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stopping").finish_non_exhaustive()
    }
}

impl<J, A> Pool<J, A>
where
    J: Serialize + Send + 'static,
    A: DeserializeOwned + Send + 'static,
{
    /// As many workers as [`thread::available_parallelism`] says.
    pub fn new(worker: impl Fn() -> Command + Send + Sync + 'static) -> io::Result<Self> {
        Self::with_workers(thread::available_parallelism()?, worker)
    }

    /// Starts all workers, each by a command that `worker` gives. If one cannot start, none
    /// is left.
    pub fn with_workers(
        workers: NonZeroUsize,
        worker: impl Fn() -> Command + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let _ = worker;
        todo!("start {workers} workers")
    }

    /// How many workers there are.
    pub fn workers(&self) -> NonZeroUsize {
        todo!("the number of workers")
    }

    /// Queues a job. `done` hears once how it ended, before [`Stopping::join`] returns.
    pub fn submit_then(&self, job: J, done: impl FnOnce(Result<A, JobError>) + Send + 'static) {
        let _ = (job, done);
        todo!("queue a job")
    }

    /// Queues a job whose answer can be waited for.
    pub fn submit(&self, job: J) -> Pending<A> {
        let _ = job;
        todo!("queue a job and promise its answer")
    }

    /// Queues a job and waits for its answer.
    pub fn run(&self, job: J) -> Result<A, JobError> {
        let _ = job;
        todo!("run a job")
    }

    /// Queues all jobs and waits for their answers, which come in the order of the jobs.
    pub fn map(&self, jobs: impl IntoIterator<Item = J>) -> Vec<Result<A, JobError>> {
        let _ = jobs.into_iter();
        todo!("run all jobs")
    }

    /// Takes no more jobs; those queued still run.
    pub fn close(self) -> Stopping {
        todo!("close the pool")
    }

    /// Kills the workers; running and queued jobs end as [`JobError::Terminated`].
    pub fn terminate(self) -> Stopping {
        todo!("terminate the pool")
    }
}

impl<J, A> Drop for Pool<J, A> {
    /// Like [`Pool::terminate`] and [`Stopping::join`].
    fn drop(&mut self) {
        // Yours. Mind that the `self` of `close` and `terminate` is dropped at their end too.
    }
}

impl<A> Pending<A> {
    /// Waits for the answer.
    pub fn wait(self) -> Result<A, JobError> {
        todo!("wait for the answer")
    }

    /// Waits for the answer; gives itself back when the time is over.
    pub fn wait_timeout(self, timeout: Duration) -> Result<Result<A, JobError>, Self> {
        todo!("wait {timeout:?} for the answer")
    }
}

impl Stopping {
    /// Returns when every worker has ended and every `done` has returned.
    pub fn join(self) -> io::Result<()> {
        todo!("wait for the workers")
    }
}
