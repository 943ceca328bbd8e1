//! Runs programs and measures them.

use crate::figures::Spread;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often the memory of a program is looked at. The kernel keeps the peak, so only a peak in
/// a program's last moment is missed.
const LOOK: Duration = Duration::from_millis(2);

/// What a program that succeeds prints.
pub(crate) fn printed(command: &mut Command) -> Result<String> {
    ended_with(0, &command.output()?)
}

/// The seconds from the start of a program until it has succeeded and all it printed is read.
pub(crate) fn seconds(command: &mut Command) -> Result<f64> {
    let start = Instant::now();
    printed(command)?;
    Ok(start.elapsed().as_secs_f64())
}

/// The seconds from the start of a program until it has printed a line with `awaited`.
pub(crate) fn seconds_until(command: &mut Command, awaited: &str) -> Result<f64> {
    let (reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let start = Instant::now();
    let mut child = command.spawn()?;
    // As long as the command holds the pipe's write end, the reader sees no end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let (mut printed, mut seen) = (String::new(), None);
    for line in BufReader::new(reader).lines() {
        printed = printed + &line? + "\n";
        if printed.contains(awaited) {
            seen.get_or_insert(start.elapsed().as_secs_f64());
        }
    }
    child.wait()?;
    seen.with_context(|| format!("{awaited} is not printed:\n{printed}"))
}

/// The peak memory of a program in MiB, which must end with this code. Unlike what `wait4` tells,
/// it does not count the programs that were started by this one.
pub(crate) fn peak_memory(command: &mut Command, code: i32) -> Result<f64> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn()?;
    let file = format!("/proc/{}/status", child.id());
    let look = move || {
        thread::sleep(LOOK);
        let status = fs::read_to_string(&file).ok()?;
        let size = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: f64 = size.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kib / 1024.0)
    };
    // A program that has ended has no memory.
    let watch = thread::spawn(|| std::iter::from_fn(look).last());
    ended_with(code, &child.wait_with_output()?)?;
    let peak = watch.join().ok().flatten();
    peak.context("/proc does not tell the memory of a program")
}

fn ended_with(code: i32, output: &Output) -> Result<String> {
    let [printed, errors] =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    let is_right = output.status.code() == Some(code);
    ensure!(is_right, "{}\n{printed}\n{errors}", output.status);
    Ok(printed.into_owned())
}

/// Measures all in turn, `rounds` times each, after a round that does not count.
pub(crate) fn in_turn<T, const N: usize>(
    rounds: usize,
    all: [&T; N],
    measure: &dyn Fn(&T) -> Result<f64>,
) -> Result<[Spread; N]> {
    let mut values = [const { Vec::new() }; N];
    for _ in 0..=rounds {
        for (one, values) in all.iter().zip(&mut values) {
            values.push(measure(one)?);
        }
    }
    let spreads = values.iter().map(|values| Spread::of(&values[1..]));
    let spreads = spreads.collect::<Result<Vec<_>>>()?;
    spreads.try_into().ok().context("a spread for each")
}

/// Measures one thing `rounds` times.
pub(crate) fn repeated(rounds: usize, measure: &dyn Fn() -> Result<f64>) -> Result<Spread> {
    let values = (0..rounds).map(|_| measure());
    Spread::of(&values.collect::<Result<Vec<_>>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_fails_or_does_not_print_what_is_awaited_is_no_measurement() {
        let print = || Command::new("echo");
        assert!(seconds(print().arg("x")).is_ok());
        assert!(seconds(&mut Command::new("false")).is_err());
        assert!(seconds_until(print().arg("x"), "x").is_ok());
        assert!(seconds_until(print().arg("x"), "y").is_err());
    }
}
