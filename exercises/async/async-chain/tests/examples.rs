//! The contract by example: `cargo test` in this folder runs it.
//!
//! `start_paused` gives a test virtual time: when every future sleeps, tokio's clock jumps
//! to the moment at which the first of them wakes up. Eleven seconds cost nothing.

use async_chain::{Env, Part, chain, parse_args, run_all};
use std::cell::RefCell;
use std::time::Duration;

/// The delays of the Python program under `random.seed(444)`, for the chains 1, 2 and 3.
#[derive(Default)]
struct Seed444 {
    said: RefCell<Vec<String>>,
}

impl Env for Seed444 {
    fn delay(&self, part: Part, n: u32) -> Duration {
        let seconds = match (n, part) {
            (1, Part::First) => 4,
            (1, Part::Second) => 7,
            (2, _) => 4,
            (_, Part::First) => 0,
            (_, Part::Second) => 4,
        };
        Duration::from_secs(seconds)
    }

    fn say(&self, line: &str) {
        self.said.borrow_mut().push(line.to_owned());
    }
}

#[tokio::test(start_paused = true)]
async fn a_chain_says_five_lines() {
    let env = Seed444::default();
    let chained = chain(3, &env).await;

    let said = env.said.into_inner();
    assert_eq!(
        said,
        [
            "part1(3)  sleeping for 0 seconds.",
            "Returning part1(3)  == result3-1.",
            "part2(3, 'result3-1') sleeping for 4 seconds.",
            "Returning part2(3, 'result3-1') == result3-2 derived from result3-1.",
            "-->Chained result3 => result3-2 derived from result3-1 (took 4.00 seconds) .",
        ]
    );
    assert_eq!(chained.text, "result3-2 derived from result3-1");
    assert_eq!(chained.to_string(), said[4]);
}

#[tokio::test(start_paused = true)]
async fn no_chain_waits_for_another() {
    let report = run_all(&[1, 2, 3], &Seed444::default()).await;

    let took: Vec<u64> = report.chains.iter().map(|one| one.took.as_secs()).collect();
    assert_eq!(took, [11, 8, 4]);
    assert_eq!(report.took, Duration::from_secs(11));
    assert_eq!(report.to_string(), "Program finished in 11.00 seconds.");
}

#[tokio::test(start_paused = true)]
async fn results_come_in_the_order_of_the_arguments() {
    let report = run_all(&[2, 3, 1], &Seed444::default()).await;

    let order: Vec<u32> = report.chains.iter().map(|one| one.n).collect();
    assert_eq!(order, [2, 3, 1]);
}

#[test]
fn arguments_are_numbers() {
    assert_eq!(parse_args(["9", "6"]), Ok(vec![9, 6]));
    assert_eq!(parse_args(Vec::<String>::new()), Ok(vec![1, 2, 3]));
    assert!(parse_args(["9", "six"]).is_err());
}
