//! Reports in files.

use crate::error::{Error, Result};
use crate::record::Report;
use crate::report::{Depth, Format, render};
use std::fs;
use std::path::Path;

/// Writes a report in this form to a file, and makes the file's folder if there is none. The file
/// may be a pipe or a terminal.
pub(super) fn write_report(
    report: &Report,
    format: Format,
    path: &Path,
    depth: Depth,
) -> Result<()> {
    let text = render(report, format, false, depth)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, text));
    written.map_err(|error| Error::io("write the report", path, &error))
}
