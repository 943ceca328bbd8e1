//! Runs every case as one test of an ordinary test program.

use crate::outside::{self, WorkingFolder};
use libtest_mimic::{Arguments, Failed, Trial};
use std::hash::{BuildHasher, RandomState};
use std::process::ExitCode;
use suite_drive::{Act, Log, Role, Wire};
use suite_judge::{Case, Half, Judgement, Rng};

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
    let program = std::env::current_exe().unwrap_or_default();
    outside::prepare(program.to_string_lossy().into_owned());

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
        Half::CompileFail => Trial::test(case.name, || Ok(())).with_ignored_flag(true),
    }
}

fn answer(act: Act, input: &[u8]) -> Result<Vec<u8>, Failed> {
    let _folder = WorkingFolder::enter()?;
    let log = Log::new();
    let value = (act.run)(input, &log).ok_or("the input is not this case's")?;
    Ok([value, log.take().to_bytes()].concat())
}
