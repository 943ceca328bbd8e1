//! Text in which every character can be seen.

use std::fmt::Write;

/// Longest line shown, in characters.
const MAX_LINE: usize = 400;

/// `text` with every character that could steer a terminal or deceive a reader made visible.
///
/// Line feeds and tabs stay; every other character that is not visible becomes `\u{…}`; lines over
/// 400 characters are cut. Where lines begin in what is printed in the end is not known here, so
/// that whole outputs go through [`inert`](super::inert()) besides.
pub(crate) fn printable(text: &str) -> String {
    let lines = text.split('\n').map(printable_line);
    lines.collect::<Vec<_>>().join("\n")
}

/// The same for a name (of a file, a thread, a process), which has no lines.
pub(crate) fn printable_name(name: &str) -> String {
    printable_line(name).replace('\t', "\\u{9}")
}

fn printable_line(line: &str) -> String {
    let line = line.strip_suffix('\r').unwrap_or(line);
    let mut shown = String::new();
    for letter in line.chars().take(MAX_LINE) {
        if letter != '\t' && !is_visible(letter) {
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

/// Whether a reader can see this character: it is no control character, no bidirectional control,
/// no character without a shape, and one that XML 1.0 allows.
pub(crate) fn is_visible(letter: char) -> bool {
    let is_hidden = matches!(u32::from(letter),
        0x00ad | 0x061c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f
        | 0xfeff | 0xfff9..=0xfffb | 0xfffe..=0xffff | 0xe0000..=0xe007f);
    !is_hidden && !letter.is_control()
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
    fn every_character_that_xml_forbids_becomes_visible() {
        let is_allowed = |letter: &char| {
            matches!(letter,
                '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
        };
        for letter in '\0'..=char::MAX {
            let shown = printable(&format!("a{letter}b"));
            assert!(
                shown.chars().all(|letter| is_allowed(&letter)),
                "{letter:?}"
            );
            let shown = printable_name(&letter.to_string());
            assert!(shown.chars().all(is_visible), "{letter:?}");
        }
        assert_eq!(printable("\u{fffe}\u{fdd0}"), "\\u{fffe}\u{fdd0}");
    }

    #[test]
    fn a_line_of_a_million_characters_is_cut_and_counted() {
        let shown = printable(&"x".repeat(1_000_000));
        assert!(shown.len() < 500, "{} bytes", shown.len());
        assert!(shown.ends_with("(999600 more characters)"));
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(
            printable_name("a\n::error::b\tc"),
            "a\\u{a}::error::b\\u{9}c"
        );
    }
}
