//! The entries as tests, in two parts: what is fast, and everything.

use crate::entry::{Entry, Speed};
use crate::launch::Launcher;
use crate::table::{Row, Table};
use crate::{class, entries, judgement, killed, stalled};
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use std::process::ExitCode;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

type Rows = Arc<Mutex<Vec<Row>>>;
/// What all share. Whoever is first makes it: a run that asks for other tests pays nothing.
pub(crate) type Shared = Arc<LazyLock<Option<Launcher>>>;

/// Runs what the command line asks for.
pub(crate) fn run() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Some only wait.
    let threads = std::thread::available_parallelism().map_or(1, usize::from) + 1;
    arguments.test_threads.get_or_insert(threads);
    let entries = entries::all();
    let shared = Shared::new(LazyLock::new(prepare));
    let rows = Rows::default();
    // First those that wait most, so that others run beside them.
    let mut trials = killed::trials(&shared);
    trials.push(stalled::trial(&shared));
    let graded = entries.iter();
    trials.extend(graded.map(|entry| trial(*entry, &shared, &rows)));
    trials.push(Trial::test("table/every_peer_is_adapted", || {
        Table::read().and_then(|table| table.unadapted(&entries::all()))?;
        Ok(())
    }));
    let conclusion = libtest_mimic::run(&arguments, trials);
    let classes = one_by_one(arguments, class::trials(&shared));
    let rows = std::mem::take(&mut *rows.lock().unwrap_or_else(PoisonError::into_inner));
    let shown = Table::read().and_then(|table| table.print(rows));
    match shown {
        Ok(()) if conclusion.has_failed() => conclusion.exit_code(),
        Ok(()) => classes.exit_code(),
        Err(why) => {
            complain(&why);
            ExitCode::FAILURE
        }
    }
}

/// Why nothing was graded; the reason was told once.
pub(crate) const UNPREPARED: &str = "nothing is prepared; standard error says why";

fn prepare() -> Option<Launcher> {
    Launcher::prepare().inspect_err(|why| complain(why)).ok()
}

fn trial(entry: Entry, shared: &Shared, rows: &Rows) -> Trial {
    let (shared, rows) = (Arc::clone(shared), Arc::clone(rows));
    let slow = entry.speed == Speed::Slow && !everything();
    let name = format!("{}/{}", entry.class, entry.name);
    let run = move || {
        let launcher = shared.as_ref().as_ref().ok_or(UNPREPARED)?;
        let (row, faults) = judgement::graded(&entry, launcher);
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

/// Runs trials that use up what others beside them need, and that see what others use.
fn one_by_one(mut arguments: Arguments, trials: Vec<Trial>) -> Conclusion {
    arguments.test_threads = Some(1);
    let trials = trials.into_iter();
    let trials = trials.map(|trial| trial.with_ignored_flag(!everything()));
    libtest_mimic::run(&arguments, trials.collect())
}

fn everything() -> bool {
    std::env::var("HOSTILE").is_ok_and(|part| part == "all")
}

fn complain(why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "hostile: {why}");
}
