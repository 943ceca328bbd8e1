//! Chains of two steps that run side by side, in one task.

use std::fmt;
use std::num::ParseIntError;
use std::time::Duration;

/// A step of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The first step: it needs nothing.
    First,
    /// The second step: it needs the result of the first.
    Second,
}

/// What the chains take from the world outside.
pub trait Env {
    /// How long this part of chain `n` takes; asked once, when the part starts.
    fn delay(&self, part: Part, n: u32) -> Duration;

    /// Says one line, without a line break.
    fn say(&self, line: &str);
}

/// A chain that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chained {
    /// The number of the chain.
    pub n: u32,
    /// What its second part returned.
    pub text: String,
    /// The time from its start to its end.
    pub took: Duration,
}

/// `-->Chained result3 => result3-2 derived from result3-1 (took 4.00 seconds) .`
impl fmt::Display for Chained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f;
        todo!("the line of {self:?}")
    }
}

/// All chains of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The chains, in the order of the arguments.
    pub chains: Vec<Chained>,
    /// The time from the start of the run to the end of its last chain.
    pub took: Duration,
}

/// `Program finished in 11.00 seconds.`
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f;
        todo!("the line of {self:?}")
    }
}

/// The first step of chain `n`.
pub async fn part1(n: u32, env: &impl Env) -> String {
    let _ = env;
    todo!("part 1 of chain {n}")
}

/// The second step of chain `n`, made from the result of the first.
pub async fn part2(n: u32, first: &str, env: &impl Env) -> String {
    let _ = env;
    todo!("part 2 of chain {n}, from {first:?}")
}

/// Both steps of chain `n`, one after the other; says the [`Chained`] at its end.
pub async fn chain(n: u32, env: &impl Env) -> Chained {
    let _ = env;
    todo!("both parts of chain {n}")
}

/// All these chains, side by side.
pub async fn run_all(args: &[u32], env: &impl Env) -> Report {
    let _ = env;
    todo!("the chains {args:?}")
}

/// The numbers that the arguments name, the program's name not among them; `1, 2, 3` if
/// there is none.
pub fn parse_args<I>(args: I) -> Result<Vec<u32>, ParseIntError>
where
    I: IntoIterator<Item: AsRef<str>>,
{
    let count = args.into_iter().count();
    todo!("parse {count} arguments")
}
