//! Both halves of a suite in one process, for authors.
//!
//! `cargo test -p <kata>-solution` acts and decides here, with ordinary tools: a debugger,
//! `cargo mutants`, a profiler. There is no sandbox, so a verdict that counts comes from the
//! grader only. `SUITE_SEED` chooses the seed, otherwise every run draws a new one.

mod outside;
mod run;

pub use run::run;
pub use suite_drive as drive_half;
pub use suite_drive::*;
pub use suite_judge as judge_half;
pub use suite_judge::{Access, Case, Check, Files, Judge, Model, Rng, Scene, check, each, equal};

/// Writes a suite: each case as title, points, input, drive, judge.
///
/// This flavour makes a test program of both halves. `docs/authoring.md` explains the form.
#[macro_export]
macro_rules! suite {
    ($($suite:tt)+) => {
        #[allow(missing_docs, dead_code, unused_imports, reason = "each half uses its part")]
        mod acting {
            $crate::drive_half::suite!($($suite)+);
        }
        #[allow(missing_docs, dead_code, unused_imports, reason = "each half uses its part")]
        mod deciding {
            $crate::judge_half::suite!($($suite)+);
        }
        fn main() -> ::std::process::ExitCode {
            $crate::run(env!("CARGO_PKG_NAME"), acting::CASES, acting::ROLES, deciding::CASES)
        }
    };
}
