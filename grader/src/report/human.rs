//! For somebody who has been programming for three months.

use super::Style;
use super::junit::plain;
use crate::outcome::Verdict;
use crate::record::{CaseResult, Failure, KataResult, Mismatch, Report};
use crate::text::{after_colour, indented, plural, printable, printable_name, wrapped};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;

/// Failures told in full, for each kata; the others are named.
const TOLD: usize = 3;
/// Lines of input, and of what was printed, that are shown.
const LINES: usize = 16;
/// Columns that prose is wrapped at.
const WIDTH: usize = 88;

/// The whole report.
pub(crate) fn render(report: &Report, style: Style) -> String {
    let mut out = String::new();
    let width = report.katas.iter().map(|kata| kata.kata.len()).max();
    let width = width.unwrap_or_default();
    for kata in &report.katas {
        line(&mut out, style, kata, width);
    }
    for kata in &report.katas {
        details(&mut out, style, kata);
    }
    for warning in &report.warnings {
        let _ = writeln!(out, "\n{}", hanging("warning: ", &printable(warning)));
    }
    summary(&mut out, style, report);
    out
}

fn line(out: &mut String, style: Style, kata: &KataResult, width: usize) {
    let points = format!("{}/{}", kata.points, kata.max_points);
    let _ = writeln!(
        out,
        "{}{:width$}  {}  {points:>6}  {}",
        style.sign(&kata.verdict),
        kata.kata,
        style.word(&kata.verdict, 16),
        style.quiet(&if kata.kept {
            "unchanged".to_owned()
        } else {
            time(kata.time_ms)
        }),
    );
}

fn time(ms: u64) -> String {
    format!("{}.{:02} s", ms / 1000, ms % 1000 / 10)
}

fn details(out: &mut String, style: Style, kata: &KataResult) {
    if matches!(kata.verdict, Verdict::Passed | Verdict::NotAttempted) || has_been_told(kata) {
        return;
    }
    let _ = writeln!(
        out,
        "\n{}",
        style.strong(&format!("── {} — {}", kata.kata, kata.title))
    );
    if kata.cases.is_empty() {
        if let Some(explained) = kata.verdict.explained() {
            let _ = writeln!(out, "{}", prose(&printable(&explained), "  "));
        }
        for message in &kata.compiler {
            let _ = writeln!(out, "{}", compiler_message(message, style));
        }
        for warning in &kata.warnings {
            let _ = writeln!(out, "{}", hanging("  warning: ", &printable(warning)));
        }
        return;
    }
    let failed: Vec<&CaseResult> = kata
        .cases
        .iter()
        .filter(|case| case.failure.is_some())
        .collect();
    for case in failed.iter().take(TOLD) {
        told(out, style, case);
    }
    if failed.len() > TOLD {
        let _ = writeln!(out, "\n  also not passed:");
        for case in &failed[TOLD..] {
            let word = style.word(&case.verdict, 16);
            let _ = writeln!(out, "  {}{word} {}", style.sign(&case.verdict), case.title);
        }
    }
    if let Some(failure) = failed.first().and_then(|case| case.failure.as_ref()) {
        let _ = writeln!(
            out,
            "\n  again with the same inputs: {}",
            style.strong(&failure.replay)
        );
    }
}

/// Whether the compiler's errors, which are on the screen already, were all there is to say.
fn has_been_told(kata: &KataResult) -> bool {
    kata.verdict == Verdict::DoesNotCompile && kata.compiler.is_empty() && kata.warnings.is_empty()
}

/// What rustc renders is text of the student's too, so only its own colours may stay.
pub(super) fn compiler_message(message: &str, style: Style) -> String {
    let shown = if style.has_colour() {
        let parts = message.split_inclusive('m').map(coloured_part);
        parts.collect::<String>()
    } else {
        printable(&plain(message))
    };
    indented(shown.trim_end(), "  ")
}

/// A text in which a change of colour can stand only at the end.
fn coloured_part(part: &str) -> String {
    match part.rfind("\u{1b}[") {
        Some(start) if after_colour(&part[start..]) == Some("") => {
            format!("{}{}", printable(&part[..start]), &part[start..])
        }
        _ => printable(part),
    }
}

