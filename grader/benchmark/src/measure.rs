//! Runs programs and measures them.

use crate::figures::Spread;
use anyhow::{Context, Result};
use std::fs;
use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often the memory of a program is looked at: what it needs more in its last moment
/// than ever before is not seen.
const LOOK: Duration = Duration::from_millis(2);

/// Ticks of the kernel's clock in a second, as `/proc` counts them.
const TICKS: f64 = 100.0;

/// A program that has ended.
#[derive(Debug)]
pub(crate) struct Run {
    /// From its start until it had ended and everything it printed was read.
    pub(crate) seconds: f64,
    /// Until it had printed what was waited for.
    pub(crate) seen: Option<f64>,
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// What it printed, output and errors in the order they came.
    pub(crate) printed: String,
}

impl Run {
    /// What it printed, for whoever has to find out what is wrong.
    pub(crate) fn account(&self) -> String {
        format!("{}\n{}", self.status, self.printed)
    }
}

/// Runs it to its end.
///
/// # Errors
/// When it cannot be started or read.
pub(crate) fn run(command: &mut Command) -> Result<Run> {
    run_until(command, "")
}

/// Runs it to its end, and notes when it had printed `awaited`.
///
/// # Errors
/// When it cannot be started or read.
pub(crate) fn run_until(command: &mut Command, awaited: &str) -> Result<Run> {
    Ok(follow(command, awaited, |_| ())?.0)
}

/// Runs it to its end; also how much memory the program itself had in use at most, in MiB.
/// The programs that it starts are not counted.
///
/// # Errors
/// When it cannot be started, read or looked at.
pub(crate) fn run_weighed(command: &mut Command) -> Result<(Run, f64)> {
    let (run, peak) = follow(command, "", |id| thread::spawn(move || watch_memory(id)))?;
    let peak = peak.join().ok().flatten();
    let peak = peak.with_context(|| format!("nothing is known of the memory of {command:?}"))?;
    Ok((run, peak))
}

fn follow<T>(
    command: &mut Command,
    awaited: &str,
    beside: impl FnOnce(u32) -> T,
) -> Result<(Run, T)> {
    let (mut reader, writer) = std::io::pipe()?;
    command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let start = Instant::now();
    let mut child = command
        .spawn()
        .with_context(|| format!("{command:?} cannot be started"))?;
    // The command holds the pipe's write end: as long as it does, there is no end to read.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let beside = beside(child.id());
    let mut bytes = Vec::new();
    let mut chunk = [0; 8192];
    let mut seen = None;
    loop {
        let count = reader.read(&mut chunk)?;
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&chunk[..count]);
        if seen.is_none() && contains(&bytes, awaited.as_bytes()) {
            seen = Some(start.elapsed().as_secs_f64());
        }
    }
    let status = child.wait()?;
    let run = Run {
        seconds: start.elapsed().as_secs_f64(),
        seen,
        status,
        printed: String::from_utf8_lossy(&bytes).into_owned(),
    };
    Ok((run, beside))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
}

fn watch_memory(id: u32) -> Option<f64> {
    let mut peak = None;
    // A program that has ended has no memory, and the file no longer says anything of it.
    while let Some(now) = peak_memory(id) {
        peak = Some(now);
        thread::sleep(LOOK);
    }
    peak
}

fn peak_memory(id: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

/// Processor time, in seconds, of the programs that were run and of what they waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Processor {
    /// Their own.
    pub(crate) user: f64,
    /// The kernel's for them.
    pub(crate) system: f64,
}

impl Processor {
    /// What all programs that have ended used so far.
    ///
    /// # Errors
    /// When the kernel does not say it.
    pub(crate) fn used() -> Result<Self> {
        let stat = fs::read_to_string("/proc/self/stat")?;
        Self::read(&stat).context("/proc/self/stat is not as it should be")
    }

    fn read(stat: &str) -> Option<Self> {
        // The name of the program stands in brackets and may hold anything.
        let (_, fields) = stat.rsplit_once(") ")?;
        let mut fields = fields.split(' ').skip(13).map(str::parse);
        let mut seconds = || fields.next()?.ok().map(|ticks: f64| ticks / TICKS);
        Some(Self {
            user: seconds()?,
            system: seconds()?,
        })
    }

    /// What was used since `before`.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            user: self.user - before.user,
            system: self.system - before.system,
        }
    }
}

/// One measurement.
pub(crate) type Measure<'a> = &'a mut dyn FnMut() -> Result<f64>;

/// Measures all in turn, `rounds` times each, the order turned round every time, after a round
/// that does not count.
///
/// # Errors
/// What any of them says.
pub(crate) fn in_turn<const N: usize>(
    rounds: usize,
    mut all: [Measure<'_>; N],
) -> Result<[Spread; N]> {
    for one in &mut all {
        one()?;
    }
    let mut values = [const { Vec::new() }; N];
    for round in 0..rounds {
        let order: Vec<usize> = if round % 2 == 0 {
            (0..N).collect()
        } else {
            (0..N).rev().collect()
        };
        for index in order {
            values[index].push(all[index]()?);
        }
    }
    let spreads: Option<Vec<Spread>> = values.into_iter().map(Spread::of).collect();
    let spreads = spreads.and_then(|spreads| spreads.try_into().ok());
    spreads.context("nothing was measured: ask for one round at least")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn the_first_round_does_not_count_and_the_first_place_changes() {
        let order = RefCell::new(String::new());
        let call = |name: char, value: f64| {
            order.borrow_mut().push(name);
            Ok(value)
        };
        let [a, b] = in_turn(3, [&mut || call('a', 1.0), &mut || call('b', 2.0)]).unwrap();
        assert_eq!(order.borrow().as_str(), "ababbaab");
        assert_eq!((a.median(), b.median()), (1.0, 2.0));
    }

    #[test]
    fn what_fails_once_is_no_measurement() {
        let mut calls = 0;
        let mut failing = || {
            calls += 1;
            anyhow::ensure!(calls < 3, "no");
            Ok(1.0)
        };
        assert!(in_turn(5, [&mut failing, &mut || Ok(1.0)]).is_err());
    }

    #[test]
    fn times_of_children_are_read_behind_any_name() {
        let stat = "7 (a) b) R 1 2 3 4 5 6 7 8 9 10 11 12 150 25 20 0 1";
        let used = Processor::read(stat).unwrap();
        assert_eq!((used.user, used.system), (1.5, 0.25));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_program_prints_is_read_from_both_streams() {
        let run = run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap();
        assert_eq!(run.printed, "out\nerr\n");
        assert_eq!(run.status.code(), Some(3));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_was_waited_for_is_seen_before_the_end() {
        // The program ends only when its reader has gone on, so no time has to be measured.
        let run = run_until(Command::new("sh").args(["-c", "echo x"]), "x").unwrap();
        assert!(run.seen.is_some_and(|seen| seen <= run.seconds));
        let run = run_until(Command::new("sh").args(["-c", "echo x"]), "y").unwrap();
        assert_eq!(run.seen, None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_memory_of_the_program_itself_is_weighed() {
        let (_, peak) = run_weighed(Command::new("sleep").arg("0.1")).unwrap();
        assert!(peak > 0.0);
    }
}
