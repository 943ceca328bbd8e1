//! Given: a child process that answers one job at a time. Nothing is to be done here.
//!
//! Parent and child talk as in `process-pipe`: a message is its length, four bytes with the
//! highest first, and that many bytes of JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, ErrorKind, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The longest message, in bytes.
const MAX_MESSAGE: usize = 1 << 20;

/// A worker process.
///
/// Dropped, it is killed and waited for, so no worker outlives this value.
#[derive(Debug)]
pub struct Worker {
    child: Arc<Mutex<Child>>,
    /// `None` when nothing more will be sent.
    stdin: Option<ChildStdin>,
    stdout: ChildStdout,
}

/// Can end a worker while another thread waits in [`Worker::call`].
#[derive(Debug, Clone)]
pub struct Killer {
    child: Arc<Mutex<Child>>,
}

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// The job returned an error, or the job or its answer is longer than 1 MiB. The worker is
    /// ready for the next job.
    Failed(String),
    /// The worker had died before it took the job: the job has not begun.
    Gone,
    /// The worker has died with the job in hand.
    Died,
}

impl Worker {
    /// Starts a worker program, one that calls [`serve`].
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        Ok(Self {
            child: Arc::new(Mutex::new(child)),
            stdin,
            stdout: stdout.expect("its stdout is a pipe"),
        })
    }

    /// What ends this worker from another thread.
    pub fn killer(&self) -> Killer {
        let child = Arc::clone(&self.child);
        Killer { child }
    }

    /// Gives the worker a job and waits for the answer.
    ///
    /// After [`CallError::Gone`] and [`CallError::Died`] the process has ended and has been
    /// waited for; every further call is [`CallError::Gone`].
    pub fn call<J: Serialize, A: DeserializeOwned>(&mut self, job: &J) -> Result<A, CallError> {
        let job = encode(job).map_err(|error| CallError::Failed(error.to_string()))?;
        let Some(stdin) = &mut self.stdin else {
            return Err(CallError::Gone);
        };
        // A worker reads a whole job before it begins it.
        if stdin.write_all(&job).is_err() {
            self.end();
            return Err(CallError::Gone);
        }
        let answer = receive(&mut self.stdout).ok().flatten();
        let answer = answer.and_then(|answer| serde_json::from_slice(&answer).ok());
        let Some(answer): Option<Result<A, String>> = answer else {
            self.end();
            return Err(CallError::Died);
        };
        answer.map_err(CallError::Failed)
    }

    /// Closes the worker's stdin, so that it ends, and waits for it.
    pub fn finish(mut self) -> io::Result<()> {
        drop(self.stdin.take());
        // Its stdout ends when it ends. Until then a killer must find the lock free.
        io::copy(&mut self.stdout, &mut io::sink())?;
        lock(&self.child).wait().map(drop)
    }

    fn end(&mut self) {
        self.stdin = None;
        let mut child = lock(&self.child);
        // A child that has been waited for is left alone by both.
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.end();
    }
}

impl Killer {
    /// Kills the worker; one that has ended is left alone. The call that waits for it ends as
    /// [`CallError::Died`].
    pub fn kill(&self) -> io::Result<()> {
        lock(&self.child).kill()
    }
}

/// The loop of the worker program: does the jobs that come on stdin, until stdin ends.
///
/// Answers leave on stdout, so `work` must print nothing there. A `work` that panics ends
/// the program.
pub fn serve<J: DeserializeOwned, A: Serialize>(
    mut work: impl FnMut(J) -> Result<A, String>,
) -> io::Result<()> {
    let mut stdin = io::stdin();
    while let Some(job) = receive(&mut stdin)? {
        let answer: Result<A, String> = match serde_json::from_slice(&job) {
            Ok(job) => work(job),
            Err(error) => Err(format!("this is no job: {error}")),
        };
        let answer = encode(&answer)
            .or_else(|error| encode(&Err::<A, _>(format!("the answer: {error}"))))?;
        let mut stdout = io::stdout();
        stdout.write_all(&answer)?;
        stdout.flush()?;
    }
    Ok(())
}

fn lock(child: &Mutex<Child>) -> MutexGuard<'_, Child> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The frame of a value.
fn encode(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let message = serde_json::to_vec(value)?;
    let len = u32::try_from(message.len()).ok();
    let Some(len) = len.filter(|_| message.len() <= MAX_MESSAGE) else {
        let reason = format!("{} bytes are too many for one message", message.len());
        return Err(io::Error::new(ErrorKind::InvalidInput, reason));
    };
    Ok([&len.to_be_bytes(), message.as_slice()].concat())
}

/// The next message; `None` at the end of the stream.
fn receive(stream: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let header = read_up_to(stream, 4)?;
    if header.is_empty() {
        return Ok(None);
    }
    let header = header.try_into().map_err(|_| ErrorKind::UnexpectedEof)?;
    let len = u64::from(u32::from_be_bytes(header));
    if len > MAX_MESSAGE as u64 {
        return Err(ErrorKind::InvalidData.into());
    }
    let message = read_up_to(stream, len)?;
    if (message.len() as u64) < len {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(message))
}

fn read_up_to(stream: &mut impl Read, len: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream.take(len).read_to_end(&mut bytes)?;
    Ok(bytes)
}
