//! The acting half of a suite.
//!
//! A suite is written once, with [`suite!`]. This crate's flavour of the macro keeps only
//! what *acts*: the `drive` blocks, which call the student's code with inputs they are sent
//! and report plain observations. It holds no expected value and no assertion, depends on
//! nothing but std, and compiles fast, because every grade compiles it again.
//!
//! `suite-judge` exports the deciding flavour of the same macro, `suite` both together.

mod calls;
mod channel;
mod event;
mod files;
mod instances;
mod macros;
mod observe;
mod reached;
mod scene;
mod serve;
mod settle;
mod spawn;

pub use channel::{
    Frame, FrameError, MAX_FRAME, Panic, Resource, Secret, Start, read_frame, write_frame,
};
pub use event::{Event, Log};
pub use files::{FileCall, on_files, path_of};
pub use instances::instances;
pub use observe::{Bytes, Data, Shown, failure, listing, result, texts_of};
pub use reached::{Listener, install_listener, reached};
pub use scene::{INSIDE, Inside, Seen, Step, caught, play, play_all};
pub use serve::{Act, Role, role, serve};
pub use settle::{Referee, Settled, install_referee, set_program, settle};
pub use spawn::{spawn, spawn_scoped};
pub use wire::{Hidden, Wire, travels, wire};

/// Unwinds the calling thread on purpose, without the panic being reported as the student's.
///
/// It poisons locks and runs destructors just as `panic!` does.
pub fn unwind() -> ! {
    std::panic::resume_unwind(Box::new("unwound by the driver, on purpose"))
}
