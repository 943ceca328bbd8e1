//! The private channel between a driver and the grader: frames over a stream.

use crate::{Event, Wire};
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use wire::wire;

/// Longest frame, in bytes, header not counted.
pub const MAX_FRAME: usize = 1 << 20;

/// What makes a frame this case's own: drawn by the grader for every process.
pub type Secret = [u8; 16];

wire! {
    /// What a driver process is asked to do, once.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Start {
        /// Repeated in every frame of the driver.
        pub secret: Secret,
        /// Name of the case.
        pub case: String,
        /// Path of the driver program itself, for the child processes that a case starts.
        pub program: String,
        /// The case's input, encoded.
        pub input: Vec<u8>,
    }
}

wire! {
    /// A panic, on any thread, seen when it started.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Panic {
        /// Name of the thread.
        pub thread: String,
        /// Source file, as the compiler was told.
        pub file: String,
        /// Line, from 1.
        pub line: u32,
        /// Column, from 1.
        pub column: u32,
        /// The panic's message.
        pub message: String,
    }
}

wire! {
    /// What a case can use up.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Resource {
        /// Files open at once.
        Files,
        /// Threads and processes.
        Threads,
        /// The room for an answer: it is longer than a frame can be.
        Answer
    }
}

wire! {
    /// One message on the channel.
    #[derive(Debug, Clone, PartialEq)]
    pub enum Frame {
        /// Grader to driver, first and once.
        Start(Start),
        /// Driver to grader: something panicked.
        Panicked((Secret, Panic)),
        /// Driver to grader: tell me when every other thread is asleep.
        Settle(Secret),
        /// Grader to driver: they are (`None`), or these threads never were.
        Settled(Option<String>),
        /// Driver to grader: it has come to this call or scene of its input.
        Reached((Secret, u64)),
        /// Driver to grader: there is no more of this.
        UsedUp((Secret, Resource)),
        /// Driver to grader: value and events, encoded one behind the other. Last and once.
        Answer((Secret, Vec<u8>)),
    }
}

/// Why no frame could be read.
#[derive(Debug)]
pub enum FrameError {
    /// The other side is gone.
    Closed,
    /// The bytes are no frame, or the frame is longer than [`MAX_FRAME`].
    Malformed,
    /// The stream failed.
    Io(io::Error),
}

/// Reads one frame.
///
/// # Errors
/// [`FrameError::Closed`] at the end of the stream, also in the middle of a frame.
pub fn read_frame(stream: &mut impl Read) -> Result<Frame, FrameError> {
    let mut header = [0; 4];
    read_exact(stream, &mut header)?;
    let len = u32::from_le_bytes(header) as usize;
    if len > MAX_FRAME {
        return Err(FrameError::Malformed);
    }
    let mut body = vec![0; len];
    read_exact(stream, &mut body)?;
    Frame::from_bytes(&body).ok_or(FrameError::Malformed)
}

fn read_exact(stream: &mut impl Read, buffer: &mut [u8]) -> Result<(), FrameError> {
    stream
        .read_exact(buffer)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset => FrameError::Closed,
            _ => FrameError::Io(error),
        })
}

