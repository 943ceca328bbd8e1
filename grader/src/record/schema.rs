//! The schema of the JSON report, which docs/ holds for whoever reads reports.

use super::{REPORT_VERSION, Report};
use schemars::generate::SchemaSettings;

/// Where it is kept.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/report.schema.json");

fn generated() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Report>();
    schema.insert("title".to_owned(), "The JSON report of the katas".into());
    let version = schema.pointer_mut("/properties/version").unwrap();
    version["const"] = REPORT_VERSION.into();
    serde_json::to_string_pretty(&schema).unwrap() + "\n"
}

#[test]
fn the_schema_in_docs_is_that_of_the_report() {
    let generated = generated();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(FILE, &generated).unwrap();
    }
    let kept = std::fs::read_to_string(FILE).unwrap();
    assert!(
        kept == generated,
        "docs/report.schema.json is out of date; `UPDATE_SCHEMA=1 cargo test -p grader schema` \
         writes it anew:\n{generated}"
    );
}
