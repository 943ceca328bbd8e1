//! How lines are laid out.

/// Columns that prose is wrapped at.
const WIDTH: usize = 88;

/// "1 kata", "2 katas".
pub(crate) fn plural(count: usize, one: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {one}s")
    }
}

/// Every line of `text` behind `prefix`.
pub(crate) fn indented(text: &str, prefix: &str) -> String {
    let lines = text.lines().map(|line| format!("{prefix}{line}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Paragraphs, each on lines of its own, wrapped and behind `prefix`.
pub(crate) fn prose(text: &str, prefix: &str) -> String {
    let wrapped: Vec<String> = text.lines().map(|line| wrapped(line, WIDTH)).collect();
    indented(&wrapped.join("\n"), prefix)
}

/// Wrapped behind a label; later lines are indented as far as the label is long.
pub(crate) fn hanging(label: &str, text: &str) -> String {
    let indent = label.chars().count();
    let text = wrapped(text, WIDTH.saturating_sub(indent));
    format!(
        "{label}{}",
        text.replace('\n', &format!("\n{}", " ".repeat(indent)))
    )
}

/// `text` broken at spaces so that no line is longer than `width`, where a space allows.
pub(crate) fn wrapped(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_and_wrapped() {
        assert_eq!(plural(1, "kata"), "1 kata");
        assert_eq!(plural(0, "kata"), "0 katas");
        assert_eq!(wrapped("one two three", 7), "one two\nthree");
    }
}
