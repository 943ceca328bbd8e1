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

/// How much of each kata a report for people tells in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// The first case that failed: it is the easiest.
    OneFailure,
    /// Every case.
    Everything,
}

/// The report in this form.
///
/// # Errors
/// When a form cannot express the report.
pub(crate) fn render(
    report: &Report,
    format: Format,
    colour: bool,
    depth: Depth,
) -> Result<String> {
    match format {
        Format::Human => Ok(inert(&human::render(report, Style::human(colour), depth))),
        Format::Plain => Ok(inert(&human::render(report, Style::plain(), depth))),
        Format::Json => json::render(report),
        Format::Junit => junit::render(report),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Verdict;
    use crate::record::flood::flood;
    use crate::record::{self, CompilerMessages, KataResult, REPORT_VERSION, Warnings};

    fn report(letter: char) -> Report {
        let mut cases = vec![flood(letter); 17];
        record::shorten(&mut cases);
        let messages = (0..1000).map(|_| letter.to_string().repeat(1000));
        let kata = KataResult {
            kata: "kata".to_owned(),
            track: "track".to_owned(),
            title: "Kata".to_owned(),
            verdict: Verdict::Failed,
            seed: 1,
            kept: false,
            points: 0,
            max_points: 17,
            time_ms: 1,
            warnings: Vec::new(),
            compiler: messages.collect::<CompilerMessages>(),
            cases,
        };
        Report {
            version: REPORT_VERSION,
            grader: "0".to_owned(),
            toolchain: "rustc".to_owned(),
            protection: "full".to_owned(),
            seed: 1,
            origin: "exercises".to_owned(),
            points: 0,
            max_points: 17,
            warnings: Warnings::default(),
            katas: vec![kata],
            next: None,
        }
    }

    #[test]
    fn a_kata_of_which_every_case_is_a_flood_has_a_report_of_a_mebibyte_in_every_form() {
        for letter in ['x', '\u{1b}', '"', '\u{e0001}'] {
            let report = report(letter);
            for format in [Format::Human, Format::Plain, Format::Json, Format::Junit] {
                let bytes = render(&report, format, true, Depth::Everything)
                    .unwrap()
                    .len();
                assert!(bytes < 1 << 20, "{letter:?} {format:?}: {bytes} bytes");
            }
            let failure = report.katas[0].cases[16].failure.as_ref().unwrap();
            assert!(failure.stdout.to_string().contains("bytes left out"));
            assert!(!failure.events.is_empty());
            assert_eq!(failure.events.len() + failure.events_left_out, 202);
        }
    }
}
