//! Files and folders: written whole, removed at any depth, named by their contents, and read
//! where somebody else may change them.

pub(crate) mod atomic;
mod fingerprint;
mod lock;
pub(crate) mod regular;
pub(crate) mod removal;
mod scratch;
pub(crate) mod sources;
mod untrusted;

pub(crate) use fingerprint::Fingerprint;
pub(crate) use lock::Lock;
pub(crate) use scratch::Scratch;
pub(crate) use untrusted::{Kind, Refusal, UntrustedDir, Why};

use std::path::Path;

/// Whether files can be made in a folder, which is made if there is none.
pub(crate) fn can_write(folder: &Path) -> bool {
    std::fs::create_dir_all(folder).is_ok() && tempfile::tempdir_in(folder).is_ok()
}
