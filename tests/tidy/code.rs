//! What may stand in the code of the grader and of the solutions.

use crate::files::{assert_none, below, text};
use crate::tokens::{ident, is_mark, levels, line, of, paths};
use proc_macro2::TokenTree;

/// Longest module, in lines.
const LONGEST: usize = 400;
/// Modules that are longer, each with the reason why it is better so.
const LONGER: &[(&str, &str)] = &[];

/// What may hold `unsafe`, and what for.
const UNSAFE: &[(&str, &str)] = &[
    (
        "grader/suite/drive/src/channel.rs",
        "takes the channel off descriptor 0",
    ),
    ("grader/src/sandbox/init.rs", "ending every process"),
    (
        "grader/src/sandbox/launch.rs",
        "starting a program that confines itself first",
    ),
    ("grader/src/sandbox/namespaces.rs", "namespaces"),
];

/// What may start programs, and what for.
const STARTERS: &[(&str, &str)] = &[
    ("grader/src/process.rs", "what the course trusts"),
    ("grader/src/sandbox/", "everything that runs student code"),
    (
        "grader/suite/drive/src/serve.rs",
        "child processes of a case, in its sandbox",
    ),
    (
        "grader/src/text/shell.rs",
        "shells that read what it has quoted, in its tests",
    ),
    ("grader/benchmark/src/", "whatever is measured"),
    ("grader/thread_state/tests/", "process trees to look at"),
    (
        "grader/thread_state/src/linux/",
        "process trees to look at, in its tests",
    ),
];

/// What may hold an ignored test, and what for.
const IGNORED: &[(&str, &str)] = &[(
    "grader/thread_state/tests/trees.rs",
    "a part that other tests play in a process of its own",
)];

/// The code of the grader, and of what is built with it.
fn grader() -> Vec<&'static str> {
    below("grader", ".rs")
}

/// The code of the grader and of the solutions.
fn ours() -> Vec<&'static str> {
    let solutions = below("solutions", ".rs");
    let solutions = solutions.into_iter().filter(|file| file.contains("/src/"));
    grader().into_iter().chain(solutions).collect()
}

fn starts_with_one_of(file: &str, allowed: &[(&str, &str)]) -> bool {
    allowed.iter().any(|(start, _)| file.starts_with(start))
}

/// Places in `files` where `find` finds something in the tokens of one level.
fn places(
    files: impl IntoIterator<Item = &'static str>,
    find: impl Fn(&[TokenTree]) -> Vec<usize>,
) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        levels(of(file), &mut |level| {
            found.extend(find(level).iter().map(|line| format!("{file}:{line}")));
        });
    }
    found
}

/// Attributes of one level: the tokens between `[` and `]`, and the line.
fn attributes(level: &[TokenTree]) -> Vec<(Vec<TokenTree>, usize)> {
    let mut found = Vec::new();
    for (at, token) in level.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        let before = &level[at.saturating_sub(2)..at];
        let opens = match before {
            [.., mark] if is_mark(mark, '#') => true,
            [hash, bang] => is_mark(hash, '#') && is_mark(bang, '!'),
            _ => false,
        };
        if opens {
            found.push((group.stream().into_iter().collect(), line(token)));
        }
    }
    found
}

#[test]
fn only_the_sandbox_and_the_process_module_start_programs() {
    let starts = |path: &Vec<String>| {
        let pair = |a: &str, b: &str| path.windows(2).any(|two| two[0] == a && two[1] == b);
        pair("process", "Command") || pair("tokio", "process")
    };
    let files = grader()
        .into_iter()
        .filter(|file| !starts_with_one_of(file, STARTERS));
    let found: Vec<String> = files
        .filter(|file| paths(of(file)).iter().any(starts))
        .map(str::to_owned)
        .collect();
    assert_none(
        &found,
        "These start programs. Start what runs student code with `sandbox::Sandbox`, and what the \
         course trusts with `process::tool`.",
    );
}

