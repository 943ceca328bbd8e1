//! One call of rustc: its arguments, and the file that it must make.

use crate::cargo::{Externs, executable};
use crate::catalogue::{Given, Kata};
use crate::error::Result;
use crate::process::Cage;
use std::path::{Path, PathBuf};

/// One call of rustc.
pub(super) struct Job {
    /// Name of the crate.
    pub(super) name: String,
    /// Its arguments, but for where what it makes goes.
    pub(super) args: Vec<String>,
    /// What it finds in its environment besides what every call finds there.
    pub(super) env: Vec<(String, String)>,
    output: String,
}

impl Job {
    pub(super) fn new(name: &str, source: &Path, kind: &str) -> Self {
        let args = [
            "--crate-name",
            name,
            "--crate-type",
            kind,
            "--edition",
            "2024",
            "--error-format",
            "json",
            "--json",
            "diagnostic-rendered-ansi",
            "--diagnostic-width",
            "100",
            "-C",
            "debuginfo=0",
            "-C",
            "embed-bitcode=no",
            // In sixteen pieces, as rustc would do it, all cores together work a tenth longer. Other
            // crates are being compiled beside this one.
            "-C",
            "codegen-units=1",
            // What std knows of its own lines would be most of every program.
            "-C",
            "strip=debuginfo",
        ];
        let mut args: Vec<String> = args.map(str::to_owned).into();
        args.push(source.display().to_string());
        let output = match kind {
            "bin" => executable(name),
            "proc-macro" => macro_file(name),
            _ => library_file(name),
        };
        Self {
            name: name.to_owned(),
            args,
            env: Vec::new(),
            output,
        }
    }

    /// A crate that the course gives.
    pub(super) fn of_given(given: &Given, source: &Path) -> Self {
        let kind = if given.proc_macro {
            "proc-macro"
        } else {
            "lib"
        };
        Self::new(&given.name, source, kind)
    }

    pub(super) fn args<const N: usize>(&mut self, args: [&str; N]) {
        self.args.extend(args.map(str::to_owned));
    }

    pub(super) fn extern_crate(&mut self, name: &str, file: &Path) {
        self.args.push("--extern".to_owned());
        self.args.push(format!("{name}={}", file.display()));
    }

    /// Links against what katas may use.
    pub(super) fn link<'n>(
        &mut self,
        externs: &Externs,
        names: impl IntoIterator<Item = &'n String>,
    ) -> Result<()> {
        for name in names {
            self.extern_crate(&name.replace('-', "_"), externs.get(name)?);
        }
        self.look_in(externs.folder());
        Ok(())
    }

    /// Where crates lie that others use.
    pub(super) fn look_in(&mut self, folder: &Path) {
        self.args
            .extend(["-L".to_owned(), format!("dependency={}", folder.display())]);
    }

    /// The last mapping that fits wins, so the general one comes first.
    pub(super) fn remap(&mut self, from: &Path, to: &str) {
        self.args.push("--remap-path-prefix".to_owned());
        self.args.push(format!("{}={to}", from.display()));
    }

    /// An exit status proves nothing: a macro can end the compiler with any. The artifact
    /// does.
    pub(super) async fn exists(&self, out: &Path, cage: &mut Cage) -> bool {
        cage.fetch(&self.output(out)).await.is_some()
    }

    pub(super) fn output(&self, out: &Path) -> PathBuf {
        out.join(&self.output)
    }
}

/// Whether a crate is compiled on the stage: the student's or a given one.
pub(super) fn is_staged(kata: &Kata, name: &str) -> bool {
    name == kata.crate_name() || kata.about.given.iter().any(|given| given.name == name)
}

/// The file that a crate of the stage is compiled to.
pub(super) fn staged(kata: &Kata, name: &str) -> String {
    let mut given = kata.about.given.iter();
    let is_macro = given.any(|given| given.name == name && given.proc_macro);
    if is_macro {
        macro_file(name)
    } else {
        library_file(name)
    }
}

/// The file that a crate of this name is compiled to.
pub(super) fn library_file(name: &str) -> String {
    format!("lib{name}.rlib")
}

fn macro_file(name: &str) -> String {
    format!(
        "{}{name}{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    )
}
