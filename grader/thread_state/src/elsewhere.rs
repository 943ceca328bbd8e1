//! The platforms that cannot tell what a thread waits for.

use crate::{Direction, Snapshot};
use std::io;

pub(crate) fn snapshot(_root: u32) -> io::Result<Snapshot> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn this_thread() -> io::Result<u32> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn held_outside(_: &[(u64, Direction)], _: impl Fn(u32) -> bool) -> io::Result<bool> {
    Err(io::ErrorKind::Unsupported.into())
}