fn told(out: &mut String, style: Style, case: &CaseResult) {
    let _ = writeln!(
        out,
        "\n  {}{} {}",
        style.sign(&case.verdict),
        style.strong(&case.title),
        style.quiet(&format!(
            "({}, {})",
            case.verdict.word(),
            points(case.max_points)
        )),
    );
    if let Some(explained) = case.verdict.explained() {
        let _ = writeln!(out, "{}", prose(&printable(&explained), "    "));
    }
    if let Some(failure) = &case.failure {
        explain(out, style, failure);
    }
}

fn points(points: u32) -> String {
    plural(points as usize, "point")
}

fn explain(out: &mut String, style: Style, failure: &Failure) {
    if !failure.input.is_empty() {
        let _ = writeln!(out, "    {}", style.quiet("input"));
        let _ = writeln!(out, "{}", block(&compact(&failure.input), "      "));
    }
    for mismatch in failure.mismatches.iter().take(TOLD) {
        compare(out, style, mismatch);
    }
    let more = failure.mismatches.len().saturating_sub(TOLD);
    if more > 0 {
        let _ = writeln!(out, "    … and {} like it", plural(more, "difference"));
    }
    for panic in &failure.panics {
        let _ = writeln!(
            out,
            "    panicked at {}:{} on thread {}",
            printable_name(&panic.file),
            panic.line,
            printable_name(&panic.thread)
        );
        if !panic.source.is_empty() {
            let _ = writeln!(out, "      {} | {}", panic.line, printable(&panic.source));
        }
        let _ = writeln!(out, "{}", block(&panic.message, "      "));
    }
    if !failure.printed.trim().is_empty() {
        let _ = writeln!(out, "    {}", style.quiet("your code printed"));
        let _ = writeln!(out, "{}", block(&failure.printed, "      | "));
    }
    if !failure.leftovers.is_empty() {
        let names = printable_name(&failure.leftovers.join(", "));
        let _ = writeln!(out, "    left running at the end: {names}");
    }
}

fn compare(out: &mut String, style: Style, mismatch: &Mismatch) {
    if !mismatch.what.is_empty() {
        let _ = writeln!(out, "    {}", printable(&mismatch.what));
    }
    let (expected, got) = (compact(&mismatch.expected), compact(&mismatch.got));
    if expected.lines().count() > 3 && got.lines().count() > 3 {
        difference(out, style, &expected, &got);
    } else {
        let _ = writeln!(out, "      expected  {}", style.wanted(&inline(&expected)));
        let _ = writeln!(out, "      got       {}", style.unwanted(&inline(&got)));
    }
    if !mismatch.cause.is_empty() {
        let _ = writeln!(
            out,
            "{}",
            hanging("      likely: ", &printable(&mismatch.cause))
        );
    }
}

fn difference(out: &mut String, style: Style, expected: &str, got: &str) {
    let _ = writeln!(out, "      {}", style.quiet("- expected  + got"));
    let diff = TextDiff::from_lines(expected, got);
    for change in diff.iter_all_changes().take(4 * LINES) {
        let text = printable(change.value().trim_end_matches('\n'));
        let line = match change.tag() {
            ChangeTag::Equal => format!("  {text}"),
            ChangeTag::Delete => style.wanted(&format!("- {text}")),
            ChangeTag::Insert => style.unwanted(&format!("+ {text}")),
        };
        let _ = writeln!(out, "      {line}");
    }
}

fn inline(text: &str) -> String {
    let text = printable(text);
    if text.contains('\n') {
        text.replace('\n', "\n                ")
    } else {
        text
    }
}

/// Rust's pretty debug form with every group that fits on a line put on one.
fn compact(debug: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in debug.lines() {
        lines.push(line.to_owned());
        if let Some(start) = opening_of_last(&lines)
            && let Some(joined) = joined(&lines[start..])
        {
            lines.truncate(start);
            lines.push(joined);
        }
    }
    lines.join("\n")
}

