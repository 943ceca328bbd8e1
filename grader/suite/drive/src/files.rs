//! Files of the working folder, as a driver uses them by the standard library alone.

use crate::{Bytes, Shown, calls, listing, result};
use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};

calls! {
    /// What can be done with files and with the file that was opened last.
    FileCall {
        Put(path: String, bytes: Bytes) => "(put {bytes:?} into {path:?})",
        Remove(path: String) => "(remove {path:?})",
        Look(path: String) => "(look what is in {path:?})",
        List => "(list the folder)",
        Read => "read the open file from its start",
        Write(text: String) => "write {text:?} to the open file",
        Seek(to: u64) => "seek to {to} in the open file",
    }
}

/// Does it, and says what came of it.
///
/// What an open file refuses is told as `an error`: which one differs from system to system.
pub fn on_files(call: &FileCall, file: Option<&mut File>) -> Shown {
    match (call, file) {
        (FileCall::Put(path, bytes), _) => result(&fs::write(path, &bytes.0)),
        (FileCall::Remove(path), _) => result(&fs::remove_file(path)),
        (FileCall::Look(path), _) => result(&fs::read(path).map(Bytes)),
        (FileCall::List, _) => result(&listing(".")),
        (_, None) => Shown::new("no file is open"),
        (FileCall::Read, Some(file)) => on_handle(read_all(file)),
        (FileCall::Write(text), Some(file)) => on_handle(file.write_all(text.as_bytes())),
        (FileCall::Seek(to), Some(file)) => on_handle(file.seek(SeekFrom::Start(*to))),
    }
}

fn read_all(file: &mut File) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(Bytes(bytes))
}

fn on_handle<T: Debug>(done: io::Result<T>) -> Shown {
    done.map_or(Shown::new("an error"), |value| Shown::of(&value))
}
