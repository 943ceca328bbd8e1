//! One folder of the stage, and what lies in it where.

use super::Stage;
use crate::cargo::executable;
use crate::error::{Error, Result};
use crate::limits::Bounds;
use crate::process::{Bars, Level, Shown};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Where a cage with a root of its own sees a kata.
const SEEN: &str = "/kata";

/// Folders on the stage: what compilers write, what can be seen of a student's crate, what a case
/// writes, what a private root is built on, the driver, what outlasts a grade, and crates for other
/// cages.
pub(super) const OUT: &str = "out";
pub(super) const REFUSED_OUT: &str = "refused-out";
pub(super) const LIBRARY_OUT: &str = "library-out";
pub(super) const INTERFACE: &str = "interface";
pub(super) const WORK: &str = "work";
pub(super) const ROOT: &str = "root";
pub(super) const DRIVER: &str = "driver";
pub(super) const LASTING: &str = "incremental";
pub(super) const LIBRARIES: &str = "libraries";
/// What macros made of the programs that must not compile.
pub(super) const EXPANSIONS: &str = "expansions";

/// A folder, removed when this is dropped, and where a cage sees it.
///
/// In a cage with a root of its own that is always the same place, so that nothing tells one
/// grade from another.
#[derive(Debug)]
pub(super) struct Place {
    folder: TempDir,
    pub(super) level: Level,
}

impl Place {
    pub(super) fn new(stage: &Stage, name: &str, level: Level) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix(&format!("{name}-"))
            .tempdir_in(stage.folder.path())
            .map_err(|error| Error::io("make a folder in", stage.folder.path(), &error))?;
        for inside in [
            OUT,
            REFUSED_OUT,
            LIBRARY_OUT,
            WORK,
            ROOT,
            DRIVER,
            LASTING,
            LIBRARIES,
        ] {
            make(&folder.path().join(inside))?;
        }
        Ok(Self { folder, level })
    }

    pub(super) fn host(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn seen(&self) -> &Path {
        match self.level {
            Level::Full => Path::new(SEEN),
            Level::Landlock | Level::Limits | Level::Bare => self.host(),
        }
    }

    pub(super) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> Result<()> {
        let path = self.host().join(path);
        make(path.parent().unwrap_or(Path::new("/")))?;
        fs::write(&path, text).map_err(|error| Error::io("write", &path, &error))
    }

    pub(super) fn keep(&self, path: &str, mut made: fs::File) -> Result<PathBuf> {
        let path = self.host().join(path);
        let kept = fs::File::create(&path).and_then(|mut kept| io::copy(&mut made, &mut kept));
        kept.map_err(|error| Error::io("keep a file as", &path, &error))?;
        Ok(path)
    }

    pub(super) fn keep_driver(&self, made: fs::File) -> Result<()> {
        let path = self.keep(&format!("{DRIVER}/{}", executable("driver")), made)?;
        make_executable(&path).map_err(|error| Error::io("make executable", &path, &error))
    }

    /// The bars of a cage with a compiler in it, that sees this folder.
    pub(super) fn compiler_bars(&self, compiler: &[PathBuf], bounds: Bounds) -> Bars {
        let mut readable: Vec<Shown> = compiler.iter().map(Shown::as_it_is).collect();
        readable.push(Shown {
            host: self.host().to_owned(),
            inside: self.seen().to_owned(),
        });
        Bars {
            root: self.host().join(ROOT),
            readable,
            writable: self.seen().join(OUT),
            lasting: None,
            proc: true,
            bounds,
        }
    }
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o555))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}

pub(super) fn make(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, &error))
}
