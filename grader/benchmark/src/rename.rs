//! Gives a kata's texts a new id.

/// What comes before a program's name in the variable that Cargo tells tests its path by.
const PROGRAM: &str = "CARGO_BIN_EXE_";

/// `text` with the kata `id`, and its crate, called `id` and `copy` after it.
///
/// A number alone is added, because it is fit both for `file-modes` and for `file_modes`.
pub(crate) fn renamed(text: &str, id: &str, copy: usize) -> String {
    let krate = id.replace('-', "_");
    let once = numbered(text, id, copy);
    if krate == id {
        once
    } else {
        numbered(&once, &krate, copy)
    }
}

/// The id of a kata's copy; the first is the kata itself.
pub(crate) fn copied_id(id: &str, copy: usize) -> String {
    if copy < 2 {
        id.to_owned()
    } else {
        format!("{id}{copy}")
    }
}

fn numbered(text: &str, name: &str, copy: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let (before, after) = (&rest[..at], &rest[at + name.len()..]);
        out.push_str(before);
        out.push_str(name);
        if begins_here(&out[..out.len() - name.len()]) && ends_here(after) {
            out.push_str(&copy.to_string());
        }
        rest = after;
    }
    out + rest
}

fn begins_here(before: &str) -> bool {
    let goes_on = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    before.ends_with(PROGRAM) || !before.ends_with(goes_on)
}

/// A `-` may follow, as in `file-modes-solution`.
fn ends_here(after: &str) -> bool {
    !after.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_crates_and_paths_get_the_number() {
        let manifest = "name = \"file-modes-solution\"\nname = \"file_modes\"\n\
                        path = \"../../tests/hidden/files/file-modes/suite.rs\"";
        assert_eq!(
            renamed(manifest, "file-modes", 12),
            "name = \"file-modes12-solution\"\nname = \"file_modes12\"\n\
             path = \"../../tests/hidden/files/file-modes12/suite.rs\""
        );
    }

    #[test]
    fn programs_get_the_number_wherever_they_are_named() {
        assert_eq!(
            renamed(
                "env!(\"CARGO_BIN_EXE_process-pipe-child\")",
                "process-pipe",
                3
            ),
            "env!(\"CARGO_BIN_EXE_process-pipe3-child\")"
        );
    }

    #[test]
    fn longer_words_are_left_alone() {
        for text in [
            "my-file-modes",
            "file_modes_of",
            "file-modes2",
            "un_file_modes",
        ] {
            assert_eq!(renamed(text, "file-modes", 2), text);
        }
    }

    #[test]
    fn an_id_of_one_word_is_numbered_once() {
        assert_eq!(renamed("use pool::Pool;", "pool", 2), "use pool2::Pool;");
    }

    #[test]
    fn the_first_copy_is_the_kata_itself() {
        assert_eq!(copied_id("pool", 1), "pool");
        assert_eq!(copied_id("pool", 2), "pool2");
    }
}
