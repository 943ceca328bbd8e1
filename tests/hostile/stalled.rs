//! A case ends in time also while the grader, which watches it, does not get on.

use crate::entry::{BYTES, Change, Entry, FILES, Right};
use crate::ground::Ground;
use crate::launch::Launcher;
use crate::trials::{Shared, UNPREPARED};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use std::sync::Arc;

/// A case with children that never ends by itself.
const ENDLESS: Entry = Entry {
    class: "stalled",
    changes: &[Change::Attack(
        "let script = \"(setsid sh -c 'sleep 300; : @MARK@' &); sleep 300; : @MARK@\";\n\
         let _ = std::process::Command::new(\"sh\").args([\"-c\", script]).status()?;\n\
         Ok(())",
    )],
    limits: &[("wall-seconds", 6)],
    right: Right::Passed,
    within: 60,
    ..FILES
};

pub(crate) fn trial(shared: &Shared) -> Trial {
    let shared = Arc::clone(shared);
    Trial::test(
        "stalled/a_case_ends_while_the_grader_is_stopped",
        move || {
            let launcher = shared.as_ref().as_ref().ok_or(UNPREPARED)?;
            let faults = stalled(launcher).map_err(|error| error.to_string())?;
            if faults.is_empty() {
                Ok(())
            } else {
                Err(Failed::from(faults.join("\n")))
            }
        },
    )
}

fn stalled(launcher: &Launcher) -> std::io::Result<Vec<String>> {
    let ground = Ground::lay(&ENDLESS, launcher)?;
    let outcome = launcher.stall(&ENDLESS, &ground)?;
    let mut faults: Vec<String> = outcome.ended.into_iter().collect();
    let report: Value = serde_json::from_str(&outcome.json).unwrap_or_default();
    let cases = report["katas"][0]["cases"].as_array().into_iter().flatten();
    let mut attacks = cases.filter(|case| case["case"] == BYTES);
    // Another case may have given its answer while nobody was there to take it.
    if !attacks.any(|case| case["verdict"] == "timed-out") {
        faults.push(format!("{BYTES} has not timed out: {}", outcome.json));
    }
    faults.extend(launcher.harm(&ground));
    Ok(faults)
}
