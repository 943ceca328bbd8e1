//! The entries as tests, in two parts: what is fast, and everything.

use crate::entry::{Entry, Speed};
use crate::launch::Launcher;
use crate::table::{Row, Table};
use crate::{class, entries, judgement, killed, stalled};
use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use std::process::ExitCode;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

type Rows = Arc<Mutex<Vec<Row>>>;
/// Entries to be graded again.
type Again = Arc<Mutex<Vec<Entry>>>;
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
    let again = Again::default();
    // First those that wait most, so that others run beside them.
    let mut trials = killed::trials(&shared);
    trials.push(stalled::trial(&shared));
    let graded = entries.iter();
    trials.extend(graded.map(|entry| trial(*entry, &shared, &rows, Some(&again))));
    trials.push(Trial::test("table/every_peer_is_adapted", || {
        Table::read().and_then(|table| table.unadapted(&entries::all()))?;
        Ok(())
    }));
    let conclusion = libtest_mimic::run(&arguments, trials);
    let again = take(&again).into_iter();
    let mut alone: Vec<Trial> = again
        .map(|entry| trial(entry, &shared, &rows, None))
        .collect();
    alone.extend(class::trials(&shared));
    let alone = one_by_one(arguments, alone);
    let rows = take(&rows);
    let shown = Table::read().and_then(|table| table.print(rows));
    match shown {
        Ok(()) if conclusion.has_failed() => conclusion.exit_code(),
        Ok(()) => alone.exit_code(),
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

/// Grades an entry. Beside two others a machine can be so busy that another limit is reached first: what
/// is neither a pass that was not earned nor harm goes to `again`, and counts if it comes again alone.
fn trial(entry: Entry, shared: &Shared, rows: &Rows, again: Option<&Again>) -> Trial {
    let (shared, rows) = (Arc::clone(shared), Arc::clone(rows));
    let again = again.cloned();
    let slow = entry.speed == Speed::Slow && !everything();
    let name = format!("{}/{}", entry.class, entry.name);
    let run = move || {
        let launcher = shared.as_ref().as_ref().ok_or(UNPREPARED)?;
        let (row, faults) = judgement::graded(&entry, launcher);
        if let Some(again) = again
            && !faults.is_empty()
            && !row.forged
            && !row.harm
        {
            complain(&format!(
                "{}/{} is graded again, alone: {}",
                entry.class,
                entry.name,
                faults.join("\n")
            ));
            lock(&again).push(entry);
            return Ok(());
        }
        lock(&rows).push(row);
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Failed::from(faults.join("\n")))
        }
    };
    Trial::test(name, run).with_ignored_flag(slow)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn take<T: Default>(mutex: &Mutex<T>) -> T {
    std::mem::take(&mut *lock(mutex))
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

pub(crate) fn complain(why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "hostile: {why}");
}
