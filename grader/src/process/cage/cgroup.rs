//! Control groups around a cage, where this process may make any: as root, or where a
//! version 2 group is delegated to it. They count threads and memory of the whole cage in
//! the kernel, which nothing outruns; limits that the watch states with its reasons come
//! first, so these are wider.

use crate::limits::Bounds;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Where control groups are mounted.
const MOUNT: &str = "/sys/fs/cgroup";
/// How much wider than what the watch allows.
const WIDER: u64 = 2;

/// The control groups of one cage. Dropping them removes them; everything in them must have
/// ended.
#[derive(Debug, Default)]
pub(super) struct Cgroups {
    folders: Vec<PathBuf>,
}

impl Cgroups {
    /// Puts a process, and all that it will start, into groups of its own. Where that is not
    /// allowed there are none.
    pub(super) fn around(pid: u32, bounds: &Bounds) -> Self {
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let parents = own.lines().filter_map(parents).flatten();
        let made = parents.filter_map(|parent| make(&parent, pid, bounds).ok());
        Self {
            folders: made.collect(),
        }
    }
}

impl Drop for Cgroups {
    fn drop(&mut self) {
        for folder in &self.folders {
            // The kernel may need a moment to notice that the last process is gone.
            for _ in 0..20 {
                match fs::remove_dir(folder) {
                    Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                        std::thread::sleep(Duration::from_millis(1));
                    }
                    _ => break,
                }
            }
        }
    }
}

/// The groups that new ones can be made in, from a line of `/proc/self/cgroup`:
/// `number:controllers:path`, without controllers for version 2 (see cgroups(7)).
fn parents(line: &str) -> Option<Vec<PathBuf>> {
    let (_, rest) = line.split_once(':')?;
    let (controllers, path) = rest.split_once(':')?;
    let path = path.trim_start_matches('/');
    let mounts: Vec<&str> = match controllers {
        "" => vec!["", "unified"],
        _ => controllers
            .split(',')
            .filter(|controller| ["pids", "memory"].contains(controller))
            .collect(),
    };
    let place = |mount: &str| Path::new(MOUNT).join(mount).join(path);
    Some(mounts.into_iter().map(place).collect())
}

fn make(parent: &Path, pid: u32, bounds: &Bounds) -> io::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = parent.join(format!("grader-{}-{count}", std::process::id()));
    fs::create_dir(&folder)?;
    let entered = limit(&folder, bounds)
        .and_then(|()| fs::write(folder.join("cgroup.procs"), pid.to_string()));
    if entered.is_err() {
        let _ = fs::remove_dir(&folder);
    }
    entered.map(|()| folder)
}

/// Sets every limit that the group has a file for; a group without any is of no use.
fn limit(folder: &Path, bounds: &Bounds) -> io::Result<()> {
    let limits = [
        ("pids.max", WIDER * bounds.processes),
        ("memory.max", WIDER * bounds.memory),
        ("memory.limit_in_bytes", WIDER * bounds.memory),
    ];
    let mut useful = false;
    for (name, limit) in limits {
        let file = folder.join(name);
        if file.exists() {
            fs::write(file, limit.to_string())?;
            useful = true;
        }
    }
    if useful {
        Ok(())
    } else {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_of_groups_are_found_in_what_the_kernel_says() {
        let first = parents("4:pids:/user/one").unwrap();
        assert_eq!(first, [Path::new("/sys/fs/cgroup/pids/user/one")]);
        let second = parents("0::/user/two").unwrap();
        assert_eq!(second[0], Path::new("/sys/fs/cgroup/user/two"));
        assert_eq!(parents("3:cpu,cpuacct:/").unwrap(), Vec::<PathBuf>::new());
        assert_eq!(parents("no line"), None);
    }
}