/// Writes one frame with a single `write_all`.
///
/// # Errors
/// `InvalidInput` when the frame is longer than [`MAX_FRAME`]; whatever the stream says.
pub fn write_frame(stream: &mut impl Write, frame: &Frame) -> io::Result<()> {
    let body = frame.to_bytes();
    if body.len() > MAX_FRAME {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let len = u32::try_from(body.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    stream.write_all(&[&len.to_le_bytes(), body.as_slice()].concat())
}

/// The driver's end.
pub(crate) struct Channel {
    reader: Mutex<Stream>,
    writer: Mutex<Stream>,
    secret: Secret,
}

impl Channel {
    /// Takes the channel off standard input and reads what to do on it.
    ///
    /// Must run before any student code: afterwards standard input is empty, and no child
    /// inherits the channel.
    pub(crate) fn take() -> io::Result<(Self, Start)> {
        let mut reader = Stream::take()?;
        let first = read_frame(&mut reader).map_err(|error| {
            io::Error::other(format!("nothing to do on the channel: {error:?}"))
        })?;
        let Frame::Start(start) = first else {
            return Err(io::Error::other("the first frame does not start a case"));
        };
        let writer = Mutex::new(reader.try_clone()?);
        let reader = Mutex::new(reader);
        let secret = start.secret;
        Ok((
            Self {
                reader,
                writer,
                secret,
            },
            start,
        ))
    }

    /// Sends the answer, or says that it is too long.
    pub(crate) fn answer(&self, mut value: Vec<u8>, events: &Vec<Event>) -> io::Result<()> {
        events.put(&mut value);
        let sent = self.send(&Frame::Answer((self.secret, value)));
        let is_too_long = |error: &io::Error| error.kind() == io::ErrorKind::InvalidInput;
        if sent.as_ref().is_err_and(is_too_long) {
            self.send(&Frame::UsedUp((self.secret, Resource::Answer)))?;
        }
        sent
    }

    /// Says so if the process has used up its open files.
    pub(crate) fn report_files(&self) {
        const TOO_MANY_OPEN_FILES: Option<i32> = Some(24);
        let opened = std::fs::File::open("/dev/null");
        if opened.is_err_and(|error| error.raw_os_error() == TOO_MANY_OPEN_FILES) {
            let _ = self.send(&Frame::UsedUp((self.secret, Resource::Files)));
        }
    }

    /// Says so if no thread can be started any more. Tried at the first panic only, and the
    /// thread is waited for, so that a case with many panics is not itself the reason.
    pub(crate) fn report_threads(&self) {
        static TRIED: AtomicBool = AtomicBool::new(false);
        if TRIED.swap(true, Ordering::Relaxed) {
            return;
        }
        match std::thread::Builder::new().spawn(|| ()) {
            Ok(started) => drop(started.join()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let _ = self.send(&Frame::UsedUp((self.secret, Resource::Threads)));
            }
            Err(_) => {}
        }
    }

    /// Reports a panic; a channel that is gone has nobody to tell.
    pub(crate) fn panicked(&self, panic: Panic) {
        let _ = self.send(&Frame::Panicked((self.secret, panic)));
    }

    /// Says how far the case has come; a channel that is gone has nobody to tell.
    pub(crate) fn reached(&self, index: u64) {
        let _ = self.send(&Frame::Reached((self.secret, index)));
    }

    /// Asks until when to wait, and waits; `None` when every other thread sleeps.
    pub(crate) fn settle(&self) -> Option<String> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        self.send(&Frame::Settle(self.secret)).ok()?;
        match read_frame(&mut *reader) {
            Ok(Frame::Settled(restless)) => restless,
            _ => Some("the grader did not answer".to_owned()),
        }
    }

    fn send(&self, frame: &Frame) -> io::Result<()> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        write_frame(&mut *writer, frame)
    }
}

/// What carries the frames: a socket handed over as standard input where the system can,
/// otherwise a loopback connection to a port named on standard input.
enum Stream {
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixStream),
    Tcp(std::net::TcpStream),
}

impl Stream {
    fn take() -> io::Result<Self> {
        if std::env::args().nth(1).as_deref() == Some("--tcp") {
            return Self::connect();
        }
        #[cfg(unix)]
        return Self::take_stdin();
        #[cfg(not(unix))]
        Self::connect()
    }

    #[cfg(unix)]
    #[expect(unsafe_code, reason = "only a raw descriptor can be taken off fd 0")]
    fn take_stdin() -> io::Result<Self> {
        use std::os::fd::{AsFd, FromRawFd, IntoRawFd, OwnedFd};
        let channel = io::stdin().as_fd().try_clone_to_owned()?;
        // SAFETY: nothing else in this process owns descriptor 0, and no other thread runs
        // yet that could use it.
        drop(unsafe { OwnedFd::from_raw_fd(0) });
        // The lowest free descriptor is the one just closed, so this is standard input now.
        let _ = std::fs::File::open("/dev/null")?.into_raw_fd();
        Ok(Self::Unix(channel.into()))
    }

    fn connect() -> io::Result<Self> {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        let port: u16 = line
            .trim()
            .parse()
            .map_err(|_| io::Error::other("no port on standard input"))?;
        Ok(Self::Tcp(std::net::TcpStream::connect((
            "127.0.0.1",
            port,
        ))?))
    }

    fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            #[cfg(unix)]
            Self::Unix(stream) => Self::Unix(stream.try_clone()?),
            Self::Tcp(stream) => Self::Tcp(stream.try_clone()?),
        })
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            #[cfg(unix)]
            Self::Unix(stream) => stream.read(buffer),
            Self::Tcp(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            #[cfg(unix)]
            Self::Unix(stream) => stream.write(bytes),
            Self::Tcp(stream) => stream.write(bytes),
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
