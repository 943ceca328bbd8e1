//! How much a submission may use.

use crate::parallel;
use serde::Deserialize;
use std::time::Duration;

/// Threads and processes of one compiler run, besides one for each core: a dozen is usual.
const COMPILER_PROCESSES: u64 = 48;

/// Limits of one kata; each case has them for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Limits {
    /// Wall clock of one case, in seconds.
    pub(crate) wall_seconds: u64,
    /// CPU time of one case's process, in seconds.
    pub(crate) cpu_seconds: u64,
    /// Wall clock of one compiler run, in seconds.
    pub(crate) compile_seconds: u64,
    /// Resident memory of one case's process tree, in MiB.
    pub(crate) memory_mib: u64,
    /// Resident memory of one compiler run, in MiB.
    pub(crate) compile_memory_mib: u64,
    /// Threads and processes of one case.
    pub(crate) processes: u64,
    /// Longest file that one case may write, in MiB.
    pub(crate) file_mib: u64,
    /// Open files of each process.
    pub(crate) open_files: u64,
    /// What one case may print before it is ended, in MiB.
    pub(crate) output_mib: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            wall_seconds: 5,
            cpu_seconds: 5,
            compile_seconds: 60,
            memory_mib: 512,
            compile_memory_mib: 2048,
            processes: 64,
            file_mib: 64,
            open_files: 64,
            output_mib: 16,
        }
    }
}

impl Limits {
    /// For one case.
    pub(crate) fn for_case(&self) -> Bounds {
        Bounds {
            wall: Duration::from_secs(self.wall_seconds),
            cpu_seconds: self.cpu_seconds,
            memory: self.memory_mib << 20,
            processes: self.processes,
            file_size: self.file_mib << 20,
            open_files: self.open_files,
            output: self.output_mib << 20,
        }
    }

    /// For one compiler run.
    pub(crate) fn for_compiler(&self) -> Bounds {
        Bounds {
            wall: Duration::from_secs(self.compile_seconds),
            cpu_seconds: self.compile_seconds,
            memory: self.compile_memory_mib << 20,
            processes: COMPILER_PROCESSES + cores(),
            file_size: 512 << 20,
            open_files: 128,
            output: 64 << 20,
        }
    }
}

fn cores() -> u64 {
    u64::try_from(parallel::cores()).unwrap_or(u64::MAX)
}

/// What one process tree may use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Wall clock.
    pub(crate) wall: Duration,
    /// CPU time of each process, in seconds.
    pub(crate) cpu_seconds: u64,
    /// Resident memory of the tree, in bytes.
    pub(crate) memory: u64,
    /// Threads and processes of the tree.
    pub(crate) processes: u64,
    /// Longest file, in bytes.
    pub(crate) file_size: u64,
    /// Open files of each process.
    pub(crate) open_files: u64,
    /// Bytes on standard output and error together before the tree is ended.
    pub(crate) output: u64,
}
