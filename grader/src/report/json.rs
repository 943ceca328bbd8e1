//! Everything there is to know, for programs. `docs/report.md` documents it.

use crate::error::{Error, Result};
use crate::record::Report;
use crate::text::escaped;

/// The report as JSON.
pub(crate) fn render(report: &Report) -> Result<String> {
    let text = serde_json::to_string_pretty(report);
    text.map(|text| escaped(text) + "\n").map_err(|error| {
        Error::grader(
            format!("the report cannot be written as JSON: {error}"),
            "this is the grader's fault; please report it",
        )
    })
}
