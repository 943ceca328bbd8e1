//! Grades katas.
//!
//! Data flows one way, each arrow a value: the course ([`catalogue`]) and a student's folder
//! ([`submission`]) are put on a [`stage`], [`compile`]d, [`run`] case by case in processes
//! of their own, judged by the [`oracle`] and [`judge`], recorded ([`record`]) and reported
//! ([`report`]). [`grade`] is the engine that runs that line; `command` wires it to the
//! command line. ARCHITECTURE.md has the map and the rules.

// Layer by layer: each imports only from those above it.
mod error;
mod exit_code;
mod text;

mod atomic;
mod depot;
mod fingerprint;
mod limits;
mod parallel;
mod process;
mod removal;
mod scratch;

mod cargo;
mod linking;
mod outcome;
mod record;

mod attempt;
mod catalogue;
mod compile;
mod grade;
mod interface;
mod judge;
mod macro_source;
mod oracle;
mod run;
mod scan;
mod spans;
mod stage;
mod submission;
mod suite_source;
mod verdicts;
mod watch;
mod workshop;

mod progress;
mod report;
mod verify;

mod cli;
mod command;

#[cfg(test)]
mod fuzz;

pub use command::main_of;
pub use exit_code::ExitCode;
