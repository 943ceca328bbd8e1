//! Why a program was not started, and whose doing that is.

use super::Invocation;
use super::obstacle::FREE_RESOURCES;
use crate::error::Error;
use std::io;
use std::path::Path;
use wire::wire;

/// A program was not started.
#[derive(Debug)]
pub(crate) enum NotStarted {
    /// The file is no program that this system can run: why. Whoever made it is to blame.
    NoProgram(String),
    /// The grader could not do its job.
    Fault(Error),
}

wire! {
    /// What kept a program from starting.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Cause {
        /// What stands in its file.
        Program,
        /// The machine has no more processes, memory or open files.
        Machine,
        /// Something else, for example that there is no such file.
        Other
    }
}

impl NotStarted {
    /// The program of this invocation, for this reason.
    pub(super) fn new(invocation: &Invocation, cause: Cause, why: &str) -> Self {
        let next = match cause {
            Cause::Program => return Self::NoProgram(why.to_owned()),
            Cause::Machine => FREE_RESOURCES,
            Cause::Other => "does the file exist, and may it be executed there?",
        };
        Self::Fault(cannot_start(&invocation.program, why, next))
    }
}

impl From<NotStarted> for Error {
    /// For a program that no submission has made.
    fn from(not_started: NotStarted) -> Self {
        match not_started {
            NotStarted::NoProgram(why) => Self::grader(
                format!("cannot start a program of the toolchain: {why}"),
                "is the toolchain made for this machine? `cargo grader doctor` names it",
            ),
            NotStarted::Fault(error) => error,
        }
    }
}

fn cannot_start(program: &Path, why: &str, next: &str) -> Error {
    Error::grader(format!("cannot start {}: {why}", program.display()), next)
}

impl Cause {
    /// What kept `program` from starting in `cwd` with this error.
    ///
    /// The grader has done its part when the file may be executed where it is and the folder
    /// is there. Whatever the system says then, short of being full, it says of what stands
    /// in the file: no known format, or an interpreter that is missing, forbidden or endless.
    pub(super) fn of(error: &io::Error, program: &Path, cwd: &Path) -> Self {
        if is_full(error) {
            Self::Machine
        } else if may_be_executed(program) && cwd.is_dir() {
            Self::Program
        } else {
            Self::Other
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{ExecutableFileBusy, OutOfMemory, WouldBlock};
    // Open files of the machine and of the process, for which std has no words.
    const ENFILE_EMFILE: [i32; 2] = [23, 24];
    let number = error.raw_os_error();
    [OutOfMemory, WouldBlock, ExecutableFileBusy].contains(&error.kind())
        || (cfg!(unix) && number.is_some_and(|number| ENFILE_EMFILE.contains(&number)))
}

#[cfg(unix)]
fn may_be_executed(program: &Path) -> bool {
    use rustix::fs::{Access, access};
    program.is_file() && access(program, Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn may_be_executed(program: &Path) -> bool {
    program.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::process::Command;

    /// What starting a file with this content and mode fails by.
    fn cause(content: &[u8], mode: u32) -> io::Result<Option<Cause>> {
        let folder = tempfile::tempdir()?;
        let program = folder.path().join("program");
        fs::write(&program, content)?;
        fs::set_permissions(&program, fs::Permissions::from_mode(mode))?;
        let started = Command::new(&program).spawn();
        Ok(started
            .err()
            .map(|error| Cause::of(&error, &program, folder.path())))
    }

    #[test]
    fn what_stands_in_a_file_is_its_makers_doing() {
        for content in [
            b"no program".as_slice(),
            b"",
            b"\x7fELF",
            b"#!/does/not/exist\n",
            b"#!/etc\n",
        ] {
            let cause = cause(content, 0o555).unwrap();
            assert_eq!(cause, Some(Cause::Program), "{content:?}");
        }
    }

    #[test]
    fn a_file_that_may_not_be_run_or_is_not_there_is_the_graders_doing() {
        let cause = cause(b"no program", 0o444).unwrap();
        assert_eq!(cause, Some(Cause::Other));
        let missing = Path::new("/does/not/exist");
        let error = io::Error::from(io::ErrorKind::NotFound);
        assert_eq!(Cause::of(&error, missing, Path::new("/")), Cause::Other);
        let here = std::env::current_exe().unwrap();
        assert_eq!(Cause::of(&error, &here, missing), Cause::Other);
    }

    #[test]
    fn a_full_machine_is_told_apart_and_says_what_to_do() {
        let here = std::env::current_exe().unwrap();
        for number in [11, 12, 23, 24, 26] {
            let error = io::Error::from_raw_os_error(number);
            assert_eq!(Cause::of(&error, &here, Path::new("/")), Cause::Machine);
        }
        let invocation = Invocation {
            program: here,
            args: Vec::new(),
            env: Vec::new(),
            cwd: "/".into(),
            bounds: crate::limits::Limits::default().for_case(),
        };
        let error = Error::from(NotStarted::new(&invocation, Cause::Machine, "no more"));
        assert!(error.to_string().contains("ulimit -u"), "{error}");
    }
}
