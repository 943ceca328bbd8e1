//! CPU time: each program has its own, and a sandbox as much as it needs.

use crate::course::Course;

#[test]
fn the_sandbox_lives_longer_than_any_program_in_it_may() {
    // What a program leaves costs time to remove, which is not the program's.
    let untidy = r#"
        pub fn add(a: i32, b: i32) -> i32 {
            std::fs::create_dir("left").unwrap();
            for name in 0..15_000 {
                std::fs::write(format!("left/{name}"), "").unwrap();
            }
            a.wrapping_add(b)
        }

        pub fn greet(name: &str) -> String {
            let name = if name.is_empty() { "stranger" } else { name };
            format!("Hello, {name}!")
        }
    "#;
    let course = Course::new();
    course.submit("adder", untidy);
    let report = course.report("adder --jobs 1 --repeat 8");
    assert_eq!(report.verdict("adder"), "passed", "{:#}", report.0);
}

#[test]
fn a_program_that_only_computes_ends_at_its_limit_of_cpu_time_in_every_sandbox() {
    let course = Course::with("adder/loops");
    for sandbox in ["", "--sandbox off"] {
        let report = course.report(&format!("adder {sandbox}"));
        let case = report.case("a_stranger_is_greeted_too");
        assert_eq!(case["verdict"], "timed-out");
        assert_eq!(case["limit"], "1 s of CPU time");
    }
}
