//! From sources to programs: each crate by one direct call of rustc in a sandbox.

mod compile_fail;
mod diagnostics;
mod driver;
mod macro_crates;
mod programs;
mod rustc;
mod stage;
mod student;

pub(crate) use compile_fail::CompileFailResults;
pub(crate) use stage::{Stage, Staging};
pub(crate) use student::KataCrates;

use crate::build::{BuildCache, Externs, Toolchain};
use crate::error::Error;
use crate::outcome::Verdict;
use crate::record::Events;
use crate::sandbox::Level;
use std::path::{Path, PathBuf};

/// What compiles a kata, besides the kata.
#[derive(Clone, Copy)]
pub(crate) struct Compiler<'a> {
    /// The compiler.
    pub(crate) toolchain: &'a Toolchain,
    /// What was built before.
    pub(crate) cache: &'a BuildCache,
    /// What the kata may use.
    pub(crate) externs: &'a Externs,
    /// How the compiler is confined.
    pub(crate) level: Level,
    /// Who is told of a student's errors before the compiler has ended.
    pub(crate) events: &'a Events,
}

impl Compiler<'_> {
    /// What the compiler itself and the kata's dependencies are.
    fn readable(&self) -> Vec<PathBuf> {
        let own = [self.toolchain.sysroot.clone(), self.toolchain.rustc.clone()];
        let dependencies = self.externs.folders().map(Path::to_owned);
        own.into_iter().chain(dependencies).collect()
    }
}

/// Why a kata was not compiled.
#[derive(Debug)]
pub(crate) enum CompileError {
    /// The student's doing.
    Student(NotCompiled),
    /// The grader could not do its job.
    Grader(Error),
}

impl From<Error> for CompileError {
    fn from(error: Error) -> Self {
        Self::Grader(error)
    }
}

impl From<NotCompiled> for CompileError {
    fn from(not_compiled: NotCompiled) -> Self {
        Self::Student(not_compiled)
    }
}

/// A kata that does not compile.
#[derive(Debug)]
pub(crate) struct NotCompiled {
    /// What became of it.
    pub(crate) verdict: Verdict,
    /// The compiler's messages, rendered, or ours where it said nothing.
    pub(crate) messages: Vec<String>,
    /// Whether the compiler, or a limit, said why. If not, a machine that is full may be the
    /// reason.
    pub(crate) is_explained: bool,
}
