//! CPU time: each program has its own, and a sandbox as much as it needs.

use crate::course::{Course, replaced, solution, with_body};

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

#[test]
fn a_program_that_only_computes_ends_at_its_limit_of_cpu_time_in_every_cage() {
    let busy = with_body(
        &solution(),
        "append_text",
        "    let _ = (path, text);\n    loop {\n        std::hint::spin_loop();\n    }",
    );
    // Far less than the clock on the wall would allow.
    let limits = "[limits]\ncpu-seconds = 1\nwall-seconds = 600";
    let course = Course::file_modes()
        .and_submission("file-modes", &busy)
        .and_about("file-modes", limits);
    for sandbox in ["", "--sandbox off"] {
        let report = course.report(sandbox);
        let case = report.case("appending_keeps_what_is_there_and_creates_what_is_not");
        assert_eq!(case["verdict"], "timed-out");
        assert_eq!(case["limit"], "1 s of CPU time");
    }
}
