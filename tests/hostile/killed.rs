//! A grader that is ended in the middle of a case leaves nothing behind.

use crate::entry::{Change, Entry, FILES, Right};
use crate::ground::Ground;
use crate::launch::Launcher;
use crate::trials::{Shared, UNPREPARED};
use libtest_mimic::{Failed, Trial};
use rustix::process::Signal;
use std::sync::Arc;

/// A case with children that never ends by itself.
const ENDLESS: Entry = Entry {
    class: "killed",
    changes: &[Change::Attack(
        "let script = \"(setsid sh -c 'sleep 300; : @MARK@' &); sleep 300; : @MARK@\";\n\
         let _ = std::process::Command::new(\"sh\").args([\"-c\", script]).status()?;\n\
         Ok(())",
    )],
    limits: &[("wall-seconds", 60)],
    right: Right::Passed,
    ..FILES
};

/// One for each way to end a grader.
pub(crate) fn trials(shared: &Shared) -> Vec<Trial> {
    [
        ("kill", Signal::KILL),
        ("terminate", Signal::TERM),
        ("interrupt", Signal::INT),
    ]
    .map(|(name, signal)| {
        let shared = Arc::clone(shared);
        Trial::test(format!("killed/{name}"), move || {
            let launcher = shared.as_ref().as_ref().ok_or(UNPREPARED)?;
            let faults = ended_by(signal, launcher).map_err(|error| error.to_string())?;
            if faults.is_empty() {
                Ok(())
            } else {
                Err(Failed::from(faults.join("\n")))
            }
        })
    })
    .into()
}

fn ended_by(signal: Signal, launcher: &Launcher) -> std::io::Result<Vec<String>> {
    let ground = Ground::lay(&ENDLESS, launcher)?;
    let outcome = launcher.interrupt(&ENDLESS, &ground, signal)?;
    let mut faults: Vec<String> = outcome.ended.into_iter().collect();
    if signal == Signal::KILL {
        // Nobody was left to tidy up; the next grader does.
        ground.submit(FILES.kata, FILES.base, &[])?;
        launcher.give(&ground.path("from"))?;
        let next = launcher.grade(&FILES, &ground)?;
        if next.status != Some(0) {
            faults.push(format!(
                "the next grade: {:?}\n{}",
                next.status, next.stderr
            ));
        }
    }
    faults.extend(launcher.harm(&ground));
    let left = outcome.groups.iter().filter(|group| group.exists());
    faults.extend(left.map(|group| format!("left a control group: {}", group.display())));
    Ok(faults)
}
