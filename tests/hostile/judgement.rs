//! Grades one entry and says everything that is not as it must be.

use crate::entry::{Entry, Right};
use crate::ground::Ground;
use crate::launch::{Launcher, Outcome};
use crate::table::Row;
use crate::text;
use serde_json::Value;
use std::fs;
use std::io;
use std::path::Path;

/// The row of an entry, and what is wrong.
pub(crate) fn graded(entry: &Entry, launcher: &Launcher) -> (Row, Vec<String>) {
    let mut row = Row::of(entry);
    let faults = match grade(entry, launcher, &mut row) {
        Ok(faults) => faults,
        Err(error) => vec![format!("the test itself: {error}")],
    };
    row.ok = faults.is_empty();
    (row, faults)
}

fn grade(entry: &Entry, launcher: &Launcher, row: &mut Row) -> io::Result<Vec<String>> {
    let ground = Ground::lay(entry, launcher)?;
    let before = ground.outside()?;
    let mut faults = one(entry, entry.right, &ground, launcher, row)?;
    if let Some((changes, right)) = entry.then {
        ground.submit(entry.kata, entry.base, changes)?;
        launcher.give(&ground.path("from"))?;
        let mut second = Row::of(entry);
        let then = one(entry, right, &ground, launcher, &mut second)?;
        row.ours = format!("{}, then {}", row.ours, second.ours);
        row.forged |= second.forged;
        faults.extend(then.into_iter().map(|fault| format!("then: {fault}")));
    }
    if entry.class == "text" {
        let shown = launcher.show(entry, &ground)?;
        faults.extend(text::coloured_faults("terminal", &shown.json));
        faults.extend(spoken(entry, &shown, launcher));
    }
    let harm = launcher.harm(&ground);
    row.harm |= !harm.is_empty();
    faults.extend(harm);
    if ground.outside()? != before {
        row.harm = true;
        faults.push("files outside were changed".to_owned());
    }
    Ok(faults)
}

fn one(
    entry: &Entry,
    right: Right,
    ground: &Ground,
    launcher: &Launcher,
    row: &mut Row,
) -> io::Result<Vec<String>> {
    let outcome = launcher.grade(entry, ground)?;
    row.took = outcome.took;
    row.peak_kib = outcome.peak_kib;
    if let Some(why) = &outcome.ended {
        "HANG".clone_into(&mut row.ours);
        row.hang = true;
        // What a killed grader leaves there the next one removes; here is no next one.
        tidy(&ground.path("tmp"), &outcome)?;
        return Ok(vec![why.clone()]);
    }
    let report: Value = serde_json::from_str(&outcome.json).unwrap_or_default();
    let kata = &report["katas"][0];
    row.ours = in_short(kata);
    row.forged = kata["verdict"] == "passed" && !matches!(right, Right::Passed);
    let mut faults = judged(kata, right);
    let status = i32::from(!matches!(right, Right::Passed));
    if outcome.status != Some(status) {
        faults.push(format!(
            "exit status {:?}, not {status}; standard error:\n{}",
            outcome.status, outcome.stderr
        ));
    }
    for (form, text) in &outcome.forms {
        // XML may hold long lines and anything that is escaped.
        if *form != "junit" {
            faults.extend(text::faults(form, text));
        }
    }
    for group in &outcome.groups {
        row.harm = true;
        faults.push(format!("left a control group: {}", group.display()));
    }
    faults.extend(text::faults("standard error", &outcome.stderr));
    faults.extend(spoken(entry, &outcome, launcher));
    for wanted in entry.shown {
        if !outcome.json.contains(wanted) {
            faults.push(format!("the report does not say {wanted:?}"));
        }
    }
    if !faults.is_empty() {
        let plain = outcome.forms.iter().find(|(form, _)| *form == "plain");
        let plain: String = plain
            .map_or("", |(_, text)| text)
            .chars()
            .take(4000)
            .collect();
        faults.push(format!("the report:\n{plain}"));
    }
    Ok(faults)
}

fn tidy(tmp: &Path, outcome: &Outcome) -> io::Result<()> {
    for entry in fs::read_dir(tmp)?.flatten() {
        fs::remove_dir_all(entry.path())?;
    }
    for group in &outcome.groups {
        let _ = fs::remove_dir(group);
    }
    Ok(())
}

/// What is said and must not be, in any form.
fn spoken(entry: &Entry, outcome: &Outcome, launcher: &Launcher) -> Vec<String> {
    let mut faults = Vec::new();
    let forms = outcome.forms.iter().map(|(form, text)| (*form, text));
    let all = forms.chain([("json", &outcome.json), ("standard error", &outcome.stderr)]);
    for (form, text) in all {
        let never = launcher.unspeakable();
        for word in never.iter().chain(entry.hidden) {
            if text.contains(word) {
                faults.push(format!("{form} says {word:?}"));
            }
        }
    }
    faults
}

fn judged(kata: &Value, right: Right) -> Vec<String> {
    let verdict = kata["verdict"].as_str().unwrap_or("no report");
    let cases = || {
        let cases = kata["cases"].as_array().into_iter().flatten();
        cases.map(|case| (word(&case["case"]), word(&case["verdict"])))
    };
    match right {
        Right::Passed if verdict != "passed" => vec![format!("{verdict}, not passed")],
        Right::Kata(words) if !words.contains(&verdict) || cases().count() > 0 => {
            vec![format!("{verdict}, not one of {words:?} before any case")]
        }
        Right::Passed | Right::Kata(_) => Vec::new(),
        _ if verdict != "failed" => vec![format!("{verdict}, not failed")],
        Right::Cases(expected) => cases()
            .filter_map(|(case, verdict)| {
                let words = expected.iter().find(|(name, _)| *name == case);
                let words = words.map_or(&["passed"] as &[&str], |(_, words)| words);
                (!words.contains(&verdict)).then(|| format!("{case}: {verdict}, not {words:?}"))
            })
            .collect(),
        Right::Every(words) => cases()
            .filter(|(_, verdict)| !words.contains(verdict))
            .map(|(case, verdict)| format!("{case}: {verdict}, not {words:?}"))
            .collect(),
    }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The verdict, and those of the cases that did not pass.
fn in_short(kata: &Value) -> String {
    let verdict = kata["verdict"].as_str().unwrap_or("no report");
    let cases = kata["cases"].as_array().into_iter().flatten();
    let mut words: Vec<&str> = cases.map(|case| word(&case["verdict"])).collect();
    words.retain(|word| *word != "passed");
    words.sort_unstable();
    words.dedup();
    if words.is_empty() {
        verdict.to_owned()
    } else {
        words.join("+")
    }
}
