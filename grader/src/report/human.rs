//! For somebody who has been programming for three months.

use super::debug_form::compact;
use super::junit::plain;
use super::{Depth, Style};
use crate::outcome::Verdict;
use crate::record::{CaseResult, CompilerMessages, Failure, KataResult, Mismatch, Panic, Report};
use crate::text::{
    after_colour, grader_command, hanging, indented, plural, printable, printable_name, prose,
};
use similar::{ChangeTag, TextDiff};
use std::fmt::Write;

/// Differences and panics of a failure that are told; the others are counted.
const TOLD: usize = 3;
/// Lines of a value, and of what was printed, that are shown.
const LINES: usize = 16;
/// Lines of a difference between two values that are shown.
const DIFFERENCE: usize = 64;

/// The whole report.
pub(crate) fn render(report: &Report, style: Style, depth: Depth) -> String {
    let mut out = String::new();
    let width = report.katas.iter().map(|kata| kata.kata.len()).max();
    let width = width.unwrap_or_default();
    for kata in &report.katas {
        line(&mut out, style, kata, width);
    }
    for kata in &report.katas {
        details(&mut out, style, kata, depth);
    }
    warnings(&mut out, report);
    summary(&mut out, style, report);
    out
}

fn line(out: &mut String, style: Style, kata: &KataResult, width: usize) {
    let points = format!("{}/{}", kata.points, kata.max_points);
    let time = if kata.kept {
        "unchanged".to_owned()
    } else {
        seconds(kata.time_ms)
    };
    let _ = writeln!(
        out,
        "{}{:width$}  {}  {points:>6}  {}",
        style.sign(&kata.verdict),
        kata.kata,
        style.word(&kata.verdict),
        style.quiet(&time),
    );
}

fn seconds(ms: u64) -> String {
    format!("{}.{:02} s", ms / 1000, ms % 1000 / 10)
}

fn details(out: &mut String, style: Style, kata: &KataResult, depth: Depth) {
    let is_clear = match kata.verdict {
        Verdict::Passed if depth == Depth::OneFailure => return advice(out, style, kata),
        Verdict::Passed => false,
        Verdict::NotAttempted => true,
        _ => has_been_told(kata),
    };
    if is_clear {
        return;
    }
    let heading = format!("── {} — {}", kata.kata, printable(&kata.title));
    let _ = writeln!(out, "\n{}", style.strong(&heading));
    if kata.cases.is_empty() {
        why_nothing_ran(out, style, kata);
    } else {
        cases(out, style, &kata.cases, depth);
    }
}

/// What the compiler has to say about code that passes.
fn advice(out: &mut String, style: Style, kata: &KataResult) {
    let messages = &kata.compiler.messages;
    if messages.is_empty() {
        return;
    }
    let heading = format!("── {} passes, and the compiler has advice", kata.kata);
    let _ = writeln!(out, "\n{}", style.strong(&heading));
    for message in messages.iter().take(TOLD) {
        let _ = writeln!(out, "{}", compiler_message(message, style));
    }
    let more = messages.len().saturating_sub(TOLD) + kata.compiler.left_out;
    if more > 0 {
        let _ = writeln!(out, "  … and {}", plural(more, "more warning"));
    }
}

/// Whether the compiler's errors, which are on the screen already, were all there is to say.
fn has_been_told(kata: &KataResult) -> bool {
    kata.verdict == Verdict::DoesNotCompile
        && kata.compiler == CompilerMessages::default()
        && kata.warnings.is_empty()
}

