//! Runs cases, each in a process of its own, and asks the oracle for inputs and judgements.

mod case;
mod channel;
mod oracle;
mod watch;

pub(crate) use case::{CaseRun, Ending, Evidence, Exhausted, run_case};
pub(crate) use oracle::Oracle;
pub(crate) use watch::{Stop, TICK, Watch};
