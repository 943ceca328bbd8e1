//! The entries, by what they attack.

mod build;
mod channel;
mod concurrent;
mod controls;
mod deadlock;
mod detect;
mod divergence;
mod exit;
mod intake;
mod leak;
mod next_case;
mod process;
mod quota;
mod resource;
mod symbol;
mod text;
mod types;

use crate::entry::Entry;

/// All of them.
pub(crate) fn all() -> Vec<Entry> {
    [
        build::ENTRIES,
        channel::ENTRIES,
        concurrent::ENTRIES,
        controls::ENTRIES,
        deadlock::ENTRIES,
        detect::ENTRIES,
        divergence::ENTRIES,
        exit::ENTRIES,
        intake::ENTRIES,
        leak::ENTRIES,
        next_case::ENTRIES,
        process::ENTRIES,
        quota::ENTRIES,
        resource::ENTRIES,
        symbol::ENTRIES,
        text::ENTRIES,
        types::ENTRIES,
    ]
    .concat()
}
