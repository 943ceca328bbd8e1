//! Grades katas.
//!
//! Data flows one way, each arrow a value: the course and a student's folder ([`course`]) are
//! [`compile`]d and [`run`] case by case in a [`sandbox`], judged ([`judge`]), recorded
//! ([`record`]) and reported ([`report`]). [`grade`] is that way, top to bottom; `command` wires
//! it to the command line. ARCHITECTURE.md has the map and the rules.

mod build;
mod cases;
mod class;
mod cli;
mod command;
mod compile;
mod course;
mod engine;
mod error;
mod exit_code;
mod files;
mod grade;
mod incremental;
mod judge;
mod limits;
mod outcome;
mod parallel;
mod process;
mod progress;
mod record;
mod report;
mod run;
mod sandbox;
mod text;
mod verdict_cache;
mod verify;

#[cfg(test)]
mod fuzz;

pub use command::main_of;
pub use exit_code::ExitCode;