/// If the last line closes a group: the line that opens it.
fn opening_of_last(lines: &[String]) -> Option<usize> {
    let (last, before) = lines.split_last()?;
    if !last.trim_start().starts_with([')', ']', '}']) {
        return None;
    }
    let indent = indent(last);
    let opens = |line: &String| self::indent(line) == indent && line.ends_with(['(', '[', '{']);
    before.iter().rposition(opens)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn joined(group: &[String]) -> Option<String> {
    let (opening, rest) = group.split_first()?;
    let (closing, inner) = rest.split_last()?;
    let inner: Vec<&str> = inner.iter().map(|line| line.trim()).collect();
    let inner = inner.join(" ");
    let inner = inner.strip_suffix(',').unwrap_or(&inner);
    let space = if opening.ends_with('{') && !inner.is_empty() {
        " "
    } else {
        ""
    };
    let joined = format!("{opening}{space}{inner}{space}{}", closing.trim());
    (joined.chars().count() <= WIDTH).then_some(joined)
}

/// At most [`LINES`] lines, the last ones if there are more.
fn block(text: &str, prefix: &str) -> String {
    let text = printable(text.trim_end());
    let lines: Vec<&str> = text.lines().collect();
    let left_out = lines.len().saturating_sub(LINES);
    let mut shown = lines[left_out..].join("\n");
    if left_out > 0 {
        shown = format!("… {} before …\n{shown}", plural(left_out, "line"));
    }
    indented(&shown, prefix)
}

fn prose(text: &str, prefix: &str) -> String {
    let wrapped: Vec<String> = text.lines().map(|line| wrapped(line, WIDTH)).collect();
    indented(&wrapped.join("\n"), prefix)
}

fn hanging(label: &str, text: &str) -> String {
    let indent = label.chars().count();
    let text = wrapped(text, WIDTH.saturating_sub(indent));
    format!(
        "{label}{}",
        text.replace('\n', &format!("\n{}", " ".repeat(indent)))
    )
}

fn summary(out: &mut String, style: Style, report: &Report) {
    let (passed, all) = (report.passed(), report.katas.len());
    let score = format!(
        "{passed} of {} passed, {} of {}",
        plural(all, "kata"),
        report.points,
        points(report.max_points)
    );
    let _ = writeln!(out, "\n{}", style.strong(&score));
    let _ = writeln!(out, "{}", style.quiet(&format!("seed {}", report.seed)));
    let _ = writeln!(out, "{}", next_step(report));
}

fn next_step(report: &Report) -> String {
    let first =
        |wanted: fn(&Verdict) -> bool| report.katas.iter().find(|kata| wanted(&kata.verdict));
    if let Some(kata) = first(Verdict::is_grader_error) {
        return format!(
            "next: the grader failed at {}; that is not your fault. Run `cargo grader doctor`",
            kata.kata
        );
    }
    let unsolved = |verdict: &Verdict| {
        !matches!(
            verdict,
            Verdict::Passed | Verdict::NotAttempted | Verdict::Unavailable { .. }
        )
    };
    if let Some(kata) = first(unsolved) {
        return format!(
            "next: mend {}; stuck? `cargo grader hint {}`",
            kata.kata, kata.kata
        );
    }
    if let Some(kata) = first(|verdict| matches!(verdict, Verdict::NotAttempted)) {
        return format!(
            "next: read exercises/{}/{}/README.md, fill in src/lib.rs beside it, then run \
             `cargo grader check {}`",
            kata.track, kata.kata, kata.kata
        );
    }
    "everything here is solved".to_owned()
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[derive(Debug)]
    #[expect(dead_code, reason = "only its debug form is read")]
    struct Plan {
        n: u32,
        name: String,
        done: Vec<u8>,
    }

    #[test]
    fn groups_that_fit_on_a_line_stand_on_one() {
        let plan = |n: u32| format!("Plan {{ n: {n}, name: \"{}\", done: [] }}", "x".repeat(40));
        let plans = [1, 2].map(|n| Plan {
            n,
            name: "x".repeat(40),
            done: Vec::new(),
        });
        let expected = format!("[\n    {},\n    {},\n]", plan(1), plan(2));
        assert_eq!(compact(&format!("{plans:#?}")), expected);
        assert_eq!(
            compact(&format!("{:#?}", (1, Some("a")))),
            "(1, Some(\"a\"))"
        );
        assert_eq!(compact("in words"), "in words");
    }
}
