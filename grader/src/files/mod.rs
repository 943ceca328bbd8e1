//! Files and folders: written whole, removed at any depth, named by their contents, and read
//! where somebody else may change them.

pub(crate) mod atomic;
mod fingerprint;
pub(crate) mod removal;
mod scratch;
pub(crate) mod sources;
mod untrusted;

pub(crate) use fingerprint::Fingerprint;
pub(crate) use scratch::Scratch;
pub(crate) use untrusted::{Kind, Refusal, UntrustedDir, Why};
