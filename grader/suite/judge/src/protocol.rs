//! What grader and oracle say to each other: one request, one reply, in turn.

use crate::{Excerpt, Judgement};
use std::io::{self, Read, Write};
use wire::{Wire, wire};

/// Longest message, in bytes: a plan holds the inputs of a whole kata.
pub const MAX_MESSAGE: usize = 64 << 20;

wire! {
    /// Grader to oracle.
    #[derive(Debug, Clone, PartialEq)]
    pub enum Request {
        /// The cases, with inputs for this seed.
        Plan(u64),
        /// Judge an answer.
        Judge(JudgeRequest),
        /// Tell the input of a case that has no answer.
        Describe(DescribeRequest)
    }
}

wire! {
    /// Which answer, to what.
    #[derive(Debug, Clone, PartialEq)]
    pub struct JudgeRequest {
        /// Name of the case.
        pub case: String,
        /// The seed that the input was drawn under.
        pub seed: u64,
        /// The driver's answer, never decoded on the way.
        pub answer: Vec<u8>,
    }
}

wire! {
    /// The input of which case, and how far that has come.
    #[derive(Debug, Clone, PartialEq)]
    pub struct DescribeRequest {
        /// Name of the case.
        pub case: String,
        /// The seed that the input was drawn under.
        pub seed: u64,
        /// The call or scene that it has come to, if the driver said so.
        pub reached: Option<u64>,
    }
}

wire! {
    /// Oracle to grader.
    #[derive(Debug, Clone, PartialEq)]
    pub enum Reply {
        /// The cases, in the suite's order.
        Plan(Vec<PlannedCase>),
        /// What the answer is worth.
        Judged(Judgement),
        /// The input, in words.
        Described(Excerpt),
        /// The oracle has no such case.
        Unknown(String),
        /// An `input` or `judge` block of the suite panicked: the suite's fault.
        Panicked(String)
    }
}

wire! {
    /// One case of a plan.
    #[derive(Debug, Clone, PartialEq)]
    pub struct PlannedCase {
        /// Its name.
        pub name: String,
        /// The property.
        pub title: String,
        /// What it is worth.
        pub points: u32,
        /// Whether it rests on events that the process only claims.
        pub claims: bool,
        /// Its input, encoded; `None` for a program that must not compile.
        pub input: Option<Vec<u8>>,
    }
}

/// Writes one message and flushes.
///
/// # Errors
/// `InvalidInput` when it is longer than [`MAX_MESSAGE`]; whatever the stream says.
pub fn send(stream: &mut impl Write, message: &impl Wire) -> io::Result<()> {
    let body = message.to_bytes();
    let len = u32::try_from(body.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    if body.len() > MAX_MESSAGE {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    stream.write_all(&len.to_le_bytes())?;
    stream.write_all(&body)?;
    stream.flush()
}

/// Reads one message.
///
/// # Errors
/// `UnexpectedEof` when the other side is gone, `InvalidData` when the bytes are no message.
pub fn receive<T: Wire>(stream: &mut impl Read) -> io::Result<T> {
    let mut header = [0; 4];
    stream.read_exact(&mut header)?;
    let len = u32::from_le_bytes(header) as usize;
    if len > MAX_MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut body = vec![0; len];
    stream.read_exact(&mut body)?;
    T::from_bytes(&body).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
