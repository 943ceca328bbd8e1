//! Whole messages over pipes, between threads and between processes.

use std::error::Error;
use std::fmt;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus};

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
        let _ = &self.writer;
        todo!("send {} bytes", message.len())
    }
}

/// The end that receives.
#[derive(Debug)]
pub struct Receiver<R> {
    reader: R,
}

impl<R: Read> Receiver<R> {
    /// Receives from `reader`.
    pub fn new(reader: R) -> Self {
        Self { reader }
    }

    /// Waits for one message; `None` when every sender is gone.
    pub fn recv(&mut self) -> Result<Option<Vec<u8>>, PipeError> {
        let _ = &self.reader;
        todo!("receive a message")
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

/// An end of a [`duplex`].
pub type PipeConnection = Connection<PipeReader, PipeWriter>;

/// One pipe.
pub fn simplex() -> io::Result<(Sender<PipeWriter>, Receiver<PipeReader>)> {
    todo!("make a pipe")
}

/// Two pipes: what one connection sends, the other receives.
pub fn duplex() -> io::Result<(PipeConnection, PipeConnection)> {
    todo!("make two pipes")
}

/// A child process that receives messages on its stdin and sends messages on its stdout.
///
/// Dropped, it kills the child and waits for it.
#[derive(Debug)]
pub struct Peer {
    child: Child,
    connection: Connection<ChildStdout, ChildStdin>,
}

impl Peer {
    /// Starts the child.
    pub fn spawn(command: Command) -> io::Result<Self> {
        todo!("start {command:?}")
    }

    /// The way to the child and back.
    pub fn connection(&mut self) -> &mut Connection<ChildStdout, ChildStdin> {
        &mut self.connection
    }

    /// Closes the child's stdin, reads its stdout to the end, waits for it.
    pub fn finish(self) -> io::Result<ExitStatus> {
        let _ = (self.child, self.connection);
        todo!("finish the child")
    }
}

/// Sends every request and returns as many answers, in order, however large both are.
pub fn exchange<R: Read, W: Write + Send>(
    connection: &mut Connection<R, W>,
    requests: &[Vec<u8>],
) -> Result<Vec<Vec<u8>>, PipeError> {
    let _ = connection;
    todo!("exchange {} requests for answers", requests.len())
}

/// Starts the commands, all with one pipe as their stdout; returns what they send until the
/// last of them has ended.
pub fn collect(commands: impl IntoIterator<Item = Command>) -> Result<Vec<Vec<u8>>, PipeError> {
    let _ = commands.into_iter();
    todo!("collect what the commands send")
}

/// The loop of a child program: one answer on stdout per message on stdin, until stdin ends.
pub fn serve(answer: impl FnMut(&[u8]) -> Vec<u8>) -> Result<(), PipeError> {
    let _ = answer;
    todo!("serve")
}
