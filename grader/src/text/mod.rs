//! The one place where untrusted text becomes output.

mod inert;
mod layout;
mod printable;
mod shell;

pub(crate) use inert::{after_colour, escaped, inert};
pub(crate) use layout::{hanging, indented, plural, prose, wrapped};
pub(crate) use printable::{is_visible, printable, printable_name};
pub(crate) use shell::{grader_command, quoted};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_printed_can_steer_anything() {
        crate::fuzz::bytes(|bytes| {
            let shown = printable(&String::from_utf8_lossy(bytes));
            let steers = |letter: char| !is_visible(letter) && letter != '\n' && letter != '\t';
            assert!(!shown.contains(steers), "{shown:?}");
            let shown = inert(&shown);
            let commands = shown
                .lines()
                .filter(|line| line.trim_start().starts_with("::"));
            assert_eq!(commands.count(), 0, "{shown:?}");
            assert!(!shown.contains("##["), "{shown:?}");
        });
    }
}
