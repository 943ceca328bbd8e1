//! Commands that are printed to be copied into a shell.

use super::is_visible;
use std::ffi::OsStr;
use std::fmt::Write;

/// `cargo grader` with these arguments.
pub(crate) fn grader_command<I>(args: I) -> String
where
    I: IntoIterator<Item: AsRef<OsStr>>,
{
    args.into_iter()
        .fold("cargo grader".to_owned(), |command, arg| {
            command + " " + &quoted(arg)
        })
}

/// A word as a shell reads it, on one line, with nothing in it that cannot be seen.
///
/// Elsewhere than on Windows that is a POSIX shell; where the word has a character that must not be
/// printed, one that knows `$'…'` of POSIX 2024, as bash, ksh, zsh and busybox do.
pub(crate) fn quoted(word: impl AsRef<OsStr>) -> String {
    let word = word.as_ref();
    if cfg!(windows) {
        for_windows(&word.to_string_lossy())
    } else {
        for_posix(word)
    }
}

fn for_posix(word: &OsStr) -> String {
    let text = word
        .to_str()
        .filter(|text| text.chars().all(is_visible) && !text.contains("##"));
    text.and_then(|text| shlex::try_quote(text).ok())
        .map_or_else(|| escaped(word.as_encoded_bytes()), Into::into)
}

/// As `$'…'`. Two `#` may begin a command to a CI system, so they do not stay either.
fn escaped(word: &[u8]) -> String {
    let mut text = "$'".to_owned();
    for chunk in word.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\'' | '\\' => text.extend(['\\', letter]),
                '#' => octal(&mut text, b"#"),
                letter if is_visible(letter) => text.push(letter),
                letter => octal(&mut text, letter.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        octal(&mut text, chunk.invalid());
    }
    text + "'"
}

/// Three digits, so that a digit that follows is not taken for one of them.
fn octal(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _ = write!(text, "\\{byte:03o}");
    }
}

/// A file name on Windows holds no double quote.
fn for_windows(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_=./\\:".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    let shown = word.chars().map(|letter| match letter {
        '"' => "\\\"".to_owned(),
        letter if is_visible(letter) => letter.to_string(),
        letter => letter.escape_unicode().to_string(),
    });
    format!("\"{}\"", shown.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_arguments_that_need_it_are_quoted() {
        assert_eq!(
            grader_command(["check", "--from", "../a/b-c_1", "--seed", "7"]),
            "cargo grader check --from ../a/b-c_1 --seed 7"
        );
        let quote = if cfg!(windows) { '"' } else { '\'' };
        assert_eq!(
            grader_command(["hint", "a kata"]),
            format!("cargo grader hint {quote}a kata{quote}")
        );
    }

    #[test]
    fn a_word_on_windows_stands_in_double_quotes() {
        for (word, expected) in [
            (r"C:\katas\mine", r"C:\katas\mine"),
            (r"C:\my katas", r#""C:\my katas""#),
            ("", r#""""#),
            ("a&b", r#""a&b""#),
        ] {
            assert_eq!(for_windows(word), expected);
        }
    }

    #[cfg(unix)]
    #[test]
    fn every_word_comes_out_of_a_shell_as_it_went_in() {
        use std::os::unix::ffi::OsStrExt;
        for word in [
            b"a b".as_slice(),
            b"",
            b"~",
            b"-x",
            b"it's \"quoted\"",
            b"$(touch x) `id` $HOME ${x} !!",
            b"a;b|c&d>e<f*g?h[i]{j,k}",
            b"back\\slash",
            "你好 'é'".as_bytes(),
        ] {
            comes_out("sh", OsStr::from_bytes(word));
        }
        for word in [
            b"two\nlines".as_slice(),
            b"tab\there 'and' \\ 1",
            b"\x1b[2J\x1b]0;x\x07",
            b"no \xff\xfe text",
            b"##[error]x",
            "\u{202e}1\u{fffe}\u{9b}".as_bytes(),
        ] {
            comes_out("bash", OsStr::from_bytes(word));
        }
    }

    #[cfg(unix)]
    #[track_caller]
    fn comes_out(shell: &str, word: &OsStr) {
        use std::os::unix::ffi::OsStrExt;
        let quoted = quoted(word);
        assert!(quoted.chars().all(is_visible), "{quoted:?}");
        let printed = std::process::Command::new(shell)
            .args(["-c", &format!("printf %s {quoted}")])
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        assert_eq!(OsStr::from_bytes(&printed.stdout), word, "{quoted}");
    }
}
