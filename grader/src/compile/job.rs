//! One call of rustc: its arguments, and the file that it must make.

use crate::cargo::executable;
use crate::catalogue::Kata;
use crate::process::Cage;
use crate::stage::KataStage;
use std::path::{Path, PathBuf};

/// One call of rustc.
pub(super) struct Job {
    /// Name of the crate.
    pub(super) name: String,
    /// Its arguments.
    pub(super) args: Vec<String>,
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
        ];
        let mut args: Vec<String> = args.map(str::to_owned).into();
        args.push(source.display().to_string());
        let output = match kind {
            "bin" => executable(name),
            "proc-macro" => macro_file(name),
            _ => format!("lib{name}.rlib"),
        };
        Self {
            name: name.to_owned(),
            args,
            output,
        }
    }

    pub(super) fn extern_crate(&mut self, name: &str, file: &Path) {
        self.args.push("--extern".to_owned());
        self.args.push(format!("{name}={}", file.display()));
    }

    /// The last mapping that fits wins, so the general one comes first.
    pub(super) fn remap(&mut self, from: &Path, to: &str) {
        self.args.push("--remap-path-prefix".to_owned());
        self.args.push(format!("{}={to}", from.display()));
    }

    /// An exit status proves nothing: a macro can end the compiler with any. The artifact
    /// does.
    pub(super) async fn exists(&self, stage: &KataStage, cage: &mut Cage) -> bool {
        cage.fetch(&self.output(stage)).await.is_some()
    }

    pub(super) fn output(&self, stage: &KataStage) -> PathBuf {
        stage.out().join(&self.output)
    }
}

/// Whether a crate is compiled on the stage: the student's or a given one.
pub(super) fn is_staged(kata: &Kata, name: &str) -> bool {
    name == kata.crate_name() || kata.about.given.iter().any(|given| given.name == name)
}

pub(super) fn staged(kata: &Kata, name: &str) -> String {
    let mut given = kata.about.given.iter();
    let is_macro = given.any(|given| given.name == name && given.proc_macro);
    if is_macro {
        macro_file(name)
    } else {
        format!("lib{name}.rlib")
    }
}

pub(super) fn macro_file(name: &str) -> String {
    format!(
        "{}{name}{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    )
}
