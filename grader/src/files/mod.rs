//! Files and folders: written whole, removed at any depth, named by their contents.

pub(crate) mod atomic;
mod fingerprint;
mod lock;
pub(crate) mod regular;
pub(crate) mod removal;
mod scratch;
pub(crate) mod sources;

pub(crate) use fingerprint::Fingerprint;
pub(crate) use lock::Lock;
pub(crate) use scratch::Scratch;
