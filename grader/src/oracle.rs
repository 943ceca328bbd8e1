//! The grader's side of the oracle: one request, one reply.

use crate::error::{Error, Result};
use crate::process::tool;
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::{Mutex, PoisonError};
use suite_judge::Judgement;
use suite_judge::protocol::{
    JudgeRequest, PlanRequest, PlannedCase, Reply, Request, receive, send,
};

/// A running oracle. Dropping it ends it.
pub(crate) struct Oracle {
    conversation: Mutex<Conversation>,
}

struct Conversation {
    process: Child,
    requests: BufWriter<ChildStdin>,
    replies: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts the program that [`crate::cargo::build_oracle`] built.
    pub(crate) fn start(program: &Path) -> Result<Self> {
        let mut process = tool(program, &std::env::temp_dir()).start()?;
        let (Some(requests), Some(replies)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(gone("it has no standard input and output"));
        };
        Ok(Self {
            conversation: Mutex::new(Conversation {
                process,
                requests: BufWriter::new(requests),
                replies: BufReader::new(replies),
            }),
        })
    }

    /// The cases of a kata, with inputs for this seed.
    pub(crate) fn plan(&self, kata: &str, seed: u64) -> Result<Vec<PlannedCase>> {
        let request = Request::Plan(PlanRequest {
            kata: kata.to_owned(),
            seed,
        });
        match self.ask(&request)? {
            Reply::Plan(cases) => Ok(cases),
            reply => Err(unexpected(kata, &reply)),
        }
    }

    /// What an answer is worth.
    pub(crate) fn judge(
        &self,
        kata: &str,
        case: &str,
        seed: u64,
        answer: Vec<u8>,
    ) -> Result<Judgement> {
        let request = Request::Judge(JudgeRequest {
            kata: kata.to_owned(),
            case: case.to_owned(),
            seed,
            answer,
        });
        match self.ask(&request)? {
            Reply::Judged(judgement) => Ok(judgement),
            reply => Err(unexpected(&format!("{kata}/{case}"), &reply)),
        }
    }

    fn ask(&self, request: &Request) -> Result<Reply> {
        let mut conversation = self
            .conversation
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        send(&mut conversation.requests, request).map_err(|error| gone(&error.to_string()))?;
        receive(&mut conversation.replies).map_err(|error| gone(&error.to_string()))
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn gone(why: &str) -> Error {
    Error::grader(
        format!("the oracle does not answer: {why}"),
        "this is the grader's fault; please report it with the seed",
    )
}

fn unexpected(about: &str, reply: &Reply) -> Error {
    match reply {
        Reply::Panicked(message) => Error::grader(
            format!("the suite of {about} panicked: {message}"),
            "this is the suite's fault; please report it with the seed",
        ),
        _ => Error::grader(
            format!("the oracle does not know {about}"),
            "was the suite added after the grader was built? Run the command again",
        ),
    }
}
