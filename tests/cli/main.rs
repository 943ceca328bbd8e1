//! The real binary, driven on copies of tiny courses.
//!
//! Whatever takes a compiler is graded once and looked at by many tests; what student code
//! does to a case stands in [`deeds`], one deed per function of one submission.

// Terminals, `/proc` and named pipes; what the grader does elsewhere is tested in its own code.
#![cfg(target_os = "linux")]
#![cfg(test)]

mod course;
mod xml;

mod answers;
mod cache;
mod class;
mod colour;
mod compiling;
mod daily;
mod deeds;
mod endurance;
mod escapes;
mod floods;
mod formats;
mod groups;
mod hostile_intake;
mod hostile_workspace;
mod intake;
mod names;
mod not_graded;
mod progress;
mod seeds;
mod stubs;
mod weaker_cages;
