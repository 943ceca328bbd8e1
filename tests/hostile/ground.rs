//! The ground of one entry: a tiny course, the submission, a home, a temporary folder, and
//! things outside the sandbox that must stay as they are.

use crate::entry::{Change, Entry, Kata};
use crate::launch::{Launcher, WORKSPACE};
use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use suite_drive::{Frame, Wire};
use tempfile::TempDir;

/// The folders and files of one entry. Dropping it removes them.
pub(crate) struct Ground {
    folder: TempDir,
    /// What stands for places and names in an entry's text.
    names: Vec<(&'static str, String)>,
    /// A word that every process of the entry carries in its command line.
    pub(crate) mark: String,
}

impl Ground {
    /// Lays it out.
    pub(crate) fn lay(entry: &Entry, launcher: &Launcher) -> io::Result<Self> {
        let ground = Self::bare(launcher)?;
        ground.copy_course(entry)?;
        ground.submit(entry.kata, entry.base, entry.changes)?;
        launcher.give(ground.folder.path())?;
        Ok(ground)
    }

    /// Lays out a class: what each student hands in, under the student's name.
    pub(crate) fn lay_class(class: &[(&str, Entry)], launcher: &Launcher) -> io::Result<Self> {
        let ground = Self::bare(launcher)?;
        for (student, entry) in class {
            ground.copy_course(entry)?;
            let from = format!("from/{student}");
            ground.submit_as(&from, entry.kata, entry.base, entry.changes)?;
        }
        launcher.give(ground.folder.path())?;
        Ok(ground)
    }

    fn bare(launcher: &Launcher) -> io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("entry-")
            .tempdir_in(launcher.base())?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        let mark = format!("mark{:016x}", launcher.draw());
        let mut ground = Self {
            folder,
            names: Vec::new(),
            mark,
        };
        for part in ["course/exercises", "from", "home/.secret", "tmp", "outside"] {
            fs::create_dir_all(ground.path(part))?;
        }
        let secret = ground.path("home/.secret/token");
        fs::write(&secret, launcher.secret())?;
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600))?;
        fs::write(ground.path("outside/file"), "as it was\n")?;
        ground.names = ground.named(launcher);
        Ok(ground)
    }

    /// Something in it.
    pub(crate) fn path(&self, part: &str) -> PathBuf {
        self.folder.path().join(part)
    }

    fn named(&self, launcher: &Launcher) -> Vec<(&'static str, String)> {
        let shown = |part: &str| self.path(part).display().to_string();
        vec![
            ("@SECRET@", shown("home/.secret/token")),
            ("@HOME@", shown("home")),
            ("@OUTSIDE@", shown("outside")),
            ("@GROUND@", self.folder.path().display().to_string()),
            ("@COURSE@", WORKSPACE.to_owned()),
            ("@PORT@", launcher.port().to_string()),
            ("@SOCKET@", launcher.socket().display().to_string()),
            ("@MARK@", self.mark.clone()),
            ("@NICE@", nice().to_string()),
            ("@ANSWER@", answer_tag()),
        ]
    }

    fn copy_course(&self, entry: &Entry) -> io::Result<()> {
        let place = Path::new("tests/hidden").join(entry.kata.place);
        let course = self.path("course");
        copy(&Path::new(WORKSPACE).join(&place), &course.join(&place))?;
        let about = course.join(&place).join("kata.toml");
        let text = fs::read_to_string(&about)?;
        let mut table: toml::Table = text.parse().map_err(io::Error::other)?;
        let limits = table
            .entry("limits")
            .or_insert_with(|| toml::Table::new().into());
        if let Some(limits) = limits.as_table_mut() {
            let new = entry.limits.iter();
            limits.extend(new.map(|(name, value)| ((*name).to_owned(), (*value).into())));
        }
        fs::write(about, table.to_string())
    }

    /// Puts a submission there, in the place of what is there.
    pub(crate) fn submit(&self, kata: Kata, base: &str, changes: &[Change]) -> io::Result<()> {
        self.submit_as("from", kata, base, changes)
    }

    fn submit_as(&self, from: &str, kata: Kata, base: &str, changes: &[Change]) -> io::Result<()> {
        let folder = self.path(from).join(kata.place);
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => fs::create_dir_all(folder.join("src"))?,
        }
        let base = Path::new(WORKSPACE)
            .join("solutions")
            .join(kata.place)
            .join(base);
        let mut lib = source(&base)?;
        for change in changes {
            lib = changed(lib, *change, kata)?;
        }
        let file = folder.join("src/lib.rs");
        if file.symlink_metadata().is_err() && folder.join("src").is_dir() {
            fs::write(file, self.filled(&lib))?;
        }
        for change in changes {
            self.placed(&folder, *change)?;
        }
        Ok(())
    }

    fn placed(&self, folder: &Path, change: Change) -> io::Result<()> {
        match change {
            Change::File(path, text) => {
                let path = beside(folder, path);
                fs::create_dir_all(path.parent().unwrap_or(folder))?;
                fs::write(path, self.filled(text))
            }
            Change::Link(path, target) => {
                let path = beside(folder, path);
                if path.is_dir() {
                    fs::remove_dir_all(&path)?;
                } else if path.exists() {
                    fs::remove_file(&path)?;
                }
                symlink(self.filled(target), path)
            }
            Change::Do(act) => act(folder),
            _ => Ok(()),
        }
    }

    fn filled(&self, text: &str) -> String {
        let names = self.names.iter();
        names.fold(text.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        })
    }

    /// What must not have changed, as text to be compared.
    pub(crate) fn outside(&self) -> io::Result<String> {
        let mut listing = Vec::new();
        for part in ["outside", "home/.secret", "course/tests"] {
            list(&self.path(part), &mut listing)?;
        }
        listing.sort();
        Ok(listing.join("\n"))
    }
}

