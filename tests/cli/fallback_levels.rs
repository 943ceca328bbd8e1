//! What a sandbox without namespaces must do all the same.

use crate::course::{Course, Report};
use std::fs;

/// A folder too deep for any path, with closed folders at the bottom.
const DIG: &str = r#"
fn dig() -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let (here, name) = (std::env::current_dir()?, "d".repeat(250));
    std::env::set_current_dir(std::env::temp_dir())?;
    for _ in 0..40 {
        std::fs::create_dir(&name)?;
        std::env::set_current_dir(&name)?;
    }
    std::fs::create_dir_all("e/f")?;
    for closed in ["e/f", "e"] {
        std::fs::set_permissions(closed, std::fs::Permissions::from_mode(0))?;
    }
    std::env::set_current_dir(here)
}
"#;

/// Fails unless a right solution, which digs, passes without a sandbox and nothing is left of it.
fn assert_passes_and_leaves_nothing(kata: &str, text: &str) {
    let course = Course::new();
    course.submit(kata, &format!("{text}{DIG}"));
    let temporary = tempfile::tempdir().unwrap();
    let mut check = course.grader(&format!(
        "check {kata} --sandbox off --no-cache --format json"
    ));
    let report = Report::printed_by(check.env("TMPDIR", temporary.path()));
    assert_eq!(report.verdict(kata), "passed", "{:#}", report.0);
    let left = fs::read_dir(temporary.path()).unwrap();
    let left: Vec<String> = left
        .map(|entry| entry.unwrap().path().display().to_string())
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn deep_folders_of_a_case_trouble_no_later_one_and_are_removed() {
    let digs = r#"
        pub fn add(a: i32, b: i32) -> i32 {
            dig().unwrap();
            a.wrapping_add(b)
        }

        pub fn greet(name: &str) -> String {
            let name = if name.is_empty() { "stranger" } else { name };
            format!("Hello, {name}!")
        }
    "#;
    assert_passes_and_leaves_nothing("adder", digs);
}

#[test]
fn deep_folders_made_while_compiling_are_removed() {
    let digs = r#"
        pub fn expand(input: &str) -> String {
            static DUG: std::sync::Once = std::sync::Once::new();
            // The macro runs in many compilers; one of them compiles the driver.
            if std::env::args().any(|argument| argument == "driver") {
                DUG.call_once(|| dig().unwrap());
            }
            let words: Vec<&str> = input.split_whitespace().collect();
            format!("{words:?}")
        }
    "#;
    assert_passes_and_leaves_nothing("wordlist", digs);
}
