//! Many rounds in one cage.

use crate::course::{Course, replaced, solution};

#[test]
fn the_cage_lives_longer_than_any_program_in_it_may() {
    // What a program leaves costs time to take away, which is not the program's.
    let messy = replaced(
        &solution(),
        "    fs::read(path)\n",
        "    if path.as_ref().exists() {\n        fs::create_dir(\"left\")?;\n        \
         for name in 0..15_000 {\n            \
         fs::write(format!(\"left/{name}\"), \"\")?;\n        }\n    }\n    fs::read(path)\n",
    );
    let course = Course::file_modes()
        .and_submission("file-modes", &messy)
        .and_about("file-modes", "[limits]\ncpu-seconds = 1");
    let report = course.report("--repeat 40");
    assert_eq!(report.kata("file-modes")["verdict"], "passed");
}
