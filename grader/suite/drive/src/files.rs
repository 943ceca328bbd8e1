//! Files of the working folder, as a driver uses them by the standard library alone.

use crate::{Bytes, Data, Shown, calls, listing, result};
use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

calls! {
    /// What can be done with files and with the file that was opened last.
    FileCall {
        Put(path: String, data: Data) => "(put {data:?} into {path:?})",
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
        (FileCall::Put(path, data), _) => result(&fs::write(path_of(path), data.bytes())),
        (FileCall::Remove(path), _) => result(&fs::remove_file(path_of(path))),
        (FileCall::Look(path), _) => result(&fs::read(path_of(path)).map(Bytes)),
        (FileCall::List, _) => result(&listing(".")),
        (_, None) => Shown::new("no file is open"),
        (FileCall::Read, Some(file)) => on_handle(read_all(file)),
        (FileCall::Write(text), Some(file)) => on_handle(file.write_all(text.as_bytes())),
        (FileCall::Seek(to), Some(file)) => on_handle(file.seek(SeekFrom::Start(*to))),
    }
}

/// The path of this name, in which `\u{fffd}` stands for a byte that is no text, where paths may have
/// one.
#[must_use]
pub fn path_of(name: &str) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        let parts: Vec<&[u8]> = name.split('\u{fffd}').map(str::as_bytes).collect();
        PathBuf::from(std::ffi::OsString::from_vec(parts.join(&0xff)))
    }
    #[cfg(not(unix))]
    PathBuf::from(name)
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
