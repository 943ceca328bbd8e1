//! Stands in for the sandbox when a case acts in an ordinary test program: an empty working
//! folder, and somebody who sees every thread of the process.

use std::path::PathBuf;
use std::time::Duration;
use suite_drive::{Settled, install_referee, set_program};

/// How long [`suite_drive::settle`] waits before it calls the process restless.
const SETTLE_LIMIT: Duration = Duration::from_secs(2);

/// Says which program plays the roles of the suite, and watches this process for
/// [`suite_drive::settle`], which then has to be called on the thread that runs the case,
/// with no other case beside it.
pub(crate) fn prepare(program: String) {
    set_program(program);
    install_referee(Box::new(settle));
}

/// An empty working folder, as a case has in the sandbox, until dropped.
#[derive(Debug)]
pub(crate) struct WorkingFolder {
    before: PathBuf,
    _here: tempfile::TempDir,
}

impl WorkingFolder {
    /// Makes the folder, and makes it the working folder of this process.
    ///
    /// # Errors
    /// What the file system says.
    pub(crate) fn enter() -> std::io::Result<Self> {
        let before = std::env::current_dir()?;
        let here = tempfile::tempdir()?;
        std::env::set_current_dir(here.path())?;
        Ok(Self {
            before,
            _here: here,
        })
    }
}

impl Drop for WorkingFolder {
    fn drop(&mut self) {
        let _ = std::env::set_current_dir(&self.before);
    }
}

fn settle() -> Settled {
    let me = std::fs::read_link("/proc/thread-self").ok();
    let tid = me.and_then(|link| link.file_name()?.to_str()?.parse().ok());
    match thread_state::settle(std::process::id(), tid.as_slice(), SETTLE_LIMIT) {
        Ok(thread_state::Settled::Still) => Settled::Still,
        Ok(thread_state::Settled::Restless(threads)) => Settled::Restless(
            threads
                .iter()
                .map(|thread| format!("{}: {}", thread.name, thread.wait))
                .collect::<Vec<_>>()
                .join(", "),
        ),
        // Where nobody can look, a bounded wait weakens the case but never fails a right
        // solution.
        Err(_) => {
            std::thread::sleep(Duration::from_millis(50));
            Settled::Still
        }
    }
}
