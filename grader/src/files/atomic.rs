//! Atomic writes: a reader sees the old file or the new one, never a part.

use std::io::{self, Write};
use std::path::Path;
use tempfile::{Builder, NamedTempFile};

/// Writes a text to `path`, and makes its folder if there is none.
///
/// # Errors
/// What the file system says. The old file is still there then.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    written(path, text)?.persist(path)?;
    Ok(())
}

/// The same, and the text is on the disk when this returns, even if the machine stops then.
///
/// # Errors
/// As for [`write()`].
pub(crate) fn write_durably(path: &Path, text: &str) -> io::Result<()> {
    let new = written(path, text)?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    Ok(())
}

/// Writes a temporary file in the folder of `path`, so that both are in the same file system.
fn written(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut builder = Builder::new();
    let mut new = as_ordinary(&mut builder).tempfile_in(folder)?;
    new.write_all(text.as_bytes())?;
    Ok(new)
}

/// With the mode that every new file gets, which the umask decides. By themselves temporary files
/// are closed to everybody else.
#[cfg(unix)]
fn as_ordinary<'b, 'n>(builder: &'b mut Builder<'n, 'n>) -> &'b mut Builder<'n, 'n> {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn as_ordinary<'b, 'n>(builder: &'b mut Builder<'n, 'n>) -> &'b mut Builder<'n, 'n> {
    builder
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/state.json");
        write(&path, "old").unwrap();
        write_durably(&path, "new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_has_the_mode_of_any_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let [ordinary, ours] = ["ordinary", "ours"].map(|name| folder.path().join(name));
        fs::write(&ordinary, "").unwrap();
        write(&ours, "").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&ordinary));
    }

    #[test]
    fn a_path_that_cannot_be_replaced_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        fs::create_dir_all(path.join("by a folder")).unwrap();
        assert!(write(&path, "new").is_err());
        assert!(path.join("by a folder").is_dir());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
