//! How two tellers lose a deposit, step by step.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

/// Who makes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Teller {
    /// The teller who deposits the first amount.
    First,
    /// The teller who deposits the second amount.
    Second,
}

/// One half of `balance = balance + amount`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The teller reads the balance, adds their amount, and writes the sum on their slip.
    Load(Teller),
    /// The teller makes what is on their slip the new balance.
    Store(Teller),
}

/// The schedule does not hold each teller's `Load` and `Store` exactly once, in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BadSchedule;

impl fmt::Display for BadSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("each teller must load once and then store once")
    }
}

impl Error for BadSchedule {}

/// The balance after both deposits ran in this order of steps.
pub fn replay(start: i64, amounts: [i64; 2], schedule: &[Step]) -> Result<i64, BadSchedule> {
    todo!("run {schedule:?} from {start} with {amounts:?}")
}

/// Every balance that the six possible schedules can end in.
pub fn outcomes(start: i64, amounts: [i64; 2]) -> BTreeSet<i64> {
    todo!("all results from {start} with {amounts:?}")
}
