//! Submissions that try to get a pass they did not earn, or to harm, and what must become of
//! each.
//!
//! `cargo test --test hostile` runs the fast part; `HOSTILE=all` runs everything, and
//! `HOSTILE_USER=65534`, as root, runs the grader as that user. `tests/hostile/weaker` shows
//! what weaker sandboxes do not stop; there entries fail, and docs/trust.md says which. After every
//! entry canaries are looked at; at the end a table shows each entry beside what other judges
//! made of it.
//!
//! There is no sandbox but on Linux, so that elsewhere there is nothing to be tested.

#[cfg(target_os = "linux")]
mod canary;
#[cfg(target_os = "linux")]
mod class;
#[cfg(target_os = "linux")]
mod entries;
#[cfg(target_os = "linux")]
mod entry;
#[cfg(target_os = "linux")]
mod ground;
#[cfg(target_os = "linux")]
mod judgement;
#[cfg(target_os = "linux")]
mod killed;
#[cfg(target_os = "linux")]
mod kin;
#[cfg(target_os = "linux")]
mod launch;
#[cfg(target_os = "linux")]
mod stalled;
#[cfg(target_os = "linux")]
mod table;
#[cfg(target_os = "linux")]
mod text;
#[cfg(target_os = "linux")]
mod trials;
#[cfg(target_os = "linux")]
mod user;

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    return trials::run();
    #[cfg(not(target_os = "linux"))]
    ExitCode::SUCCESS
}
