//! Rust's debug form, in fewer lines.

/// Columns that a group may have to stand on one line.
const WIDTH: usize = 88;

/// Rust's pretty debug form with every group that fits on a line put on one.
pub(super) fn compact(debug: &str) -> String {
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
