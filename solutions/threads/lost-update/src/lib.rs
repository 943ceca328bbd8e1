//! How two tellers lose a deposit, step by step.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

/// Who deposits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Teller {
    /// Deposits the first amount.
    First,
    /// Deposits the second amount.
    Second,
}

/// One half of `balance = balance + amount`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The teller reads the balance and adds the amount, on a slip of paper of their own.
    Load(Teller),
    /// The teller makes what is on the slip the new balance.
    Store(Teller),
}

/// The schedule does not hold each teller's `Load` and `Store` once, in that order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BadSchedule;

impl fmt::Display for BadSchedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("each teller must load once and then store once")
    }
}

impl Error for BadSchedule {}

/// How far a teller is. What may come next is in the type: nothing is stored that was not
/// loaded, and nothing is loaded or stored twice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slip {
    Blank,
    Written(i64),
    Used,
}

/// The balance after both deposits ran in this order of steps.
pub fn replay(start: i64, amounts: [i64; 2], schedule: &[Step]) -> Result<i64, BadSchedule> {
    let mut balance = start;
    let mut slips = [Slip::Blank; 2];
    for step in schedule {
        let (Step::Load(teller) | Step::Store(teller)) = *step;
        let (slip, amount) = match teller {
            Teller::First => (&mut slips[0], amounts[0]),
            Teller::Second => (&mut slips[1], amounts[1]),
        };
        match (step, *slip) {
            (Step::Load(_), Slip::Blank) => *slip = Slip::Written(balance + amount),
            (Step::Store(_), Slip::Written(sum)) => {
                // The lost update is here: nobody asks whether the balance is still the one
                // that was loaded.
                balance = sum;
                *slip = Slip::Used;
            }
            _ => return Err(BadSchedule),
        }
    }
    if slips == [Slip::Used; 2] {
        Ok(balance)
    } else {
        Err(BadSchedule)
    }
}

/// Every balance that the six possible schedules can end in.
pub fn outcomes(start: i64, amounts: [i64; 2]) -> BTreeSet<i64> {
    use Step::{Load, Store};
    use Teller::{First, Second};
    const STEPS: [Step; 4] = [Load(First), Store(First), Load(Second), Store(Second)];

    // All lists of four steps, counted in base four. `replay` knows which six of them are
    // schedules, so there is no second place that has to know it.
    let lists = (0..256).map(|number| [0, 2, 4, 6].map(|shift| STEPS[(number >> shift) & 3]));
    lists
        .filter_map(|list| replay(start, amounts, &list).ok())
        .collect()
}