fn changed(lib: String, change: Change, kata: Kata) -> io::Result<String> {
    Ok(match change {
        Change::Attack(body) => {
            let lib = replaced(&lib, kata.hook.0, kata.hook.1)?;
            format!("{lib}\n#[allow(unused)]\nfn attack() -> std::io::Result<()> {{\n{body}\n}}\n")
        }
        Change::Macro(body) => {
            let (before, _) = kata.hook;
            let lib = replaced(&lib, before, &format!("{CALL}{before}"))?;
            format!("{lib}{COMPILING}\n#[allow(unused)]\nfn in_rustc() {{\n{body}\n}}\n")
        }
        Change::Replace(from, to) => replaced(&lib, from, to)?,
        Change::Top(text) => format!("{text}\n{lib}"),
        Change::End(text) => format!("{lib}\n{text}\n"),
        Change::Lib(text) => text.to_owned(),
        Change::File(..) | Change::Link(..) | Change::Do(_) => lib,
    })
}

/// `path` from `folder`, where `..` leads up also when the folder itself is gone.
fn beside(folder: &Path, path: &str) -> PathBuf {
    let mut place = folder.to_owned();
    for part in Path::new(path) {
        if part == ".." {
            place.pop();
        } else {
            place.push(part);
        }
    }
    place
}

/// Calls a macro's attack; what it panics with becomes a compile error, which is shown.
const CALL: &str = "
    if compiling() {
        if let Err(panic) = std::panic::catch_unwind(in_rustc) {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.unwrap_or_else(|| \"panicked\".to_owned());
            return Err(Error::new(Span::call_site(), text));
        }
    }
";

/// Whether it runs in the compiler or in a driver.
const COMPILING: &str = "
#[allow(unused)]
fn compiling() -> bool {
    let mut args = std::env::args();
    args.next().is_some_and(|program| program.ends_with(\"rustc\"))
}
";

/// The first byte of a driver's answer on the channel.
fn answer_tag() -> String {
    let answer = Frame::Answer(([0; 16], Vec::new()));
    format!("{}_u8", answer.to_bytes()[0])
}

fn replaced(text: &str, from: &str, to: &str) -> io::Result<String> {
    if text.contains(from) {
        Ok(text.replacen(from, to, 1))
    } else {
        Err(io::Error::other(format!("the base has no {from:?}")))
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

fn list(folder: &Path, listing: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, about) = (entry.path(), entry.metadata()?);
        let mode = about.permissions().mode();
        if about.is_dir() {
            listing.push(format!("{} {mode:o}", path.display()));
            list(&path, listing)?;
        } else {
            let content = fs::read(&path)?;
            let content = String::from_utf8_lossy(&content);
            listing.push(format!("{} {mode:o} {content:?}", path.display()));
        }
    }
    Ok(())
}

/// A source file, or what a patch of the solution makes of it.
fn source(base: &Path) -> io::Result<String> {
    let text = fs::read_to_string(base)?;
    if base
        .extension()
        .is_none_or(|extension| extension != "patch")
    {
        return Ok(text);
    }
    let solution = fs::read_to_string(base.with_file_name("../src/lib.rs"))?;
    let patch = text.split_once("\n\n").map_or("", |(_, patch)| patch);
    let patch = diffy::Patch::from_str(patch).map_err(io::Error::other)?;
    diffy::apply(&solution, &patch).map_err(io::Error::other)
}

/// The priority of this process, which everything that it starts has, too.
fn nice() -> i32 {
    rustix::process::getpriority_process(None).unwrap_or_default()
}
