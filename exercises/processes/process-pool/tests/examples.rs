//! The contract by example: `cargo test` in this folder runs it.

use process_pool::{JobError, Pool};
use std::num::NonZeroUsize;
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// A pool whose workers raise numbers to powers, and crash on 0⁰.
fn pool(workers: usize) -> Pool<(u128, u32), u128> {
    let workers = NonZeroUsize::new(workers).unwrap();
    let worker = || Command::new(env!("CARGO_BIN_EXE_process-pool-child"));
    Pool::with_workers(workers, worker).unwrap()
}

#[test]
fn answers_come_in_the_order_of_the_jobs() {
    let pool = pool(4);
    let answers: Result<Vec<u128>, JobError> = pool
        .map((1..=10).map(|base| (base, 2)))
        .into_iter()
        .collect();
    assert_eq!(answers.unwrap(), [1, 4, 9, 16, 25, 36, 49, 64, 81, 100]);
}

#[test]
fn an_answer_can_be_waited_for() {
    let pool = pool(2);
    let pending = pool.submit((2, 81));
    let answer = pending.wait_timeout(Duration::from_secs(60));
    assert_eq!(answer.unwrap(), Ok(2_417_851_639_229_258_349_412_352));
}

#[test]
fn a_job_that_fails_says_why() {
    let error = pool(1).run((10, 40)).unwrap_err();
    assert_eq!(error, JobError::Failed("10^40 is too large".to_owned()));
    assert_eq!(error.to_string(), "10^40 is too large");
}

#[test]
fn a_crash_costs_one_job() {
    let answers = pool(1).map([(3, 3), (0, 0), (4, 4)]);
    assert_eq!(answers, [Ok(27), Err(JobError::WorkerDied), Ok(256)]);
}

#[test]
fn callbacks_have_been_called_when_join_returns() {
    let pool = pool(2);
    let (sender, receiver) = mpsc::channel();
    for base in [5, 6, 7] {
        let sender = sender.clone();
        pool.submit_then((base, 2), move |answer| sender.send(answer).unwrap());
    }
    pool.close().join().unwrap();
    let mut answers: Vec<u128> = receiver.try_iter().map(Result::unwrap).collect();
    answers.sort_unstable();
    assert_eq!(answers, [25, 36, 49]);
}

#[test]
fn many_threads_may_use_one_pool() {
    let pool = pool(2);
    thread::scope(|scope| {
        let cubes = [2, 3].map(|base| {
            let pool = &pool;
            scope.spawn(move || pool.run((base, 3)))
        });
        assert_eq!(cubes.map(|cube| cube.join().unwrap()), [Ok(8), Ok(27)]);
    });
}

#[test]
fn a_pool_that_cannot_start_is_an_error() {
    let missing = Pool::<u8, u8>::new(|| Command::new("no-such-program"));
    assert_eq!(missing.unwrap_err().kind(), std::io::ErrorKind::NotFound);
}
