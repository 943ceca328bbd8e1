// Mistake: kills the child but does not wait for it; it stays in the system's table.
// Caught by: a_dropped_peer_leaves_nothing

//! Whole messages over pipes, between threads and between processes.

use std::error::Error;
use std::fmt;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::panic::resume_unwind;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;

/// The longest message, in bytes.
pub const MAX_MESSAGE: usize = 1 << 20;

/// Why a message could not be sent or received.
#[derive(Debug)]
#[non_exhaustive]
pub enum PipeError {
    /// Nobody will ever read what is sent: the writer said `BrokenPipe`.
    Closed,
    /// The stream has ended where more must come.
    Truncated,
    /// A length over [`MAX_MESSAGE`].
    TooLarge(u64),
    /// The stream has failed in another way.
    Io(io::Error),
}

impl fmt::Display for PipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("nobody reads the other end of the pipe"),
            Self::Truncated => f.write_str("the stream ended too early"),
            Self::TooLarge(len) => write!(f, "{len} bytes are too many for one message"),
            Self::Io(error) => write!(f, "the pipe failed: {error}"),
        }
    }
}

impl Error for PipeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

/// Every error becomes [`PipeError::Io`]; which of them mean more is for you to say.
impl From<io::Error> for PipeError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The length of a message as its header says it.
fn checked_len(message: &[u8]) -> Result<u32, PipeError> {
    u32::try_from(message.len())
        .ok()
        .filter(|_| message.len() <= MAX_MESSAGE)
        .ok_or(PipeError::TooLarge(message.len() as u64))
}

/// The end that sends.
#[derive(Debug)]
pub struct Sender<W> {
    writer: W,
}

impl<W: Write> Sender<W> {
    /// Sends into `writer`.
    pub fn new(writer: W) -> Self {
        Self { writer }
    }

    /// Sends one message, and flushes.
    pub fn send(&mut self, message: &[u8]) -> Result<(), PipeError> {
        let len = checked_len(message)?;
        // One buffer, so one `write`: where several processes write to one pipe, two writes
        // could have a stranger's bytes between them. The kernel keeps small ones whole.
        let frame = [&len.to_be_bytes(), message].concat();
        self.writer
            .write_all(&frame)
            .and_then(|()| self.writer.flush())
            .map_err(|error| match error.kind() {
                io::ErrorKind::BrokenPipe => PipeError::Closed,
                _ => error.into(),
            })
    }
}

/// The end that receives.
#[derive(Debug)]
pub struct Receiver<R> {
    reader: R,
    ended: bool,
}

impl<R: Read> Receiver<R> {
    /// Receives from `reader`.
    pub fn new(reader: R) -> Self {
        Self {
            reader,
            ended: false,
        }
    }

    /// Waits for one message; `None` when every sender is gone.
    pub fn recv(&mut self) -> Result<Option<Vec<u8>>, PipeError> {
        if self.ended {
            return Ok(None);
        }
        let message = self.read_message();
        // After an error nobody knows where the next frame begins.
        self.ended = !matches!(message, Ok(Some(_)));
        message
    }

    fn read_message(&mut self) -> Result<Option<Vec<u8>>, PipeError> {
        let header = self.read_up_to(4)?;
        // Between two frames the end of the stream is good news, inside a frame it is not:
        // that is why the header is not read with `read_exact`, which cannot tell "no byte"
        // from "too few".
        if header.is_empty() {
            return Ok(None);
        }
        let header = header.try_into().map_err(|_| PipeError::Truncated)?;
        let len = u64::from(u32::from_be_bytes(header));
        if len > MAX_MESSAGE as u64 {
            return Err(PipeError::TooLarge(len));
        }
        let message = self.read_up_to(len)?;
        if (message.len() as u64) < len {
            return Err(PipeError::Truncated);
        }
        Ok(Some(message))
    }

