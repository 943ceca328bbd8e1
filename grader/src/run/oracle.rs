//! The grader's side of an oracle: one request, one reply.

use crate::error::{Error, Result};
use crate::process::tool;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::{Mutex, PoisonError};
use suite_judge::protocol::{
    DescribeRequest, JudgeRequest, PlannedCase, Reply, Request, receive, send,
};
use suite_judge::{Excerpt, Judgement};

/// The running oracle of one kata. Dropping it ends it.
pub(crate) struct Oracle {
    kata: String,
    conversation: Mutex<Conversation>,
}

struct Conversation {
    process: Child,
    requests: BufWriter<ChildStdin>,
    replies: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts the oracle program of this kata.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn start(program: &Path, kata: &str) -> Result<Self> {
        let mut process = tool(program, &std::env::temp_dir()).start()?;
        let (Some(requests), Some(replies)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(Error::bug(&"an oracle has no standard input and output"));
        };
        Ok(Self {
            kata: kata.to_owned(),
            conversation: Mutex::new(Conversation {
                process,
                requests: BufWriter::new(requests),
                replies: BufReader::new(replies),
            }),
        })
    }

    /// The cases, with inputs for this seed.
    ///
    /// # Errors
    /// When the suite panics.
    pub(crate) fn plan(&self, seed: u64) -> Result<Vec<PlannedCase>> {
        match self.ask(&Request::Plan(seed))? {
            Reply::Plan(cases) => Ok(cases),
            reply => Err(self.unexpected("the plan", &reply)),
        }
    }

    /// What an answer is worth.
    ///
    /// # Errors
    /// When the suite panics.
    pub(crate) fn judge(&self, case: &str, seed: u64, answer: Vec<u8>) -> Result<Judgement> {
        let request = Request::Judge(JudgeRequest {
            case: case.to_owned(),
            seed,
            answer,
        });
        match self.ask(&request)? {
            Reply::Judged(judgement) => Ok(judgement),
            reply => Err(self.unexpected(case, &reply)),
        }
    }

    /// The input of a case that gave no answer, as far as its driver has come in it.
    ///
    /// # Errors
    /// When the suite panics.
    pub(crate) fn describe(&self, case: &str, seed: u64, reached: Option<u64>) -> Result<Excerpt> {
        let request = Request::Describe(DescribeRequest {
            case: case.to_owned(),
            seed,
            reached,
        });
        match self.ask(&request)? {
            Reply::Described(input) => Ok(input),
            reply => Err(self.unexpected(case, &reply)),
        }
    }

    fn ask(&self, request: &Request) -> Result<Reply> {
        let conversation = self.conversation.lock();
        let mut conversation = conversation.unwrap_or_else(PoisonError::into_inner);
        let sent = send(&mut conversation.requests, request);
        sent.and_then(|()| receive(&mut conversation.replies))
            .map_err(|error| {
                Error::grader(
                    format!("the oracle of {} does not answer: {error}", self.kata),
                    "this is the grader's fault; please report it with the seed",
                )
            })
    }

    fn unexpected(&self, about: &str, reply: &Reply) -> Error {
        let what = match reply {
            Reply::Panicked(message) => format!("panicked at {about}: {message}"),
            _ => format!("does not know {about}"),
        };
        Error::grader(
            format!("the suite of {} {what}", self.kata),
            "this is the suite's fault; please report it with the seed",
        )
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
