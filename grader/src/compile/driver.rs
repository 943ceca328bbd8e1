//! The driver: the acting half of a suite, compiled against the crate that it is linked with.

use super::diagnostics::misfit;
use super::rustc::{CrateKind, RustcCall, Setting, rustc, staged_file};
use super::stage::Stage;
use super::{CompileError, Compiler, KataCrates};
use crate::error::Result;

impl KataCrates<'_> {
    /// Compiles the driver and leaves it on the stage.
    ///
    /// # Errors
    /// A public name or signature that differs from the stub's, or why the compiler could not be
    /// run.
    pub(crate) async fn driver(mut self) -> Result<(), CompileError> {
        let stage = self.stage;
        let source = stage.inside().join("driver.rs");
        let mut call = RustcCall::new("driver", &source, CrateKind::Program);
        // Two, because little else may be left to do beside it. More cost more than they save.
        call.args(["-A", "warnings", "-C", "codegen-units=2"]);
        call.extern_crate("suite", self.compiler.externs.get("suite-drive")?);
        call.remap(&stage.inside().join("suite.rs"), "hidden suite");
        self.compiler.against_kata(&mut call, stage)?;
        let setting = Setting::of(stage);
        let toolchain = self.compiler.toolchain;
        let run = rustc(toolchain, &call, &setting, &mut self.sandbox, None).await?;
        let Some(made) = self.sandbox.fetch(&call.output(&setting.out)).await else {
            return Err(misfit(&stage.kata, &run).into());
        };
        Ok(stage.keep_driver(made)?)
    }
}

impl Compiler<'_> {
    /// Names the crates of a kata and what its driver may use.
    pub(super) fn against_kata(&self, call: &mut RustcCall, stage: &Stage) -> Result<()> {
        let kata = &stage.kata;
        let student = kata.crate_name();
        let support = kata.about.support.iter().map(|one| one.name.as_str());
        for name in support.chain([student.as_str()]) {
            call.extern_crate(name, &stage.crates().join(staged_file(kata, name)));
        }
        call.look_in(&stage.crates());
        call.dependencies(self.externs, kata.about.used())
    }
}
