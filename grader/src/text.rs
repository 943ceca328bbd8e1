//! The one place where untrusted text becomes output.

use std::fmt::Write;

/// Longest line shown, in characters.
const MAX_LINE: usize = 400;

/// `text` with everything that could steer a terminal, a log or a reader made visible.
///
/// Line feeds and tabs stay; other control characters, bidirectional controls and invisible
/// characters become `\u{…}`; lines over 400 characters are cut.
pub(crate) fn printable(text: &str) -> String {
    let lines = text.split('\n').map(printable_line);
    lines.collect::<Vec<_>>().join("\n")
}

/// JSON text with every character that could steer a terminal escaped as JSON escapes it.
/// JSON itself allows them, and a log that shows the text would obey them.
pub(crate) fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter != '\n' && (letter.is_control() || is_invisible(letter)) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(letter);
        }
    }
    text
}

fn printable_line(line: &str) -> String {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let mut shown = String::new();
    for letter in line.chars().take(MAX_LINE) {
        if letter != '\t' && (letter.is_control() || is_invisible(letter)) {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(letter));
        } else {
            shown.push(letter);
        }
    }
    let left = line.chars().skip(MAX_LINE).count();
    if left > 0 {
        let _ = write!(shown, " … ({left} more characters)");
    }
    shown
}

fn is_invisible(letter: char) -> bool {
    matches!(u32::from(letter),
        0x00ad | 0x061c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f
        | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe007f)
}

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
    fn what_steers_a_terminal_becomes_visible() {
        assert_eq!(printable("a\u{1b}[2Jb\0"), "a\\u{1b}[2Jb\\u{0}");
        assert_eq!(printable("x\u{202e}y\u{200b}"), "x\\u{202e}y\\u{200b}");
        assert_eq!(printable("tab\there\r\nnext"), "tab\there\nnext");
        assert_eq!(printable("over\rwrite"), "over\\u{d}write");
    }

    #[test]
    fn a_line_of_a_million_characters_is_cut_and_counted() {
        let shown = printable(&"x".repeat(1_000_000));
        assert!(shown.len() < 500, "{} bytes", shown.len());
        assert!(shown.ends_with("(999600 more characters)"));
    }

    #[test]
    fn json_that_steers_is_escaped_and_means_the_same() {
        let text = "csi \u{9b}31m bidi \u{202e} tag \u{e0001} \u{1b}";
        let json = serde_json::to_string(text).unwrap();
        let safe = escaped(&json);
        assert!(safe.is_ascii(), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
    }

    #[test]
    fn words_are_counted_and_wrapped() {
        assert_eq!(plural(1, "kata"), "1 kata");
        assert_eq!(plural(0, "kata"), "0 katas");
        assert_eq!(wrapped("one two three", 7), "one two\nthree");
    }

    #[test]
    fn nothing_printed_can_steer_anything() {
        crate::fuzz::bytes(|bytes| {
            let shown = printable(&String::from_utf8_lossy(bytes));
            let steers = |letter: char| {
                letter.is_control() && letter != '\n' && letter != '\t' || is_invisible(letter)
            };
            assert!(!shown.contains(steers), "{shown:?}");
        });
    }
}
