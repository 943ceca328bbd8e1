//! Runs every case as one test of an ordinary test program.

use libtest_mimic::{Arguments, Failed, Trial};
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use suite_drive::{Act, Log, Role, Settled, Wire, install_referee, set_program};
use suite_judge::{Case, Half, Judgement, Rng};

/// How long [`suite_drive::settle`] waits before it calls the process restless.
const SETTLE_LIMIT: Duration = Duration::from_secs(2);

/// The main function of an author's test program.
#[must_use]
pub fn run(
    package: &str,
    acts: &'static [Act],
    roles: &'static [Role],
    cases: &'static [Case],
) -> ExitCode {
    let mut words = std::env::args().skip(1);
    if words.next().as_deref() == Some("--role") {
        return play(roles, &words.next().unwrap_or_default());
    }
    if let Ok(program) = std::env::current_exe() {
        set_program(program.to_string_lossy().into_owned(), package.to_owned());
    }
    install_referee(Box::new(settle));

    let mut arguments = Arguments::from_args();
    // One case at a time, on this thread: `settle` looks at every thread of the process.
    arguments.test_threads = Some(1);
    let seed = seed();
    let kata = package.trim_end_matches("-solution");
    let trials = acts.iter().zip(cases).map(|(act, case)| {
        let rng = Rng::new(seed, kata, case.name);
        trial(*act, *case, rng, seed)
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

fn play(roles: &[Role], name: &str) -> ExitCode {
    let Some(role) = roles.iter().find(|role| role.name == name) else {
        return ExitCode::FAILURE;
    };
    (role.run)();
    ExitCode::SUCCESS
}

fn seed() -> u64 {
    let chosen = std::env::var("SUITE_SEED").ok();
    chosen
        .and_then(|seed| seed.parse().ok())
        .unwrap_or_else(|| RandomState::new().hash_one(0))
}

fn trial(act: Act, case: Case, rng: Rng, seed: u64) -> Trial {
    match case.half {
        Half::Act { draw, judge, .. } => Trial::test(case.name, move || {
            let answer = answer(act, &draw(rng.clone()))?;
            match judge(rng, &answer) {
                Judgement::Right => Ok(()),
                wrong => Err(Failed::from(format!(
                    "{}\n{wrong:#?}\nReplay with SUITE_SEED={seed}",
                    case.title
                ))),
            }
        }),
        // Only the grader asks the compiler, by `cargo grader author verify`.
        Half::Refused => Trial::test(case.name, || Ok(())).with_ignored_flag(true),
    }
}

fn answer(act: Act, input: &[u8]) -> Result<Vec<u8>, Failed> {
    let _folder = WorkingFolder::enter()?;
    let log = Log::new();
    let value = (act.run)(input, &log).ok_or("the input is not this case's")?;
    Ok([value, log.take().to_bytes()].concat())
}

/// An empty working folder, as a case has in the cage, until dropped.
struct WorkingFolder {
    before: PathBuf,
    _here: tempfile::TempDir,
}

impl WorkingFolder {
    fn enter() -> std::io::Result<Self> {
        let before = std::env::current_dir()?;
        let here = tempfile::tempdir()?;
        std::env::set_current_dir(here.path())?;
        Ok(Self {
            before,
            _here: here,
        })
    }
}

impl Drop for WorkingFolder {
    fn drop(&mut self) {
        let _ = std::env::set_current_dir(&self.before);
    }
}

fn settle() -> Settled {
    let me = std::fs::read_link("/proc/thread-self").ok();
    let tid = me.and_then(|link| link.file_name()?.to_str()?.parse().ok());
    match stillness::settle(std::process::id(), tid.as_slice(), SETTLE_LIMIT) {
        Ok(stillness::Settled::Still) => Settled::Still,
        Ok(stillness::Settled::Restless(threads)) => Settled::Restless(
            threads
                .iter()
                .map(|thread| format!("{}: {}", thread.name, thread.wait))
                .collect::<Vec<_>>()
                .join(", "),
        ),
        // Where nobody can look, a bounded wait weakens the case but never fails a right
        // solution.
        Err(_) => {
            std::thread::sleep(Duration::from_millis(50));
            Settled::Still
        }
    }
}
