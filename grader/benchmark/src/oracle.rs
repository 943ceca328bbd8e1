//! Asks the oracle for the inputs of plain tests.

use crate::plain::Inputs;
use anyhow::{Context, Result, bail};
use std::io::{BufReader, BufWriter};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use suite_judge::protocol::{PlanRequest, Reply, Request, receive, send};

/// The seed of every plain test.
const SEED: u64 = 1;

/// An oracle, until dropped.
#[derive(Debug)]
pub(crate) struct Oracle {
    child: Child,
    requests: BufWriter<ChildStdin>,
    replies: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts the program.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(program: &Path) -> Result<Self> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", program.display()))?;
        let streams = child.stdin.take().zip(child.stdout.take());
        let (requests, replies) = streams.context("the oracle's streams are gone")?;
        Ok(Self {
            child,
            requests: BufWriter::new(requests),
            replies: BufReader::new(replies),
        })
    }

    /// The input of each case of a kata that runs.
    ///
    /// # Errors
    /// When the oracle does not know the kata or is gone.
    pub(crate) fn inputs(&mut self, kata: &str) -> Result<Inputs> {
        let request = Request::Plan(PlanRequest {
            kata: kata.to_owned(),
            seed: SEED,
        });
        send(&mut self.requests, &request)?;
        match receive(&mut self.replies)? {
            Reply::Plan(cases) => Ok(cases
                .into_iter()
                .filter_map(|case| Some((case.name, case.input?)))
                .collect()),
            other => bail!("the oracle has no plan for {kata}: {other:?}"),
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
