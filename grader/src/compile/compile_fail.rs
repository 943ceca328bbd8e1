//! Programs that must not compile. The compiler's messages decide, so no code of the student
//! may run in the compiler that says them.

use super::Compiler;
use super::programs::{Mistreated, what_is_wrong};
use super::rustc::{CrateKind, RustcCall, Setting, rustc};
use super::stage::Stage;
use crate::error::Result;
use crate::sandbox::Sandbox;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The variable that names the file in which macros record what they made, or read it.
const EXPANSIONS: &str = "EXPANSIONS";
/// Longest such file, in bytes.
const MAX_EXPANSIONS: u64 = 16 << 20;

/// What is wrong with each compile-fail case, by its name; `None` is right.
pub(crate) type CompileFailResults = BTreeMap<String, Option<Mistreated>>;

impl Compiler<'_> {
    /// Compiles the programs of all compile-fail cases at once, in a sandbox in which nothing else
    /// is compiled.
    ///
    /// # Errors
    /// When the compiler could not be run.
    pub(crate) async fn compile_fail(&self, stage: &Stage) -> Result<CompileFailResults> {
        if stage.programs.is_empty() {
            return Ok(CompileFailResults::new());
        }
        let mut call = programs(stage, &stage.expansions());
        let mut readable = self.readable();
        if stage.kata.has_macros() {
            self.record_expansions(stage).await?;
            let support = self.support_without_student(&stage.kata)?;
            self.against_support(&mut call, &stage.kata, &support)?;
            readable.push(support);
        } else {
            self.against_kata(&mut call, stage)?;
        }
        let mut sandbox = Sandbox::open(&stage.programs_spec(&readable), self.level).await?;
        let run = rustc(self.toolchain, &call, &setting(stage), &mut sandbox, None).await?;
        let cases = stage.programs.iter().map(|program| {
            let wrong = what_is_wrong(&run, program);
            (program.case.name.clone(), wrong)
        });
        Ok(cases.collect())
    }

    /// Lets the student's macros record what they make of the programs. What this compiler says
    /// is worth nothing: they run in it.
    async fn record_expansions(&self, stage: &Stage) -> Result<()> {
        let file = stage.programs_out().join("expansions");
        let mut call = programs(stage, &file);
        self.against_kata(&mut call, stage)?;
        let mut sandbox = Sandbox::open(&stage.programs_spec(&self.readable()), self.level).await?;
        rustc(self.toolchain, &call, &setting(stage), &mut sandbox, None).await?;
        let made = sandbox.fetch(&file).await;
        let expansions = made.and_then(|made| read(made).ok()).unwrap_or_default();
        stage.keep_expansions(&expansions)
    }
}

fn setting(stage: &Stage) -> Setting {
    Setting {
        out: stage.programs_out(),
        incremental: None,
        ..Setting::of(stage)
    }
}

fn programs(stage: &Stage, expansions: &Path) -> RustcCall {
    let source = stage.inside().join("programs/lib.rs");
    let mut call = RustcCall::new("programs", &source, CrateKind::Library);
    call.args(["-A", "warnings", "--emit", "metadata"]);
    call.env
        .push((EXPANSIONS.to_owned(), expansions.display().to_string()));
    call
}

fn read(made: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    made.take(MAX_EXPANSIONS).read_to_end(&mut bytes)?;
    Ok(bytes)
}
