//! The real binary, driven on copies of the tiny course in `tests/fixtures/course`.
//!
//! What students hand in lies in `tests/fixtures/submissions`; [`course`] has the helpers.

// Terminals, `/proc` and named pipes; what the grader does elsewhere is tested in its own code.
#![cfg(target_os = "linux")]
#![cfg(test)]

mod course;
mod xml;

mod answers;
mod batch;
mod cache;
mod class;
mod colour;
mod compiling;
mod control_groups;
mod cpu_time;
mod daily;
mod determinism;
mod disk;
mod escapes;
mod fallback_levels;
mod floods;
mod formats;
mod hostile_intake;
mod hostile_workspace;
mod intake;
mod interrupts;
mod mistakes;
mod mutants;
mod names;
mod new_kata;
mod not_graded;
mod progress;
mod progress_file;
mod quoting;
mod schema;
mod seeds;
mod start;
mod status;
mod stubs;
mod toolchains;
mod verdicts;
