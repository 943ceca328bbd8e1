//! Verdicts that need not be made again.

use crate::course::{Course, solution, with_body};

#[test]
fn an_unchanged_kata_keeps_its_verdict_until_its_text_or_the_course_changes() {
    let wrong = with_body(&solution(), "append_text", "    fs::write(path, text)");
    let course = Course::file_modes().and_submission("file-modes", &wrong);
    let first = course.report("");
    assert_eq!(first.kata("file-modes")["kept"], false);

    let second = course.report("");
    let kata = second.kata("file-modes");
    assert_eq!(kata["kept"], true);
    for field in ["verdict", "points", "cases", "seed"] {
        assert_eq!(kata[field], first.kata("file-modes")[field], "{field}");
    }
    let asked_for = course.report("--no-cache");
    assert_eq!(asked_for.kata("file-modes")["kept"], false);

    course.submit("file-modes", &solution());
    let mended = course.report("");
    assert_eq!(mended.kata("file-modes")["kept"], false);
    assert_eq!(mended.kata("file-modes")["verdict"], "passed");

    let course = course.and_about("file-modes", "[limits]\nopen-files = 63");
    assert_eq!(course.report("").kata("file-modes")["kept"], false);
}
