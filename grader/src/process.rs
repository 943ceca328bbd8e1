//! Programs that the course trusts: cargo and rustc.

use crate::error::{Error, Result};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A trusted program about to be run.
pub(crate) struct Tool(Command);

/// Starts to describe a run of `program` in `cwd`.
pub(crate) fn tool(program: impl AsRef<OsStr>, cwd: &Path) -> Tool {
    let mut command = Command::new(program);
    command.current_dir(cwd).stdin(Stdio::null());
    Tool(command)
}

impl Tool {
    /// Adds arguments.
    pub(crate) fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.0.args(args);
        self
    }

    /// Adds to the environment, which is inherited.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Leaves a variable out of the environment.
    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.0.env_remove(name);
        self
    }

    /// Gives it a file as standard input.
    pub(crate) fn reading(mut self, file: &Path) -> Result<Self> {
        let opened = File::open(file).map_err(|error| Error::io("read", file, &error))?;
        self.0.stdin(opened);
        Ok(self)
    }

    /// Runs it; its output if it succeeds.
    pub(crate) fn output(mut self) -> Result<String> {
        let output = self.0.output().map_err(|error| self.cannot_start(&error))?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(self.failed(&complaint));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs it; its output, and each line of its complaints as it comes, to `progress`.
    pub(crate) fn output_with_progress(mut self, mut progress: impl FnMut(&str)) -> Result<String> {
        self.0.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.0.spawn().map_err(|error| self.cannot_start(&error))?;
        let stdout = std::thread::spawn({
            let stdout = child.stdout.take();
            move || stdout.map(std::io::read_to_string)
        });
        let mut complaint = String::new();
        let stderr = child.stderr.take().map(BufReader::new);
        let lines = stderr.into_iter().flat_map(BufRead::lines);
        for line in lines.map_while(std::io::Result::ok) {
            progress(line.trim());
            complaint.push_str(&line);
            complaint.push('\n');
        }
        let status = child.wait().map_err(|error| self.cannot_start(&error))?;
        let output = stdout.join().ok().flatten().and_then(std::io::Result::ok);
        match output {
            Some(output) if status.success() => Ok(output),
            _ => Err(self.failed(&complaint)),
        }
    }

    /// Starts it with piped standard input and output.
    pub(crate) fn start(mut self) -> Result<Child> {
        self.0.stdin(Stdio::piped()).stdout(Stdio::piped());
        self.0.spawn().map_err(|error| self.cannot_start(&error))
    }

    fn cannot_start(&self, error: &std::io::Error) -> Error {
        Error::grader(
            format!("cannot run {}: {error}", self.0.get_program().display()),
            "is a Rust toolchain installed and on the PATH?",
        )
    }

    fn failed(&self, complaint: &str) -> Error {
        let program = self.0.get_program().display();
        Error::grader(
            format!("{program} failed:\n{}", complaint.trim_end()),
            "the course itself does not build here; is the toolchain the one of rust-toolchain.toml, and were the packages fetched once with a network?",
        )
    }
}
