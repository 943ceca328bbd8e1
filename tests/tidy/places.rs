//! Nothing in the repository knows the machine that it was written on.

use crate::files::{all, assert_none, text, text_of};

/// Beginnings of paths that exist on one machine only.
const MACHINE: &[&str] = &[
    concat!("/", "work/"),
    concat!("/", "home/"),
    concat!("/", "root/"),
    concat!("/", "Users/"),
    concat!("C:", "\\Users"),
];

/// A folder that tests may name and nothing else.
const TEMPORARY: &str = concat!("/", "tmp");

/// Hosts that packages come from: the user's own configuration chooses them.
const REGISTRIES: &[&str] = &[
    concat!("crates", ".io"),
    concat!("rs", "proxy"),
    concat!("pypi", ".org"),
    concat!("npmjs", ".org"),
    concat!("proxy", ".golang"),
    concat!("mirrors", "."),
    concat!("artifact", "ory"),
];

/// What Cargo itself writes into a lock file, whatever registry it asks.
const CANONICAL: &str = concat!(
    "source = \"registry+https://github.com/rust-lang/crates",
    ".io-index\""
);

/// Every line of every text file that `is_wrong` picks.
fn lines(is_wrong: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for file in all() {
        let text = text_of(file).unwrap_or_default();
        let wrong = text
            .lines()
            .enumerate()
            .filter(|(_, line)| is_wrong(file, line));
        found.extend(wrong.map(|(index, line)| format!("{file}:{}: {}", index + 1, line.trim())));
    }
    found
}

fn is_test(file: &str) -> bool {
    file.starts_with("tests/") || file.contains("/tests/")
}

#[test]
fn no_file_names_a_folder_of_one_machine() {
    // An attack names the places that it is after, and they are everybody's.
    let is_attack = |file: &str| file.starts_with("tests/hostile/entries/");
    let found =
        lines(|file, line| !is_attack(file) && MACHINE.iter().any(|path| line.contains(path)));
    assert_none(
        &found,
        "Name it relative to the course, or take it from the environment.",
    );
}

#[test]
fn only_tests_name_the_temporary_folder() {
    let found = lines(|file, line| !is_test(file) && line.contains(TEMPORARY));
    assert_none(&found, "Ask `std::env::temp_dir` or `tempfile` for it.");
}

#[test]
fn no_file_names_where_packages_come_from() {
    let found = lines(|file, line| {
        let canonical = file.ends_with("Cargo.lock") && line == CANONICAL;
        !canonical && REGISTRIES.iter().any(|host| line.contains(host))
    });
    assert_none(
        &found,
        "Which registry is asked is a matter of the user's own Cargo configuration, not of the \
         course.",
    );
}

#[test]
fn lock_files_lock_packages_of_one_registry_only() {
    let locks = all().iter().filter(|file| file.ends_with("Cargo.lock"));
    let mut seen = 0;
    let mut strange = Vec::new();
    for file in locks {
        for line in text(file)
            .lines()
            .filter(|line| line.starts_with("source = "))
        {
            seen += 1;
            if line != CANONICAL {
                strange.push(format!("{file}: {line}"));
            }
        }
    }
    assert!(seen > 0, "no lock file was looked at");
    assert_none(&strange, "Depend on published packages only.");
}
