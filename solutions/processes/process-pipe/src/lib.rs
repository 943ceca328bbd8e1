//! Whole messages through pipes: between threads, and between processes.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind, PipeReader, PipeWriter, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;

/// The longest message, in bytes.
pub const MAX_MESSAGE: usize = 1 << 20;

/// Why a message could not be sent or received.
#[derive(Debug)]
#[non_exhaustive]
pub enum PipeError {
    /// Nobody will ever read what is sent.
    Closed,
    /// The stream ended inside a message, or before one that had to come.
    Truncated,
    /// A length over [`MAX_MESSAGE`]; nothing was allocated or sent for it.
    TooLarge(u64),
    /// Anything else that the operating system reports.
    Io(io::Error),
}

impl fmt::Display for PipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("nobody reads from this pipe any more"),
            Self::Truncated => f.write_str("the stream ended inside a message"),
            Self::TooLarge(length) => write!(f, "a message of {length} bytes is too long"),
            Self::Io(_) => f.write_str("the pipe does not work"),
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

impl From<io::Error> for PipeError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The end of a pipe that messages go into.
#[derive(Debug)]
pub struct Sender<W> {
    writer: W,
}

impl<W: Write> Sender<W> {
    /// Sends messages through `writer`.
    pub fn new(writer: W) -> Self {
        Self { writer }
    }

    /// Sends one message, whole, and flushes.
    pub fn send(&mut self, message: &[u8]) -> Result<(), PipeError> {
        let length = checked_length(message)?;
        // Length and message in one buffer, so that a small frame is one `write`. A pipe takes
        // that whole: the frames of several processes on one pipe never mix.
        let frame = [&length.to_be_bytes(), message].concat();
        let sent = self.writer.write_all(&frame);
        sent.and_then(|()| self.writer.flush())
            .map_err(|error| match error.kind() {
                ErrorKind::BrokenPipe => PipeError::Closed,
                _ => PipeError::Io(error),
            })
    }
}

fn checked_length(message: &[u8]) -> Result<u32, PipeError> {
    match u32::try_from(message.len()) {
        Ok(length) if message.len() <= MAX_MESSAGE => Ok(length),
        _ => Err(PipeError::TooLarge(message.len() as u64)),
    }
}

/// The end of a pipe that messages come out of.
#[derive(Debug)]
pub struct Receiver<R> {
    reader: R,
    /// Nothing comes any more.
    ended: bool,
}

impl<R: Read> Receiver<R> {
    /// Receives messages from `reader`.
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
        let message = self.read_frame();
        // After an error nobody knows where the next frame begins.
        self.ended = !matches!(message, Ok(Some(_)));
        message
    }

    fn read_frame(&mut self) -> Result<Option<Vec<u8>>, PipeError> {
        // Only before the first byte of a frame may a stream end. `read_exact` cannot tell
        // that apart from an end after one, two or three bytes.
        let Some(first) = read_byte(&mut self.reader)? else {
            return Ok(None);
        };
        let mut header = [first, 0, 0, 0];
        self.reader.read_exact(&mut header[1..]).map_err(inside)?;
        let length = u32::from_be_bytes(header);
        // The length is only a claim. Look at it before believing it.
        if length as usize > MAX_MESSAGE {
            return Err(PipeError::TooLarge(length.into()));
        }
        let mut message = vec![0; length as usize];
        self.reader.read_exact(&mut message).map_err(inside)?;
        Ok(Some(message))
    }
}

