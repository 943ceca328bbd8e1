//! Support crates whose macros only repeat what the student's made: for the compiler that
//! decides. They hold no student code, so they are compiled once for all submissions.

use super::Compiler;
use super::rustc::{RustcCall, is_staged, kind_of, staged_file};
use super::stage::support_source;
use crate::course::{Kata, SupportCrate};
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

impl Compiler<'_> {
    /// The folder of the kata's support crates, without the student's code.
    pub(super) fn support_without_student(&self, kata: &Kata) -> Result<PathBuf> {
        let mut made_of = self.toolchain.fingerprint();
        for folder in self.externs.folders() {
            made_of = made_of.text("uses", &folder.to_string_lossy());
        }
        let made_of = made_of
            .text("support", &format!("{:?}", kata.about.support))
            .folder(&kata.hidden.join("support"), |_| true)?;
        let kind = format!("support-{}", kata.id);
        self.cache.entry(&kind, &made_of.finish(), |folder| {
            let mut each = kata.about.support.iter();
            each.try_for_each(|support| self.compile_support(kata, support, folder))
        })
    }

    /// Names the support crates, which lie in a folder, and what the programs may use.
    pub(super) fn against_support(
        &self,
        call: &mut RustcCall,
        kata: &Kata,
        folder: &Path,
    ) -> Result<()> {
        call.look_in(folder);
        for support in &kata.about.support {
            call.extern_crate(
                &support.name,
                &folder.join(staged_file(kata, &support.name)),
            );
        }
        call.dependencies(self.externs, &kata.about.dependencies)
    }

    fn compile_support(&self, kata: &Kata, support: &SupportCrate, folder: &Path) -> Result<()> {
        let source = folder.join(format!("{}.rs", support.name));
        let text = support_source(kata, support)?.replaying;
        fs::write(&source, text).map_err(|error| Error::io("write", &source, &error))?;
        let mut call = RustcCall::new(&support.name, &source, kind_of(support));
        call.args(["-A", "warnings"]);
        call.remap(folder, "support");
        call.look_in(folder);
        if support.proc_macro {
            call.args(["--extern", "proc_macro"]);
            call.extern_crate("expansion", self.externs.get("expansion")?);
            call.dependencies(self.externs, [])?;
        } else {
            let (staged, others) = dependencies(kata, support)?;
            for name in staged {
                call.extern_crate(name, &folder.join(staged_file(kata, name)));
            }
            call.dependencies(self.externs, others)?;
        }
        self.toolchain.compile(&call.args, folder)
    }
}

type Names<'a> = Vec<&'a String>;

/// Support crates that a support crate uses, and external ones.
fn dependencies<'a>(kata: &Kata, support: &'a SupportCrate) -> Result<(Names<'a>, Names<'a>)> {
    if support.dependencies.contains(&kata.crate_name()) {
        return Err(Error::course(
            &kata.hidden.join("kata.toml"),
            format!(
                "{} uses the student's crate; where a kata has macros, only they may",
                support.name
            ),
        ));
    }
    let names = support.dependencies.iter();
    Ok(names.partition(|name| is_staged(kata, name)))
}
