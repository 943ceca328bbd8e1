//! The course's own crates that drivers and oracles are compiled against.

use super::cache::BuildCache;
use super::cargo;
use super::externs::CrateFolder;
use super::toolchain::Toolchain;
use crate::error::Result;
use crate::files::Fingerprint;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A crate of the course: its name, its folder, and the crates that it names.
struct Source {
    name: &'static str,
    folder: &'static str,
    uses: &'static [&'static str],
}

/// What drivers are compiled against, and what macros record their expansions with.
const FOR_DRIVERS: &[Source] = &[
    Source {
        name: "wire",
        folder: "grader/wire",
        uses: &[],
    },
    Source {
        name: "suite_drive",
        folder: "grader/suite/drive",
        uses: &["wire"],
    },
    Source {
        name: "expansion",
        folder: "grader/expansion",
        uses: &["wire"],
    },
];

/// What oracles are compiled against besides.
const FOR_ORACLES: &[Source] = &[Source {
    name: "suite_judge",
    folder: "grader/suite/judge",
    uses: &["wire", "suite_drive", "fastrand"],
}];

/// The course's own crates, compiled.
#[derive(Debug, Clone)]
pub(crate) struct CourseCrates {
    pub(super) for_drivers: CrateFolder,
    pub(super) for_oracles: CrateFolder,
}

impl CourseCrates {
    /// Compiles them, unless that was done before.
    pub(super) fn build(
        workspace: &Path,
        cache: &BuildCache,
        toolchain: &Toolchain,
        mut progress: impl FnMut(&str),
    ) -> Result<Self> {
        let fastrand = BTreeSet::from(["fastrand".to_owned()]);
        let registry =
            cargo::build_registry_crates(workspace, cache, toolchain, &fastrand, &mut progress)?;
        let compiler = Compiler {
            workspace,
            cache,
            toolchain,
        };
        let for_drivers = compiler.compile("drive", FOR_DRIVERS, &[])?;
        let for_oracles =
            compiler.compile("judge", FOR_ORACLES, &[for_drivers.clone(), registry])?;
        Ok(Self {
            for_drivers,
            for_oracles,
        })
    }
}

struct Compiler<'a> {
    workspace: &'a Path,
    cache: &'a BuildCache,
    toolchain: &'a Toolchain,
}

impl Compiler<'_> {
    fn compile(&self, kind: &str, sources: &[Source], uses: &[CrateFolder]) -> Result<CrateFolder> {
        let fingerprint = self.fingerprint(sources, uses)?;
        let folder = self.cache.entry(kind, &fingerprint, |folder| {
            sources
                .iter()
                .try_for_each(|source| self.compile_one(source, folder, uses))
        })?;
        let files = sources
            .iter()
            .map(|source| (source.name.to_owned(), folder.join(library(source.name))));
        Ok(CrateFolder {
            files: files.collect(),
            folder: Some(folder.clone()),
        })
    }

    fn compile_one(&self, source: &Source, folder: &Path, uses: &[CrateFolder]) -> Result<()> {
        let root = self.workspace.join(source.folder).join("src/lib.rs");
        let mut args = library_args(source.name);
        for name in source.uses {
            let mut elsewhere = uses.iter();
            let file = elsewhere.find_map(|part| part.files.get(*name).cloned());
            let file = file.unwrap_or_else(|| folder.join(library(name)));
            args.extend(["--extern".to_owned(), format!("{name}={}", file.display())]);
        }
        let folders = uses.iter().filter_map(|part| part.folder.as_deref());
        for used in folders.chain([folder]) {
            args.extend(["-L".to_owned(), format!("dependency={}", used.display())]);
        }
        args.push(root.display().to_string());
        self.toolchain.compile(args, folder)
    }

    fn fingerprint(&self, sources: &[Source], uses: &[CrateFolder]) -> Result<String> {
        let mut fingerprint = of_sources(self.workspace, sources, self.toolchain.fingerprint())?;
        for part in uses.iter().filter_map(|part| part.folder.as_deref()) {
            fingerprint = fingerprint.text("uses", &part.to_string_lossy());
        }
        Ok(fingerprint.finish())
    }
}

/// The fingerprint with all of the course's own crates.
pub(super) fn fingerprint(workspace: &Path, fingerprint: Fingerprint) -> Result<Fingerprint> {
    let fingerprint = of_sources(workspace, FOR_DRIVERS, fingerprint)?;
    of_sources(workspace, FOR_ORACLES, fingerprint)
}

fn of_sources(
    workspace: &Path,
    sources: &[Source],
    mut fingerprint: Fingerprint,
) -> Result<Fingerprint> {
    for source in sources {
        let folder = workspace.join(source.folder).join("src");
        fingerprint = fingerprint
            .text("crate", source.name)
            .folder(&folder, |_| true)?;
    }
    Ok(fingerprint)
}

fn library_args(name: &str) -> Vec<String> {
    [
        "--crate-name",
        name,
        "--crate-type",
        "lib",
        "--edition",
        "2024",
        "-C",
        "debuginfo=0",
        "-C",
        "embed-bitcode=no",
        "--cap-lints",
        "allow",
    ]
    .map(str::to_owned)
    .into()
}

/// The file that a library of this name is compiled to.
fn library(name: &str) -> PathBuf {
    format!("lib{name}.rlib").into()
}
