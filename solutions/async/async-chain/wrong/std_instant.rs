// Mistake: measures with std's clock, which does not follow tokio's.
// Caught by: a_chain_measures_its_own_time

//! Chains of two steps that run side by side, in one task.

use futures::future::join_all;
use std::fmt;
use std::num::ParseIntError;
use std::time::{Duration, Instant};
use tokio::time::sleep;

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
        let (n, text, took) = (self.n, &self.text, self.took.as_secs_f64());
        write!(
            f,
            "-->Chained result{n} => {text} (took {took:.2} seconds) ."
        )
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
        write!(
            f,
            "Program finished in {:.2} seconds.",
            self.took.as_secs_f64()
        )
    }
}

/// The first step of chain `n`.
pub async fn part1(n: u32, env: &impl Env) -> String {
    let delay = env.delay(Part::First, n);
    env.say(&format!(
        "part1({n})  sleeping for {} seconds.",
        delay.as_secs()
    ));
    sleep(delay).await;
    let result = format!("result{n}-1");
    env.say(&format!("Returning part1({n})  == {result}."));
    result
}

/// The second step of chain `n`, made from the result of the first.
pub async fn part2(n: u32, first: &str, env: &impl Env) -> String {
    let delay = env.delay(Part::Second, n);
    env.say(&format!(
        "part2({n}, '{first}') sleeping for {} seconds.",
        delay.as_secs()
    ));
    sleep(delay).await;
    let result = format!("result{n}-2 derived from {first}");
    env.say(&format!("Returning part2({n}, '{first}') == {result}."));
    result
}

/// Both steps of chain `n`, one after the other; says the [`Chained`] at its end.
pub async fn chain(n: u32, env: &impl Env) -> Chained {
    let start = Instant::now();
    let first = part1(n, env).await;
    let text = part2(n, &first, env).await;
    let took = start.elapsed();
    let chained = Chained { n, text, took };
    env.say(&chained.to_string());
    chained
}

/// All these chains, side by side.
pub async fn run_all(args: &[u32], env: &impl Env) -> Report {
    let start = Instant::now();
    let chains = join_all(args.iter().map(|&n| chain(n, env))).await;
    Report {
        chains,
        took: start.elapsed(),
    }
}

/// The numbers that the arguments name, the program's name not among them; `1, 2, 3` if
/// there is none.
pub fn parse_args<I>(args: I) -> Result<Vec<u32>, ParseIntError>
where
    I: IntoIterator<Item: AsRef<str>>,
{
    let numbers = args.into_iter().map(|arg| arg.as_ref().parse());
    let numbers: Vec<u32> = numbers.collect::<Result<_, _>>()?;
    Ok(if numbers.is_empty() {
        vec![1, 2, 3]
    } else {
        numbers
    })
}
