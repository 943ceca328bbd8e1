//! Reporters: each turns the same [`Report`] into text. None of them decides anything.

mod debug_form;
mod format;
mod human;
mod json;
mod junit;
mod live;
mod style;

use crate::error::Result;
use crate::record::Report;
use crate::text::inert;

pub(crate) use format::Format;
pub(crate) use live::Live;
use style::Style;

/// An error of the compiler, as the report in this form has it; `None` where the report must be
/// in one piece.
pub(crate) fn compiler_error(error: &str, format: Format, colour: bool) -> Option<String> {
    let style = match format {
        Format::Human => Style::human(colour),
        Format::Plain => Style::plain(),
        Format::Json | Format::Junit => return None,
    };
    let shown = human::compiler_message(error, style);
    Some(inert(&format!("{shown}\n")))
}

/// The report in this form.
///
/// # Errors
/// When a form cannot express the report.
pub(crate) fn render(report: &Report, format: Format, colour: bool) -> Result<String> {
    match format {
        Format::Human => Ok(inert(&human::render(report, Style::human(colour)))),
        Format::Plain => Ok(inert(&human::render(report, Style::plain()))),
        Format::Json => json::render(report),
        Format::Junit => junit::render(report),
    }
}