#[test]
fn unsafe_code_stands_only_where_a_system_call_has_no_safe_wrapper() {
    let files = grader()
        .into_iter()
        .filter(|file| !starts_with_one_of(file, UNSAFE));
    let found = places(files, |level| {
        let words = level
            .iter()
            .filter(|token| ident(token).as_deref() == Some("unsafe"));
        words.map(line).collect()
    });
    assert_none(
        &found,
        "Is there a safe wrapper (rustix, std)? If there is none, say in UNSAFE (tests/tidy/code.rs) \
         what the file is allowed `unsafe` for.",
    );
}

#[test]
fn what_is_allowed_unsafe_or_to_start_programs_still_needs_it() {
    let files = grader();
    let mut idle = Vec::new();
    for (file, _) in UNSAFE {
        let mut needs = false;
        if files.contains(file) {
            levels(of(file), &mut |level| {
                needs |= level
                    .iter()
                    .any(|token| ident(token).as_deref() == Some("unsafe"));
            });
        }
        idle.extend((!needs).then(|| (*file).to_owned()));
    }
    for (start, _) in STARTERS {
        let needs = files.iter().filter(|file| file.starts_with(start));
        let needs = needs.flat_map(|file| paths(of(file)));
        let mut needs = needs.filter(|path| path.contains(&"Command".to_owned()));
        idle.extend(needs.next().is_none().then(|| (*start).to_owned()));
    }
    assert_none(
        &idle,
        "Take these off the lists in tests/tidy/code.rs: they need it no more.",
    );
}

#[test]
fn no_module_is_longer_than_a_reader_can_hold() {
    let long = grader().into_iter().filter_map(|file| {
        let lines = text(file).lines().count();
        let allowed = LONGER.iter().any(|(longer, _)| *longer == file);
        (lines > LONGEST && !allowed).then(|| format!("{file}: {lines} lines"))
    });
    assert_none(
        &long.collect::<Vec<_>>(),
        "Split the module where one part is not needed to understand the other, or say in LONGER \
         (tests/tidy/code.rs) why it is better in one piece.",
    );
}

#[test]
fn no_test_is_ignored() {
    let files = ours()
        .into_iter()
        .filter(|file| !starts_with_one_of(file, IGNORED));
    let found = places(files, |level| {
        let ignored = attributes(level).into_iter();
        let ignored = ignored
            .filter(|(inside, _)| inside.first().and_then(ident).as_deref() == Some("ignore"));
        ignored.map(|(_, line)| line).collect()
    });
    assert_none(
        &found,
        "Mend the test or take it away: what is ignored rots.",
    );
}

#[test]
fn nothing_is_left_to_be_written() {
    let files = ours()
        .into_iter()
        .filter(|file| !file.starts_with("grader/templates/"));
    let found = places(files, |level| {
        let macros = level.windows(2).filter(|two| {
            let name = ident(&two[0]);
            let name = name.as_deref();
            (name == Some("todo") || name == Some("unimplemented")) && is_mark(&two[1], '!')
        });
        macros.map(|two| line(&two[0])).collect()
    });
    assert_none(&found, "Write it, or take away what needs it.");
}

#[test]
fn every_lint_that_is_silenced_has_a_reason() {
    let found = places(ours(), |level| {
        let found = attributes(level).into_iter();
        let found = found.filter(|(inside, _)| {
            let name = inside.first().and_then(ident);
            let silences = ["allow", "expect"].map(Some).contains(&name.as_deref());
            let mut arguments = inside.iter().filter_map(|token| match token {
                TokenTree::Group(group) => Some(group.stream()),
                _ => None,
            });
            let arguments = arguments.next().into_iter().flatten();
            let mut words = arguments.filter_map(|token| ident(&token));
            silences && !words.any(|word| word == "reason")
        });
        found.map(|(_, line)| line).collect()
    });
    assert_none(
        &found,
        "Follow the lint, or say why not: `#[expect(lint, reason = \"…\")]`.",
    );
}
