// Mistake: a guard in the head of the `while let` keeps the lock while the job runs.
// Caught by: as_many_jobs_run_as_there_are_workers

//! A fixed number of worker processes that share the jobs of a program.

pub mod worker;

use serde::{Serialize, de::DeserializeOwned};
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::io;
use std::mem;
use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::process::Command;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use worker::{CallError, Killer, Worker};

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
// `Worker::call` blocks, so each worker has a thread that waits for it. From there on this
// is a thread pool: the threads share a queue, and it is they who call `done`.
pub struct Pool<J, A> {
    shared: Arc<Shared<J, A>>,
    /// Empty when the pool has been closed or terminated.
    threads: Vec<JoinHandle<io::Result<()>>>,
    workers: NonZeroUsize,
}

/// The answer to come.
pub struct Pending<A> {
    answer: mpsc::Receiver<Result<A, JobError>>,
}

/// A pool that takes no more jobs. Dropped without [`Stopping::join`], it ends by itself.
#[must_use = "the workers may still run; `join` waits for them"]
pub struct Stopping {
    threads: Vec<JoinHandle<io::Result<()>>>,
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

/// What the pool and its threads share.
struct Shared<J, A> {
    state: Mutex<State<J, A>>,
    /// Notified when there is a job more, or when there will be none any more.
    changed: Condvar,
    command: Box<dyn Fn() -> Command + Send + Sync>,
}

struct State<J, A> {
    phase: Phase,
    queue: VecDeque<Task<J, A>>,
    /// One for each thread.
    killers: Vec<Killer>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    Closed,
    Terminated,
}

struct Task<J, A> {
    job: J,
    done: Done<A>,
}

type Done<A> = Box<dyn FnOnce(Result<A, JobError>) + Send>;

impl<J, A> Shared<J, A> {
    fn state(&self) -> MutexGuard<'_, State<J, A>> {
        // No code of a user runs under the lock, so a poisoned state is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next job; `None` when there will be none any more.
    fn next(&self) -> MutexGuard<'_, State<J, A>> {
        let waits = |state: &mut State<J, A>| state.queue.is_empty() && state.phase == Phase::Open;
        let state = self.changed.wait_while(self.state(), waits);
        state.unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.state().phase = Phase::Closed;
        // All of them: each idle thread has to close the stdin of its own worker.
        self.changed.notify_all();
    }

    fn terminate(&self) {
        let mut state = self.state();
        state.phase = Phase::Terminated;
        for killer in &state.killers {
            // A worker that cannot be killed has ended already.
            let _ = killer.kill();
        }
        let queue = mem::take(&mut state.queue);
        drop(state);
        self.changed.notify_all();
        for task in queue {
            tell(task.done, Err(JobError::Terminated));
        }
    }

    /// Why a worker has ended before its job.
    fn loss(&self) -> JobError {
        match self.state().phase {
            Phase::Terminated => JobError::Terminated,
            _ => JobError::WorkerDied,
        }
    }

    /// Starts a worker in place of the one that this thread has lost.
    fn replace(&self, thread: usize) -> Result<Worker, JobError> {
        let worker = Worker::spawn((self.command)()).map_err(|_| self.loss())?;
        // Looking at the phase and leaving the killer is one step under one lock. Otherwise
        // `terminate` could come between them, and nobody would kill this worker.
        let mut state = self.state();
        if state.phase == Phase::Terminated {
            return Err(JobError::Terminated);
        }
        state.killers[thread] = worker.killer();
        Ok(worker)
    }
}

/// Tells how a job ended. A panic of the listener is its own affair: it has been printed, and
/// the thread still has a worker to look after.
fn tell<A>(done: Done<A>, outcome: Result<A, JobError>) {
    let _ = panic::catch_unwind(AssertUnwindSafe(|| done(outcome)));
}

impl<J: Serialize, A: DeserializeOwned> Shared<J, A> {
    /// What a thread does: gives its worker one job after another.
    fn tend(&self, thread: usize, worker: Worker) -> io::Result<()> {
        let mut worker = Some(worker);
        while let Some(Task { job, done }) = self.next().queue.pop_front() {
            tell(done, self.attempt(thread, &mut worker, &job));
        }
        worker.map_or(Ok(()), Worker::finish)
    }