    /// Reads `len` bytes, or those up to the end of the stream.
    // `read_to_end` goes on after short reads and after `Interrupted`, and its buffer grows
    // with what has really come; `take` sees to it that the next frame is not touched.
    fn read_up_to(&mut self, len: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.reader.by_ref().take(len).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// The messages that are still to come.
impl<R: Read> Iterator for Receiver<R> {
    type Item = Result<Vec<u8>, PipeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.recv().transpose()
    }
}

/// Both directions.
#[derive(Debug)]
pub struct Connection<R, W> {
    /// To the other side.
    pub sender: Sender<W>,
    /// From the other side.
    pub receiver: Receiver<R>,
}

impl<R: Read, W: Write> Connection<R, W> {
    fn over(reader: R, writer: W) -> Self {
        Self {
            sender: Sender::new(writer),
            receiver: Receiver::new(reader),
        }
    }
}

/// An end of a [`duplex`].
pub type PipeConnection = Connection<PipeReader, PipeWriter>;

/// One pipe.
pub fn simplex() -> io::Result<(Sender<PipeWriter>, Receiver<PipeReader>)> {
    let (reader, writer) = io::pipe()?;
    Ok((Sender::new(writer), Receiver::new(reader)))
}

/// Two pipes: what one connection sends, the other receives.
pub fn duplex() -> io::Result<(PipeConnection, PipeConnection)> {
    let (left_reader, right_writer) = io::pipe()?;
    let (right_reader, left_writer) = io::pipe()?;
    Ok((
        Connection::over(left_reader, left_writer),
        Connection::over(right_reader, right_writer),
    ))
}

/// A child that does not outlive this value.
// std's `Child` neither kills nor waits when it is dropped. Every function below holds its
// children in this, so that no way out, `?` included, leaves one behind.
#[derive(Debug)]
struct Owned(Child);

impl Drop for Owned {
    fn drop(&mut self) {
        // A child that has been waited for is left alone by both.
        let _ = self.0.kill();
    }
}

/// A child process that receives messages on its stdin and sends messages on its stdout.
///
/// Dropped, it kills the child and waits for it.
// The `Drop` is that of a field: `finish` could not take a type apart that has its own.
#[derive(Debug)]
pub struct Peer {
    child: Owned,
    connection: Connection<ChildStdout, ChildStdin>,
}

impl Peer {
    /// Starts the child.
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = Owned(command.spawn()?);
        let stdout = child.0.stdout.take().expect("its stdout is a pipe");
        let stdin = child.0.stdin.take().expect("its stdin is a pipe");
        Ok(Self {
            child,
            connection: Connection::over(stdout, stdin),
        })
    }

    /// The way to the child and back.
    pub fn connection(&mut self) -> &mut Connection<ChildStdout, ChildStdin> {
        &mut self.connection
    }

    /// Closes the child's stdin, reads its stdout to the end, waits for it.
    // In this order: the child may run until its stdin ends, and it may still write more
    // than a pipe holds. Not by `recv`, because what it writes may be no message.
    pub fn finish(self) -> io::Result<ExitStatus> {
        let Self {
            mut child,
            connection,
        } = self;
        drop(connection.sender);
        let mut rest = connection.receiver.reader;
        io::copy(&mut rest, &mut io::sink())?;
        child.0.wait()
    }
}

/// Sends every request and returns as many answers, in order, however large both are.
pub fn exchange<R: Read, W: Write + Send>(
    connection: &mut Connection<R, W>,
    requests: &[Vec<u8>],
) -> Result<Vec<Vec<u8>>, PipeError> {
    // Before the first is sent: a request left out later would leave the receiver waiting
    // for an answer that never comes.
    for request in requests {
        checked_len(request)?;
    }
    let Connection { sender, receiver } = connection;
    // A pipe holds only so much. Whoever sends everything first waits for a peer that waits
    // for its answers to be read, so each direction has a thread to itself.
    thread::scope(|scope| {
        let sending = scope.spawn(|| requests.iter().try_for_each(|request| sender.send(request)));
        let answers: Result<Vec<Vec<u8>>, PipeError> = requests
            .iter()
            .map(|_| receiver.recv()?.ok_or(PipeError::Truncated))
            .collect();
        let sent = sending.join().unwrap_or_else(|panic| resume_unwind(panic));
        // A peer that dies spoils both directions; the missing answers say more.
        let answers = answers?;
        sent.map(|()| answers)
    })
}

/// Starts the commands, all with one pipe as their stdout; returns what they send until the
/// last of them has ended.
pub fn collect(commands: impl IntoIterator<Item = Command>) -> Result<Vec<Vec<u8>>, PipeError> {
    let (reader, writer) = io::pipe()?;
    let mut children = Vec::new();
    for mut command in commands {
        command.stdout(writer.try_clone()?);
        children.push(Owned(command.spawn()?));
        // Here `command` is dropped, and its clone of the writer with it.
    }
    // The last copy in this process. The end comes when the children's are closed as well.
    drop(writer);
    let messages = Receiver::new(reader).collect::<Result<_, _>>()?;
    for child in &mut children {
        child.0.wait()?;
    }
    Ok(messages)
}

/// The loop of a child program: one answer on stdout per message on stdin, until stdin ends.
pub fn serve(mut answer: impl FnMut(&[u8]) -> Vec<u8>) -> Result<(), PipeError> {
    let mut sender = Sender::new(io::stdout());
    for message in Receiver::new(io::stdin()) {
        sender.send(&answer(&message?))?;
    }
    Ok(())
}
