//! Regular files and folders of the grader's own, in a folder that others can write to as well: no link is
//! followed, and nothing that lies there instead is waited for.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Reads a text of at most `max` bytes.
///
/// # Errors
/// What the file system says, and when it is no regular file, too long, or not UTF-8.
pub(crate) fn read(path: &Path, max: u64) -> io::Result<String> {
    let file = open(OpenOptions::new().read(true), path)?;
    let mut text = String::new();
    file.take(max + 1).read_to_string(&mut text)?;
    if text.len() as u64 > max {
        return Err(io::Error::other("it is far too long"));
    }
    Ok(text)
}

/// Opens a file, and makes an empty one if there is none.
///
/// # Errors
/// What the file system says, and when it is no regular file.
pub(crate) fn open_or_create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    open(options.write(true).create(true).truncate(false), path)
}

/// Makes a folder, if there is none; a link to one is none.
///
/// # Errors
/// What the file system says, and when something else has its name.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if folder.symlink_metadata()?.is_dir() {
                return Ok(());
            }
            Err(io::Error::other("it is a link or a file"))
        }
        made => made,
    }
}

fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    if path.is_symlink() {
        return Err(io::Error::other("it is a link"));
    }
    let file = without_following(options).open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("it is no regular file"))
    }
}

/// Between the look at the path and its opening somebody may put a link or a pipe there.
#[cfg(unix)]
fn without_following(options: &mut OpenOptions) -> &mut OpenOptions {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.custom_flags(flags.bits().cast_signed())
}

#[cfg(not(unix))]
fn without_following(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    use std::os::unix::fs::symlink;

    #[test]
    fn links_and_pipes_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let [text, link, pipe] = ["text", "link", "pipe"].map(|name| folder.path().join(name));
        fs::write(&text, "a text").unwrap();
        symlink(&text, &link).unwrap();
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
        assert_eq!(read(&text, 6).unwrap(), "a text");
        assert!(read(&text, 5).is_err());
        for path in [&link, &pipe] {
            assert!(read(path, 6).is_err());
            assert!(open_or_create(path).is_err());
        }
        assert_eq!(fs::read_to_string(&text).unwrap(), "a text");
    }
}
