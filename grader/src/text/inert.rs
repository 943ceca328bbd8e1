//! Output in which no CI system finds a command.

use super::is_visible;
use std::fmt::Write;

/// A whole output, coloured or not, in which no CI system finds a command.
///
/// `::` begins a command of GitHub's runner where it is the first of a line, blanks aside.
/// `##[`, `##vso[` and `##teamcity[` begin one of GitHub, Azure and `TeamCity` anywhere. A
/// character of these becomes `\u{…}`; everything else stays, paths like `std::fs` too.
pub(crate) fn inert(output: &str) -> String {
    let escape = |letter: char| format!("\\u{{{:x}}}", u32::from(letter));
    let lines = output.split('\n').map(|line| inert_line(line, escape));
    lines.collect::<Vec<_>>().join("\n")
}

/// JSON text with every character that could steer a terminal or a log escaped as JSON
/// escapes it. JSON itself allows them, and a log that shows the text would obey them.
pub(crate) fn escaped(json: String) -> String {
    // No line of JSON begins with `:`, and nothing else is a command without a pair of these.
    if json.is_ascii() && !json.contains('\u{7f}') && !json.contains("##") {
        return json;
    }
    let lines = json.split('\n').map(escaped_line);
    lines.collect::<Vec<_>>().join("\n")
}

fn escaped_line(line: &str) -> String {
    // Inside of strings JSON allows no other control character, outside nobody writes one.
    if line.is_ascii() && !line.contains('\u{7f}') {
        return inert_line(line, in_json);
    }
    let mut text = String::with_capacity(line.len());
    for letter in line.chars() {
        if is_visible(letter) {
            text.push(letter);
        } else {
            text += &in_json(letter);
        }
    }
    inert_line(&text, in_json)
}

fn in_json(letter: char) -> String {
    let mut text = String::new();
    for unit in letter.encode_utf16(&mut [0; 2]) {
        let _ = write!(text, "\\u{unit:04x}");
    }
    text
}

fn inert_line(line: &str, escape: impl Fn(char) -> String) -> String {
    // No command is without one of these, and nearly all lines are.
    let has = |letter: char| line.contains(letter);
    if !has('#') && !has('\u{1b}') && !line.trim_start().starts_with(':') {
        return line.to_owned();
    }
    let letters = uncoloured(line);
    let mut text = String::with_capacity(line.len());
    let mut done = 0;
    for (index, &(at, letter)) in letters.iter().enumerate() {
        if begins_command(&letters, index) {
            text += &line[done..at];
            text += &escape(letter);
            done = at + letter.len_utf8();
        }
    }
    text + &line[done..]
}

/// Whether this character, if it stays, makes a command of what follows it.
fn begins_command(letters: &[(usize, char)], index: usize) -> bool {
    let (before, rest) = letters.split_at(index);
    match rest {
        [(_, ':'), (_, ':'), ..] => before.iter().all(|(_, letter)| letter.is_whitespace()),
        [(_, '#'), (_, '#'), rest @ ..] => {
            let mut rest = rest.iter().map(|(_, letter)| *letter);
            rest.find(|letter| !letter.is_ascii_alphabetic()) == Some('[')
        }
        _ => false,
    }
}

/// The characters of a line and where they stand, colours left out.
fn uncoloured(line: &str) -> Vec<(usize, char)> {
    let mut letters = Vec::new();
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        if let Some(after) = after_colour(rest) {
            rest = after;
        } else {
            letters.push((line.len() - rest.len(), letter));
            rest = &rest[letter.len_utf8()..];
        }
    }
    letters
}

/// If a change of colour or weight begins `text`: what follows it. What would hide text is
/// none.
pub(crate) fn after_colour(text: &str) -> Option<&str> {
    let inside = text.strip_prefix("\u{1b}[")?;
    let after = inside.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == ';');
    let mut numbers = inside[..inside.len() - after.len()].split(';');
    let hides = numbers.any(|number| number.trim_start_matches('0') == "8");
    after.strip_prefix('m').filter(|_| !hides)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_that_steers_is_escaped_and_means_the_same() {
        for text in [
            "csi \u{9b}31m bidi \u{202e} tag \u{e0001} \u{1b} ##[error]x ##vso[y]",
            "##[error]x",
            "\u{7f}",
            "\u{202e}",
        ] {
            let json = serde_json::to_string(text).unwrap();
            let safe = escaped(json);
            let is_plain = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
            assert!(safe.bytes().all(is_plain) && !safe.contains("##"), "{safe}");
            assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
        }
    }

    #[test]
    fn what_ci_systems_take_for_a_command_is_none_any_more() {
        for (output, expected) in [
            ("a\n::error::b", "a\n\\u{3a}:error::b"),
            (" \t\u{a0}::add-mask::b", " \t\u{a0}\\u{3a}:add-mask::b"),
            ("\u{1b}[1m ::error::b", "\u{1b}[1m \\u{3a}:error::b"),
            ("\u{1b}[31m:\u{1b}[0m:x", "\u{1b}[31m\\u{3a}\u{1b}[0m:x"),
            (":::", "\\u{3a}::"),
            ("12 | ##[error]b", "12 | \\u{23}#[error]b"),
            ("####[x ##[y", "##\\u{23}#[x \\u{23}#[y"),
            ("a ##vso[task.complete]b", "a \\u{23}#vso[task.complete]b"),
            ("##teamcity[x]", "\\u{23}#teamcity[x]"),
            ("#\u{1b}[0m#[x]", "\\u{23}\u{1b}[0m#[x]"),
        ] {
            assert_eq!(inert(output), expected);
            assert_eq!(inert(expected), expected, "again");
        }
    }

    #[test]
    fn ordinary_rust_is_left_as_it_is() {
        for output in [
            "expected `std::fs::File`, found `a::b::c`",
            "  --> src/lib.rs:1:1\n   = note: `::std::vec`\n  | ::error::quoted",
            "#[derive(Debug)] #![warn(x)] r##\"a\"## [1]\n# # [\n## [link]",
            ": :error::\n\u{1b}[1merror[E0308]\u{1b}[0m: a::b",
            "",
        ] {
            assert_eq!(inert(output), output);
        }
    }

    #[test]
    fn a_colour_that_hides_is_no_colour() {
        assert_eq!(after_colour("\u{1b}[1;38;5;12mx"), Some("x"));
        assert_eq!(after_colour("\u{1b}[mx"), Some("x"));
        for text in [
            "\u{1b}[8mx",
            "\u{1b}[0;08mx",
            "\u{1b}[2J",
            "\u{1b}]0;m",
            "m",
        ] {
            assert_eq!(after_colour(text), None, "{text:?}");
        }
    }
}
