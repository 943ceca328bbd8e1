//! The deciding half of a suite.
//!
//! This crate's flavour of [`suite!`] keeps only what *decides*: the `input` blocks, which
//! draw inputs from a seed, and the `judge` blocks, which hold the answer of a driver
//! against them. It never shares a process with student code.

mod case;
mod check;
mod excerpt;
mod files;
mod judge;
mod macros;
pub mod protocol;
mod rng;
mod scene;
mod serve;

pub use case::{
    Case, Half, Judgement, Wrong, decide, decide_calls, describe, describe_calls, describe_scenes,
    draw, is_used, record,
};
pub use check::{Check, Mismatch, check, each, equal};
pub use excerpt::Excerpt;
pub use files::{Access, Files};
pub use judge::{Judge, Look, Model};
pub use rng::Rng;
pub use scene::Scene;
pub use serve::serve;
pub use suite_drive::{Bytes, Data, Event, FileCall, Seen, Shown, Step, calls, texts_of};
pub use wire::{Hidden, Wire, wire};
