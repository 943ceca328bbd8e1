//! Submissions that try to get a pass they did not earn, or to harm, and what must become of
//! each.
//!
//! `cargo test --test hostile` runs the fast part; `HOSTILE=all` runs everything, and
//! `HOSTILE_USER=65534`, as root, runs the grader as that user. After every entry canaries are
//! looked at; at the end a table shows each entry beside what other judges made of it.

mod canary;
mod entries;
mod entry;
mod ground;
mod judgement;
mod killed;
mod kin;
mod launch;
mod table;
mod text;
mod user;

use entry::{Entry, Speed};
use launch::Launcher;
use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use table::{Row, Table};

type Rows = Arc<Mutex<Vec<Row>>>;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Some only wait.
    let threads = std::thread::available_parallelism().map_or(1, usize::from) + 1;
    arguments.test_threads.get_or_insert(threads);
    let entries = entries::all();
    let launcher = if arguments.list {
        None
    } else {
        match Launcher::prepare() {
            Ok(launcher) => Some(Arc::new(launcher)),
            Err(why) => return complain(&why),
        }
    };
    let rows = Rows::default();
    let mut trials: Vec<Trial> = entries
        .iter()
        .map(|entry| trial(*entry, launcher.clone(), &rows))
        .collect();
    trials.extend(killed::trials(launcher.as_ref()));
    trials.push(Trial::test("table/every_peer_is_adapted", || {
        Table::read().and_then(|table| table.unadapted(&entries::all()))?;
        Ok(())
    }));
    let conclusion = libtest_mimic::run(&arguments, trials);
    let rows = std::mem::take(&mut *rows.lock().unwrap_or_else(PoisonError::into_inner));
    let shown = Table::read().and_then(|table| table.print(rows));
    match shown {
        Ok(()) => conclusion.exit_code(),
        Err(why) => complain(&why),
    }
}

fn trial(entry: Entry, launcher: Option<Arc<Launcher>>, rows: &Rows) -> Trial {
    let rows = Arc::clone(rows);
    let slow = entry.speed == Speed::Slow && !everything();
    let name = format!("{}/{}", entry.class, entry.name);
    let run = move || {
        let launcher = launcher.ok_or("nothing is prepared")?;
        let (row, faults) = judgement::graded(&entry, &launcher);
        rows.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(row);
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Failed::from(faults.join("\n")))
        }
    };
    Trial::test(name, run).with_ignored_flag(slow)
}

fn everything() -> bool {
    std::env::var("HOSTILE").is_ok_and(|part| part == "all")
}

fn complain(why: &str) -> ExitCode {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "hostile: {why}");
    ExitCode::FAILURE
}