fn why_nothing_ran(out: &mut String, style: Style, kata: &KataResult) {
    if let Some(explained) = kata.verdict.explained() {
        let _ = writeln!(out, "{}", prose(&printable(&explained), "  "));
    }
    for message in &kata.compiler.messages {
        let _ = writeln!(out, "{}", compiler_message(message, style));
    }
    let more = kata.compiler.left_out;
    if more > 0 {
        let more = plural(more, "more message");
        let _ = writeln!(out, "  … and {more} of the compiler");
    }
    for warning in &kata.warnings {
        let _ = writeln!(out, "{}", hanging("  warning: ", &printable(warning)));
    }
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

fn cases(out: &mut String, style: Style, cases: &[CaseResult], depth: Depth) {
    let failed: Vec<(&CaseResult, &Failure)> = cases
        .iter()
        .filter_map(|case| Some((case, case.failure.as_ref()?)))
        .collect();
    let told = match depth {
        Depth::OneFailure => failed.len().min(1),
        Depth::Everything => failed.len(),
    };
    let (told, named) = failed.split_at(told);
    for (case, failure) in told {
        tell(out, style, case, failure);
    }
    if !named.is_empty() {
        let _ = writeln!(out, "\n  also not passed (--all tells why):");
    }
    for (case, _) in named {
        name(out, style, case);
    }
    if depth == Depth::Everything {
        let _ = writeln!(out, "\n  passed:");
        for case in cases.iter().filter(|case| case.failure.is_none()) {
            name(out, style, case);
        }
    }
    if let Some((_, failure)) = failed.first() {
        let again = style.strong(&failure.replay);
        let _ = writeln!(out, "\n  again with the same inputs: {again}");
    }
}

fn name(out: &mut String, style: Style, case: &CaseResult) {
    let (sign, word) = (style.sign(&case.verdict), style.word(&case.verdict));
    let _ = writeln!(out, "  {sign}{word} {}", printable(&case.title));
}

fn tell(out: &mut String, style: Style, case: &CaseResult, failure: &Failure) {
    let worth = points(case.max_points);
    let _ = writeln!(
        out,
        "\n  {}{} {}",
        style.sign(&case.verdict),
        style.strong(&printable(&case.title)),
        style.quiet(&format!("({}, {worth})", case.verdict.word())),
    );
    if let Some(explained) = case.verdict.explained() {
        let _ = writeln!(out, "{}", prose(&printable(&explained), "    "));
    }
    input(out, style, failure);
    mismatches(out, style, failure);
    panics(out, failure);
    printed(out, style, failure);
    leftovers(out, failure);
}

fn points(points: u32) -> String {
    plural(points as usize, "point")
}

fn input(out: &mut String, style: Style, failure: &Failure) {
    if !failure.input.is_empty() {
        let input = compact(&failure.input.to_string());
        let _ = writeln!(out, "    {}", style.quiet("input"));
        let _ = writeln!(out, "{}", last_lines(&input, "      "));
    }
}

fn mismatches(out: &mut String, style: Style, failure: &Failure) {
    for mismatch in failure.mismatches.iter().take(TOLD) {
        compare(out, style, mismatch);
    }
    let untold = failure.mismatches.len().saturating_sub(TOLD);
    let more = untold + failure.mismatches_left_out;
    if more > 0 {
        let more = plural(more, "difference");
        let _ = writeln!(out, "    … and {more} like it");
    }
}

fn compare(out: &mut String, style: Style, mismatch: &Mismatch) {
    if !mismatch.what.is_empty() {
        let what = printable(&mismatch.what.to_string());
        let _ = writeln!(out, "{}", indented(&what, "    "));
    }
    let expected = compact(&mismatch.expected.to_string());
    let got = compact(&mismatch.got.to_string());
    if expected.lines().count() > 3 && got.lines().count() > 3 {
        difference(out, style, &expected, &got);
    } else {
        let (expected, got) = (beside_label(&expected), beside_label(&got));
        let _ = writeln!(out, "      expected  {}", style.wanted(&expected));
        let _ = writeln!(out, "      got       {}", style.unwanted(&got));
    }
    if !mismatch.cause.is_empty() {
        let cause = printable(&mismatch.cause.to_string());
        let _ = writeln!(out, "{}", hanging("      likely: ", &cause));
    }
    if !mismatch.note.is_empty() {
        let note = printable(&mismatch.note.to_string());
        let _ = writeln!(out, "{}", hanging("      note: ", &note));
    }
}

fn difference(out: &mut String, style: Style, expected: &str, got: &str) {
    let _ = writeln!(out, "      {}", style.quiet("- expected  + got"));
    let diff = TextDiff::from_lines(expected, got);
    let changes: Vec<_> = diff.iter_all_changes().collect();
    for change in changes.iter().take(DIFFERENCE) {
        let text = printable(change.value().trim_end_matches('\n'));
        let line = match change.tag() {
            ChangeTag::Equal => format!("  {text}"),
            ChangeTag::Delete => style.wanted(&format!("- {text}")),
            ChangeTag::Insert => style.unwanted(&format!("+ {text}")),
        };
        let _ = writeln!(out, "      {line}");
    }
    let more = changes.len().saturating_sub(DIFFERENCE);
    if more > 0 {
        let _ = writeln!(out, "      … {} more …", plural(more, "line"));
    }
}

/// At most [`LINES`] lines, the first ones if there are more; later lines are indented as far as
/// the label before the first is long.
fn beside_label(text: &str) -> String {
    let text = printable(text);
    let lines: Vec<&str> = text.lines().collect();
    let (shown, left_out) = lines.split_at(lines.len().min(LINES));
    let shown = shown.join("\n                ");
    if left_out.is_empty() {
        return shown;
    }
    let more = plural(left_out.len(), "line");
    format!("{shown}\n                … {more} more …")
}

fn panics(out: &mut String, failure: &Failure) {
    for panic in failure.panics.iter().take(TOLD) {
        panicked(out, panic);
    }
    let more = failure.panics.len().saturating_sub(TOLD);
    if more > 0 {
        let _ = writeln!(out, "    … and {}", plural(more, "more panic"));
    }
}

fn panicked(out: &mut String, panic: &Panic) {
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
    let message = last_lines(&panic.message.to_string(), "      ");
    let _ = writeln!(out, "{message}");
}

fn printed(out: &mut String, style: Style, failure: &Failure) {
    let printed = format!("{}{}", failure.stdout, failure.stderr);
    if !printed.trim().is_empty() {
        let _ = writeln!(out, "    {}", style.quiet("your code printed"));
        let _ = writeln!(out, "{}", last_lines(&printed, "      | "));
    }
}

fn leftovers(out: &mut String, failure: &Failure) {
    if !failure.leftovers.is_empty() {
        let names = printable_name(&failure.leftovers.join(", "));
        let _ = writeln!(out, "    still running at the end: {names}");
    }
}

/// At most [`LINES`] lines, the last ones if there are more.
fn last_lines(text: &str, prefix: &str) -> String {
    let text = printable(text.trim_end());
    let lines: Vec<&str> = text.lines().collect();
    let (left_out, shown) = lines.split_at(lines.len().saturating_sub(LINES));
    let shown = indented(&shown.join("\n"), prefix);
    if left_out.is_empty() {
        return shown;
    }
    let before = plural(left_out.len(), "line");
    format!("{prefix}… {before} before …\n{shown}")
}

fn warnings(out: &mut String, report: &Report) {
    for warning in &report.warnings.warnings {
        let _ = writeln!(out, "\n{}", hanging("warning: ", &printable(warning)));
    }
    let more = report.warnings.left_out;
    if more > 0 {
        let _ = writeln!(out, "\n… and {}", plural(more, "more warning"));
    }
}

fn summary(out: &mut String, style: Style, report: &Report) {
    let score = format!(
        "{} of {} passed, {} of {}",
        report.passed(),
        plural(report.katas.len(), "kata"),
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
            "next: the grader failed at {}; that is not your fault. Run `{}`",
            kata.kata,
            grader_command(["doctor"])
        );
    }
    let is_unsolved = |verdict: &Verdict| {
        !matches!(
            verdict,
            Verdict::Passed | Verdict::NotAttempted | Verdict::Unavailable { .. }
        )
    };
    if let Some(kata) = first(is_unsolved) {
        let hint = grader_command(["hint", &kata.kata]);
        return format!("next: mend {}; stuck? `{hint}`", kata.kata);
    }
    let not_attempted = |kata: &&KataResult| matches!(kata.verdict, Verdict::NotAttempted);
    let mut stubs = report.katas.iter().filter(not_attempted);
    let stub = match &report.next {
        Some(next) if report.katas.len() > 1 => stubs.find(|kata| kata.kata == next.kata),
        _ => stubs.next(),
    };
    if let Some(kata) = stub {
        return format!(
            "next: read exercises/{}/{}/README.md, fill in src/lib.rs beside it, then run `{}`",
            kata.track,
            kata.kata,
            grader_command(["check", &kata.kata])
        );
    }
    let all = "all that was graded is solved";
    match (&report.next, report.katas.as_slice()) {
        (Some(next), [kata]) if kata.verdict.is_passed() => {
            let ours = grader_command(["solution", &kata.kata]);
            format!("solved: see ours with `{ours}`\nnext: {}", next.words())
        }
        (Some(next), _) => format!("{all}\nnext: {}", next.words()),
        (None, _) => all.to_owned(),
    }
}
