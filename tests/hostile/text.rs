//! What no report may do to whoever reads it.

/// Longest line of a report for people, in characters.
const LONGEST_LINE: usize = 2_000;
/// Longest report for people, in bytes.
const LONGEST: usize = 1 << 20;

/// What is wrong with a text that is shown as it is: in a log, on a terminal without colour.
pub(crate) fn faults(name: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: String| faults.push(format!("{name}: {what}"));
    let steers = |letter: char| (letter.is_control() && !"\n\t".contains(letter)) || turns(letter);
    if let Some(letter) = text.chars().find(|letter| steers(*letter)) {
        fault(format!("holds {:?}", letter.escape_unicode().to_string()));
    }
    // GitHub's runner looks behind blanks for the one and anywhere in a line for the other.
    if let Some(line) = text.lines().find(|line| is_command(line)) {
        fault(format!("holds a workflow command: {line:?}"));
    }
    let longest = text.lines().map(|line| line.chars().count()).max();
    if longest.is_some_and(|longest| longest > LONGEST_LINE) {
        fault(format!("has a line of {longest:?} characters"));
    }
    if text.len() > LONGEST {
        fault(format!("has {} bytes", text.len()));
    }
    faults
}

/// The same for a terminal with colour, where colours may be changed.
pub(crate) fn coloured_faults(name: &str, text: &str) -> Vec<String> {
    faults(name, &without_colours(text))
}

fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|letter: char| !letter.is_ascii_digit() && letter != ';');
        match end.map(|end| part.split_at(end)) {
            Some((numbers, rest)) if rest.starts_with('m') && !conceals(numbers) => {
                plain.push_str(&rest[1..]);
            }
            _ => {
                plain.push('\u{1b}');
                plain.push_str(part);
            }
        }
    }
    plain
}

/// Whether what follows would not be seen.
fn conceals(numbers: &str) -> bool {
    numbers.split(';').any(|number| number == "8")
}

fn is_command(line: &str) -> bool {
    let command = line.trim_start().strip_prefix("::");
    command.is_some_and(|rest| COMMANDS.iter().any(|command| rest.starts_with(command)))
        || line.contains("##[")
}

/// What GitHub's runner obeys.
const COMMANDS: &[&str] = &[
    "error",
    "warning",
    "notice",
    "debug",
    "add-mask",
    "set-output",
    "set-env",
    "add-path",
    "save-state",
    "stop-commands",
    "group",
    "endgroup",
    "echo",
    "add-matcher",
    "remove-matcher",
];

/// Bidirectional controls.
fn turns(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}
