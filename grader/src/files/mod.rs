//! Files and folders: written whole, removed at any depth, named by their contents.

pub(crate) mod atomic;
mod fingerprint;
pub(crate) mod removal;
mod scratch;
pub(crate) mod sources;

pub(crate) use fingerprint::Fingerprint;
pub(crate) use scratch::Scratch;
