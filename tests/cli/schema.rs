//! The schema that docs/ promises. [`Report::read`](crate::course::Report::read) holds every report
//! of every test against it.

use jsonschema::Validator;
use serde_json::{Value, json};
use std::sync::LazyLock;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(include_str!("../../docs/report.schema.json")).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
});

/// Fails unless this is a report as the schema promises it.
#[track_caller]
pub(crate) fn assert_valid(report: &Value) {
    let errors = SCHEMA.iter_errors(report);
    let errors: Vec<String> = errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

/// The report that docs/report.md shows.
fn example() -> Value {
    let text = include_str!("../../docs/report.md");
    let (_, text) = text.split_once("```json\n").unwrap();
    let (text, _) = text.split_once("```").unwrap();
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_example_in_the_documentation_is_a_report() {
    assert_valid(&example());
}

#[test]
fn what_the_schema_does_not_promise_is_no_report() {
    let case = "/katas/0/cases/0";
    for (place, value) in [
        ("/version", json!(1)),
        ("/points", json!(-1)),
        ("/katas/0/verdict", json!("solved")),
        ("/katas/0/kept", json!(null)),
        (&format!("{case}/verdict"), json!("timed-out")),
        (&format!("{case}/failure/stdout"), json!(7)),
        (&format!("{case}/failure/mismatches/0"), json!({})),
    ] {
        let mut report = example();
        *report.pointer_mut(place).unwrap() = value;
        assert!(!SCHEMA.is_valid(&report), "{place}");
    }
    let mut report = example();
    report.as_object_mut().unwrap().remove("warnings_left_out");
    assert!(!SCHEMA.is_valid(&report), "a field is missing");
}
