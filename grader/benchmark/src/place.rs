//! Where everything of the benchmark lies, and how programs are started there.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders of the benchmark, all below one.
#[derive(Debug)]
pub(crate) struct Place {
    /// This repository.
    pub(crate) repository: PathBuf,
    /// The benchmark's own folder.
    pub(crate) root: PathBuf,
}

impl Place {
    /// In the target folder, where git looks at nothing and what is built can stay.
    pub(crate) fn find() -> Self {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let repository = repository.canonicalize().unwrap_or(repository);
        let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        let target = target.unwrap_or_else(|| "target".into());
        Self {
            root: repository.join(target).join("benchmark"),
            repository,
        }
    }

    /// The course of that many katas.
    pub(crate) fn course(&self, size: usize) -> PathBuf {
        self.root.join(format!("course-{size}"))
    }

    /// The workspace that cargo and nextest are measured in.
    pub(crate) fn rival(&self) -> PathBuf {
        self.root.join("rival")
    }

    /// What cargo builds for that workspace.
    pub(crate) fn rival_target(&self) -> PathBuf {
        self.root.join("target-rival")
    }

    /// A folder of submissions.
    pub(crate) fn class(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Programs that the benchmark installs for itself.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join("tools")
    }

    /// A command in `folder`, as a student at home would start it.
    pub(crate) fn command(&self, program: impl AsRef<Path>, folder: &Path) -> Command {
        let mut command = Command::new(program.as_ref());
        let tools = self.tools().join("bin");
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(env::split_paths(&path).chain([tools]));
        command
            .current_dir(folder)
            .env("PATH", path.unwrap_or_default())
            .env("CARGO_TERM_COLOR", "never")
            .env_remove("CI")
            .env_remove("CARGO_TARGET_DIR");
        command
    }
}

/// The cargo that started the benchmark.
pub(crate) fn cargo() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from)
}
