//! Whose processes there are: ours, and those that must not be.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, set_child_subreaper, waitpid};

/// How long what was killed may take to be gone.
const GRACE: Duration = Duration::from_secs(3);

/// The children that this process has started and not yet waited for.
#[derive(Debug, Default)]
pub(crate) struct Kin(Mutex<BTreeSet<u32>>);

impl Kin {
    /// From now on whoever loses its parent below this process becomes its child, and so a
    /// stranger among them.
    pub(crate) fn adopt() -> io::Result<Self> {
        set_child_subreaper(Pid::from_raw(1))?;
        Ok(Self::default())
    }

    /// Starts a child.
    pub(crate) fn start(&self, command: &mut Command) -> io::Result<Child> {
        let mut known = self.known();
        let child = command.spawn()?;
        known.insert(child.id());
        Ok(child)
    }

    /// Looks whether a child has ended.
    pub(crate) fn ended(&self, child: &mut Child) -> io::Result<Option<ExitStatus>> {
        let mut known = self.known();
        let status = child.try_wait()?;
        if status.is_some() {
            known.remove(&child.id());
        }
        Ok(status)
    }

    /// What is still there of a grade: adopted children, and processes with `mark` in their
    /// command line. Ends them.
    pub(crate) fn survivors(&self, mark: &str) -> Vec<String> {
        let deadline = Instant::now() + GRACE;
        loop {
            let found = self.strangers(mark);
            if found.is_empty() {
                return Vec::new();
            }
            if Instant::now() > deadline {
                for (pid, _) in &found {
                    let _ = kill_process(*pid, Signal::KILL);
                }
                return found.into_iter().map(|(_, name)| name).collect();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether a process with `mark` in its command line is there.
    pub(crate) fn is_running(&self, mark: &str) -> bool {
        !self.strangers(mark).is_empty()
    }

    fn strangers(&self, mark: &str) -> Vec<(Pid, String)> {
        let known = self.known();
        let me = std::process::id();
        let mut found = Vec::new();
        for pid in pids() {
            let Some((parent, state)) = about(pid) else {
                continue;
            };
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            let is_adopted = parent == me && !known.contains(&pid);
            let Some(handle) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
                continue;
            };
            if is_adopted && state == 'Z' {
                let _ = waitpid(Some(handle), WaitOptions::NOHANG);
            } else if is_adopted || (line.contains(mark) && pid != me) {
                found.push((handle, format!("process {pid} ({state}): {line}")));
            }
        }
        found
    }

    fn known(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn pids() -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    names.collect()
}

/// Parent and state.
fn about(pid: u32) -> Option<(u32, char)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold anything.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut words = rest.split(' ');
    let state = words.next()?.chars().next()?;
    Some((words.next()?.parse().ok()?, state))
}

/// Most memory that a process has ever held, in KiB.
pub(crate) fn peak_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or(0)
}

/// Mounts that a grader may have made.
pub(crate) fn mounts(base: &str) -> Vec<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let ours = mounts.lines().filter(|line| line.contains(base));
    ours.map(str::to_owned).collect()
}

/// Control groups that graders have made, as far as they are still there.
pub(crate) fn groups() -> BTreeSet<PathBuf> {
    let is_grader_s = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().starts_with("grader-")
    };
    let mut found = BTreeSet::new();
    let mut folders = vec![PathBuf::from("/sys/fs/cgroup")];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let inside = entries.map(|entry| entry.path());
        let inside: Vec<PathBuf> = inside
            .filter(|path| path.is_dir() && !path.is_symlink())
            .collect();
        found.extend(inside.iter().filter(|path| is_grader_s(path)).cloned());
        folders.extend(inside);
    }
    found
}

/// Of these groups, the ones of the grader with this number.
pub(crate) fn of_grader(groups: &BTreeSet<PathBuf>, pid: u32) -> Vec<PathBuf> {
    let own = format!("/grader-{pid}-");
    let groups = groups.iter();
    let own = groups.filter(|path| path.to_string_lossy().contains(&own));
    own.cloned().collect()
}
