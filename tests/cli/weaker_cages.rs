//! What a sandbox without namespaces must do all the same.

use crate::course::{Course, Report, replaced, solution};
use std::fs;

/// Too deep for a path, with closed folders at the bottom.
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

/// The verdict on a kata without a full sandbox, and what is left of it.
fn graded(course: &Course, kata: &str) -> (String, Vec<String>) {
    let temporary = tempfile::tempdir().unwrap();
    let output = course
        .grader(&format!(
            "check {kata} --sandbox off --no-cache --format json"
        ))
        .env("TMPDIR", temporary.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let report = Report::read(&text)
        .unwrap_or_else(|| panic!("{text}\n{}", String::from_utf8_lossy(&output.stderr)));
    let verdict = report.0["katas"][0]["verdict"].as_str().unwrap();
    let left = fs::read_dir(temporary.path()).unwrap();
    let left = left.map(|entry| entry.unwrap().path().display().to_string());
    (verdict.to_owned(), left.collect())
}

#[test]
fn deep_folders_of_a_case_trouble_no_later_one_and_are_removed() {
    let text = replaced(
        &solution(),
        "    fs::read(path)\n",
        "    if path.as_ref().ends_with(\"data.bin\") {\n        dig()?;\n    }\n    fs::read(path)\n",
    );
    let course = Course::file_modes().and_submission("file-modes", &format!("{text}{DIG}"));
    assert_eq!(graded(&course, "file-modes"), ("passed".to_owned(), vec![]));
}

#[test]
fn deep_folders_made_while_compiling_are_removed() {
    let course = Course::new(&["orm-derive"]);
    course.solve("orm-derive", "exercises");
    let lib = course.path("exercises/objects/orm-derive/src/lib.rs");
    let text = replaced(
        &fs::read_to_string(&lib).unwrap(),
        "    let Data::Struct(data) = &input.data else {",
        "    static DUG: std::sync::Once = std::sync::Once::new();
    // One run of the compiler, and no driver, has this among its arguments.
    if std::env::args().any(|argument| argument == \"driver\") {
        DUG.call_once(|| dig().unwrap());
    }
    let Data::Struct(data) = &input.data else {",
    );
    fs::write(&lib, format!("{text}{DIG}")).unwrap();
    assert_eq!(graded(&course, "orm-derive"), ("passed".to_owned(), vec![]));
}