/// The next byte, `None` at the end of the stream.
fn read_byte(reader: &mut impl Read) -> io::Result<Option<u8>> {
    let mut byte = [0];
    loop {
        match reader.read(&mut byte) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(byte[0])),
            // A signal came first. `read_exact` and `write_all` try again by themselves.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// What a failed read means after a frame has begun.
fn inside(error: io::Error) -> PipeError {
    match error.kind() {
        ErrorKind::UnexpectedEof => PipeError::Truncated,
        _ => PipeError::Io(error),
    }
}

/// All messages until every sender is gone.
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

/// One pipe, as `Pipe(duplex=False)` makes it.
pub fn simplex() -> io::Result<(Sender<PipeWriter>, Receiver<PipeReader>)> {
    let (reader, writer) = io::pipe()?;
    Ok((Sender::new(writer), Receiver::new(reader)))
}

/// Two connections that talk to each other, as `Pipe()` makes them.
#[expect(clippy::type_complexity, reason = "two ends of the same type")]
pub fn duplex() -> io::Result<(
    Connection<PipeReader, PipeWriter>,
    Connection<PipeReader, PipeWriter>,
)> {
    let (to_right, from_left) = simplex()?;
    let (to_left, from_right) = simplex()?;
    let left = Connection {
        sender: to_right,
        receiver: from_right,
    };
    let right = Connection {
        sender: to_left,
        receiver: from_left,
    };
    Ok((left, right))
}

/// A child process that is ended and waited for when it is dropped. Given.
#[derive(Debug)]
struct Reaped(Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        // Nothing left to end is as good as ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A child process that receives messages on its stdin and sends them on its stdout.
#[derive(Debug)]
pub struct Peer {
    child: Reaped,
    connection: Connection<ChildStdout, ChildStdin>,
}

impl Peer {
    /// Starts a child with a pipe to its stdin and one from its stdout.
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = Reaped(command.spawn()?);
        let stdin = child.0.stdin.take().expect("stdin is piped");
        let stdout = child.0.stdout.take().expect("stdout is piped");
        let connection = Connection {
            sender: Sender::new(stdin),
            receiver: Receiver::new(stdout),
        };
        Ok(Self { child, connection })
    }

    /// The connection to the child.
    pub fn connection(&mut self) -> &mut Connection<ChildStdout, ChildStdin> {
        &mut self.connection
    }

    /// Closes the child's stdin, reads its output to the end, waits for it.
    pub fn finish(self) -> io::Result<ExitStatus> {
        let Self {
            mut child,
            connection,
        } = self;
        // In this order: a child that waits for the end of its stdin, or for room in a full
        // pipe, would never end, and we would wait for it for ever.
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
    // Before anything is sent: an answer to a request that is never sent never comes.
    for request in requests {
        checked_length(request)?;
    }
    let Connection { sender, receiver } = connection;
    // A pipe holds some 64 KiB. If nobody reads the answers while the requests are written,
    // both pipes fill up, and both sides wait for each other.
    thread::scope(|scope| {
        let sending = scope.spawn(|| requests.iter().try_for_each(|request| sender.send(request)));
        let answers = requests
            .iter()
            .map(|_| receiver.recv()?.ok_or(PipeError::Truncated))
            .collect::<Result<_, _>>()?;
        match sending.join() {
            Ok(sent) => sent.map(|()| answers),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Starts all commands with one pipe as the stdout of all, and returns every message.
pub fn collect(commands: impl IntoIterator<Item = Command>) -> Result<Vec<Vec<u8>>, PipeError> {
    let (reader, writer) = io::pipe()?;
    let mut children = Vec::new();
    for mut command in commands {
        let child = command.stdout(writer.try_clone()?).spawn()?;
        children.push(Reaped(child));
        // Here `command` ends, and with it our copy of the child's stdout.
    }
    // A pipe ends when its last writer is gone, and until now that was us.
    drop(writer);
    let messages = Receiver::new(reader).collect::<Result<_, _>>()?;
    for child in &mut children {
        child.0.wait()?;
    }
    Ok(messages)
}

/// The child's loop: answers each message on stdin by one on stdout, until stdin ends.
pub fn serve(mut answer: impl FnMut(&[u8]) -> Vec<u8>) -> Result<(), PipeError> {
    let mut sender = Sender::new(io::stdout().lock());
    for message in Receiver::new(io::stdin().lock()) {
        sender.send(&answer(&message?))?;
    }
    Ok(())
}
