//! The student's crate, and the support crates that are built on it.

use super::diagnostics::{Message, misfit, not_compiled, rendered};
use super::rustc::{
    CrateKind, Listener, Run, RustcCall, Setting, is_staged, kind_of, rustc, staged_file,
};
use super::stage::Stage;
use super::{CompileError, Compiler, NotCompiled};
use crate::course::SupportCrate;
use crate::error::Result;
use crate::record::Event;
use crate::sandbox::Sandbox;

/// The crates of a kata, compiled, and the sandbox that its driver can be compiled in.
pub(crate) struct KataCrates<'a> {
    pub(super) compiler: Compiler<'a>,
    pub(super) stage: &'a Stage,
    pub(super) sandbox: Sandbox,
    /// Warnings about the student's crate, rendered.
    pub(crate) warnings: Vec<String>,
}

impl<'a> Compiler<'a> {
    /// Compiles the student's crate and the support crates.
    ///
    /// # Errors
    /// What the student got wrong, or why the compiler could not be run.
    pub(crate) async fn crates(self, stage: &'a Stage) -> Result<KataCrates<'a>, CompileError> {
        let spec = stage.student_spec(&self.readable());
        let mut crates = KataCrates {
            compiler: self,
            stage,
            sandbox: Sandbox::open(&spec, self.level).await?,
            warnings: Vec::new(),
        };
        crates.student().await?;
        if stage.kata.has_macros() {
            // Whatever is compiled from here on may run the student's.
            let spec = stage.compiler_spec(&self.readable());
            crates.sandbox = Sandbox::open(&spec, self.level).await?;
        }
        for support in &stage.kata.about.support {
            let call = crates.support(support)?;
            let why = |run: &Run| misfit(&stage.kata, run);
            crates.make(&call, &Setting::of(stage), why, None).await?;
        }
        Ok(crates)
    }
}

impl KataCrates<'_> {
    async fn student(&mut self) -> Result<(), CompileError> {
        let stage = self.stage;
        let kata = &stage.kata;
        let source = stage.inside().join("src/lib.rs");
        let mut call = RustcCall::new(&kata.crate_name(), &source, CrateKind::Library);
        // On the command line, so that no attribute can take it back.
        call.args(["-F", "unsafe_code"]);
        call.remap(&stage.inside().join("src"), &stage.source_as_shown());
        call.dependencies(self.compiler.externs, &kata.about.dependencies)?;
        call.env = cargo_variables(&kata.id);
        let events = self.compiler.events;
        let mut listener = |message: &Message| {
            // What is no error in the code may be made good by another run.
            if let Message::Diagnostic(message) = message
                && message.is_error_in_code()
                && let Some(error) = message.rendered_at("error")
            {
                let _ = events.send(Event::CompileError(error));
            }
        };
        let setting = Setting {
            incremental: stage.incremental_of_student(),
            ..Setting::of(stage)
        };
        let run = self
            .make(&call, &setting, not_compiled, Some(&mut listener))
            .await?;
        self.warnings = rendered(&run, "warning");
        Ok(())
    }

    fn support(&self, support: &SupportCrate) -> Result<RustcCall> {
        let (stage, externs) = (self.stage, self.compiler.externs);
        let source = stage.inside().join(format!("support/{}.rs", support.name));
        let mut call = RustcCall::new(&support.name, &source, kind_of(support));
        call.remap(stage.inside(), &stage.shown);
        let (staged, others): (Vec<_>, Vec<_>) = support
            .dependencies
            .iter()
            .partition(|name| is_staged(&stage.kata, name));
        for name in staged {
            call.extern_crate(name, &stage.crates().join(staged_file(&stage.kata, name)));
        }
        call.look_in(&stage.crates());
        call.dependencies(externs, others)?;
        if support.proc_macro {
            call.args(["--extern", "proc_macro"]);
            call.extern_crate("expansion", externs.get("expansion")?);
        }
        Ok(call)
    }

    /// Makes a crate and keeps it, for this sandbox and others, or says why it was not made.
    async fn make(
        &mut self,
        call: &RustcCall,
        setting: &Setting,
        why: impl FnOnce(&Run) -> NotCompiled,
        listener: Option<Listener<'_>>,
    ) -> Result<Run, CompileError> {
        let toolchain = self.compiler.toolchain;
        let run = rustc(toolchain, call, setting, &mut self.sandbox, listener).await?;
        let Some(made) = self.sandbox.fetch(&call.output(&setting.out)).await else {
            return Err(why(&run).into());
        };
        self.stage
            .keep_crate(&staged_file(&self.stage.kata, &call.name), made)?;
        Ok(run)
    }
}

/// What cargo tells rustc of a package, and code may ask for by `env!`.
fn cargo_variables(package: &str) -> Vec<(String, String)> {
    [
        ("CARGO_PKG_NAME", package),
        ("CARGO_PKG_VERSION", "0.1.0"),
        ("CARGO_PKG_VERSION_MAJOR", "0"),
        ("CARGO_PKG_VERSION_MINOR", "1"),
        ("CARGO_PKG_VERSION_PATCH", "0"),
        ("CARGO_PKG_VERSION_PRE", ""),
        ("CARGO_PKG_AUTHORS", ""),
        ("CARGO_PKG_DESCRIPTION", ""),
        ("CARGO_PKG_HOMEPAGE", ""),
        ("CARGO_PKG_REPOSITORY", ""),
        ("CARGO_PKG_LICENSE", ""),
        ("CARGO_PKG_RUST_VERSION", ""),
        ("CARGO_CRATE_NAME", &package.replace('-', "_")),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}