    fn attempt(&self, thread: usize, worker: &mut Option<Worker>, job: &J) -> Result<A, JobError> {
        // A job that has begun is not tried again: it may be the one that kills. A worker
        // that was gone before has not touched it, so another gets it; only once, because a
        // program that ends at once will always be gone.
        for _ in 0..2 {
            let able = match worker {
                Some(worker) => worker,
                None => worker.insert(self.replace(thread)?),
            };
            match able.call(job) {
                Ok(answer) => return Ok(answer),
                Err(CallError::Failed(message)) => return Err(JobError::Failed(message)),
                Err(CallError::Gone) => *worker = None,
                Err(CallError::Died) => {
                    *worker = None;
                    break;
                }
            }
        }
        Err(self.loss())
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
        // All processes before the first thread: if one cannot start, `?` drops the others,
        // and no thread has to be told.
        let children: Vec<Worker> = (0..workers.get())
            .map(|_| Worker::spawn(worker()))
            .collect::<io::Result<_>>()?;
        let state = State {
            phase: Phase::Open,
            queue: VecDeque::new(),
            killers: children.iter().map(Worker::killer).collect(),
        };
        let mut pool = Self {
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                changed: Condvar::new(),
                command: Box::new(worker),
            }),
            threads: Vec::with_capacity(children.len()),
            workers,
        };
        for (index, child) in children.into_iter().enumerate() {
            let shared = Arc::clone(&pool.shared);
            let thread = thread::Builder::new().name(format!("worker {index}"));
            // Should this fail, `pool` is dropped, which ends those that run.
            let thread = thread.spawn(move || shared.tend(index, child))?;
            pool.threads.push(thread);
        }
        Ok(pool)
    }

    /// How many workers there are.
    pub fn workers(&self) -> NonZeroUsize {
        self.workers
    }

    /// Queues a job. `done` hears once how it ended, before [`Stopping::join`] returns.
    pub fn submit_then(&self, job: J, done: impl FnOnce(Result<A, JobError>) + Send + 'static) {
        let done = Box::new(done);
        self.shared.state().queue.push_back(Task { job, done });
        self.shared.changed.notify_one();
    }

    /// Queues a job whose answer can be waited for.
    pub fn submit(&self, job: J) -> Pending<A> {
        let (sender, answer) = mpsc::channel();
        // Nobody may be waiting any more; then the answer is of no use.
        self.submit_then(job, move |outcome| drop(sender.send(outcome)));
        Pending { answer }
    }

    /// Queues a job and waits for its answer.
    pub fn run(&self, job: J) -> Result<A, JobError> {
        self.submit(job).wait()
    }

    /// Queues all jobs and waits for their answers, which come in the order of the jobs.
    pub fn map(&self, jobs: impl IntoIterator<Item = J>) -> Vec<Result<A, JobError>> {
        // Iterators are lazy: without the list in between, each job would be queued only
        // after the answer before it.
        let pending: Vec<Pending<A>> = jobs.into_iter().map(|job| self.submit(job)).collect();
        pending.into_iter().map(Pending::wait).collect()
    }

    /// Takes no more jobs; those queued still run.
    pub fn close(mut self) -> Stopping {
        self.shared.close();
        self.stopping()
    }

    /// Kills the workers; running and queued jobs end as [`JobError::Terminated`].
    pub fn terminate(mut self) -> Stopping {
        self.shared.terminate();
        self.stopping()
    }
}

impl<J, A> Pool<J, A> {
    fn stopping(&mut self) -> Stopping {
        let threads = mem::take(&mut self.threads);
        Stopping { threads }
    }
}

impl<J, A> Drop for Pool<J, A> {
    /// Like [`Pool::terminate`] and [`Stopping::join`].
    // Runs at the end of `close` and of `terminate` too, where the threads have moved on to
    // the `Stopping`: then there is nothing left to end.
    fn drop(&mut self) {
        if !self.threads.is_empty() {
            self.shared.terminate();
            // Nobody is there to hear of an error.
            let _ = self.stopping().join();
        }
    }
}

impl<A> Pending<A> {
    /// Waits for the answer.
    pub fn wait(self) -> Result<A, JobError> {
        // A sender that is gone without a word was lost with the pool.
        self.answer.recv().unwrap_or(Err(JobError::Terminated))
    }

    /// Waits for the answer; gives itself back when the time is over.
    pub fn wait_timeout(self, timeout: Duration) -> Result<Result<A, JobError>, Self> {
        match self.answer.recv_timeout(timeout) {
            Ok(outcome) => Ok(outcome),
            Err(RecvTimeoutError::Timeout) => Err(self),
            Err(RecvTimeoutError::Disconnected) => Ok(Err(JobError::Terminated)),
        }
    }
}

impl Stopping {
    /// Returns when every worker has ended and every `done` has returned.
    pub fn join(self) -> io::Result<()> {
        // All of them first: the first error must not leave the others running.
        let ends: Vec<_> = self.threads.into_iter().map(JoinHandle::join).collect();
        ends.into_iter()
            .try_for_each(|end| end.unwrap_or_else(|panic| panic::resume_unwind(panic)))
    }
}
