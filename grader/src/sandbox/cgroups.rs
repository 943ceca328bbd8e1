//! Control groups around a sandbox, where this process may make any: as root, or where a
//! version 2 group is delegated to it. They count threads and memory of the whole sandbox in
//! the kernel, which nothing outruns. They are a little wider than what the watch allows, which
//! counts less and can say more.

use super::ExceededLimit;
use super::policy::all_processes;
use crate::limits::Bounds;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Where control groups are mounted.
const MOUNT: &str = "/sys/fs/cgroup";
/// What a group counts of the kernel's own memory, and the watch does not, in bytes.
const OF_THE_KERNEL: u64 = 64 << 20;
/// What every group's name begins with.
const PREFIX: &str = "grader-";

/// How many new groups others may lock first before this process gives up.
const LOST: u32 = 100;

/// The control groups of one sandbox. Dropping them removes them; everything in them must have
/// ended.
#[derive(Debug, Default)]
pub(super) struct Cgroups {
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    folder: PathBuf,
    /// The locked folder, so that anybody can see whether its owner lives. Numbers of
    /// processes come again, and are others in a container.
    _lock: File,
    /// How often each limit had been hit when that was last asked.
    hits: [u64; LIMIT_EVENTS.len()],
}

/// Where the kernel counts how often a limit was hit: the file, the word before the number,
/// and the limit. Memory of version 1 has its own.
const LIMIT_EVENTS: [(&str, &str, ExceededLimit); 3] = [
    ("memory.events", "oom_kill", ExceededLimit::Memory),
    ("memory.oom_control", "oom_kill", ExceededLimit::Memory),
    ("pids.events", "max", ExceededLimit::Processes),
];

impl Cgroups {
    /// Makes groups with these bounds, for a process to [`enter`]. Where that is not allowed
    /// there are none.
    pub(super) fn new(bounds: &Bounds) -> Self {
        static SWEPT: Once = Once::new();
        let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let parents: Vec<PathBuf> = own.lines().filter_map(parents).flatten().collect();
        SWEPT.call_once(|| parents.iter().for_each(|parent| sweep(parent)));
        let made = parents
            .iter()
            .filter_map(|parent| make(parent, bounds).ok());
        Self {
            groups: made.collect(),
        }
    }

    /// Where they are.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.groups.iter().map(|group| group.folder.as_path())
    }

    /// The limit that the kernel has enforced since this was last asked, if it has.
    pub(super) fn hit(&mut self) -> Option<ExceededLimit> {
        let hits = self.groups.iter_mut().filter_map(Group::hit);
        // All are asked, so that what is old now is not new the next time.
        hits.reduce(|first, _| first)
    }
}

/// Puts this process, which has one thread, and all that it will start into a group.
///
/// Who moves a whole process waits until every core has come by, more than 10 ms where nobody
/// has done it for a while. A thread that moves itself waits for nobody, but only version 1 lets
/// it (`tasks`, see cgroups(7)).
pub(super) fn enter(group: &Path) -> io::Result<()> {
    let threads = group.join("tasks");
    let members = if threads.exists() {
        threads
    } else {
        group.join("cgroup.procs")
    };
    fs::write(members, "0")
}

impl Group {
    fn hit(&mut self) -> Option<ExceededLimit> {
        let before = self.hits;
        self.hits = LIMIT_EVENTS.map(|(file, word, _)| count(&self.folder.join(file), word));
        let new = (0..LIMIT_EVENTS.len()).find(|at| self.hits[*at] > before[*at])?;
        Some(LIMIT_EVENTS[new].2)
    }
}

/// The number after a word in a file of lines of both; 0 where there is none.
fn count(file: &Path, word: &str) -> u64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    let mut lines = text.lines().filter_map(|line| line.split_once(' '));
    let found = lines.find(|(name, _)| *name == word);
    found.map_or(0, |(_, number)| number.trim().parse().unwrap_or(0))
}

/// Removes the groups of graders that were killed. One in which something still runs stays
/// until the next time.
fn sweep(parent: &Path) {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| is_a_grader_s(&entry.file_name().to_string_lossy())) {
        let folder = entry.path();
        let is_dead = File::open(&folder).is_ok_and(|folder| folder.try_lock().is_ok());
        if is_dead {
            remove(&folder, 20);
        }
    }
}

/// `grader-<process>-<number>`
fn is_a_grader_s(name: &str) -> bool {
    let numbers = name.strip_prefix(PREFIX);
    let numbers = numbers.and_then(|numbers| numbers.split_once('-'));
    numbers.is_some_and(|(process, number)| [process, number].iter().all(is_number))
}

fn is_number(text: &&str) -> bool {
    text.parse::<u32>().is_ok()
}

/// Tries so many times, a millisecond apart: the kernel may need a moment to notice that the last
/// process is gone.
fn remove(folder: &Path, times: u32) {
    for _ in 0..times {
        match fs::remove_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                std::thread::sleep(Duration::from_millis(1));
            }
            _ => break,
        }
    }
}

impl Drop for Cgroups {
    fn drop(&mut self) {
        for group in &self.groups {
            remove(&group.folder, 500);
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

fn make(parent: &Path, bounds: &Bounds) -> io::Result<Group> {
    let (folder, lock) = fresh(parent)?;
    let limited = limit(&folder, bounds);
    if limited.is_err() {
        let _ = fs::remove_dir(&folder);
    }
    limited.map(|()| Group {
        folder,
        _lock: lock,
        hits: [0; LIMIT_EVENTS.len()],
    })
}

/// A new group, locked. A name that is taken is a dead grader's with the same number, and
/// one that is gone or locked before it was locked here is being swept: then another is made.
///
/// Every user may lock it first and keep it locked, so that nobody waits for a lock.
fn fresh(parent: &Path) -> io::Result<(PathBuf, File)> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut lost = 0;
    while lost < LOST {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = parent.join(format!("{PREFIX}{}-{count}", std::process::id()));
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            made => made?,
        }
        let lock = File::open(&folder).ok();
        if let Some(lock) = lock.filter(|lock| lock.try_lock().is_ok())
            && folder.exists()
        {
            return Ok((folder, lock));
        }
        let _ = fs::remove_dir(&folder);
        lost += 1;
    }
    Err(io::ErrorKind::ResourceBusy.into())
}

/// Sets every limit that the group has a file for; a group without any is of no use.
fn limit(folder: &Path, bounds: &Bounds) -> io::Result<()> {
    // Files in the writable folder are memory too.
    let memory = bounds.memory + bounds.file_size + OF_THE_KERNEL;
    let limits = [
        ("pids.max", all_processes(bounds)),
        ("memory.max", memory),
        ("memory.limit_in_bytes", memory),
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
    fn groups_of_dead_graders_are_swept_and_those_of_living_ones_are_not() {
        let parent = tempfile::tempdir().unwrap();
        let (living, lock) = fresh(parent.path()).unwrap();
        let [dead, strange] = ["grader-1-1", "grader-of-somebody"].map(|name| {
            let folder = parent.path().join(name);
            fs::create_dir(&folder).unwrap();
            folder
        });
        sweep(parent.path());
        assert!(living.exists() && strange.exists());
        assert!(!dead.exists());
        drop(lock);
        sweep(parent.path());
        assert!(!living.exists());
    }

    #[test]
    fn a_name_that_is_taken_does_not_keep_a_group_from_being_made() {
        let parent = tempfile::tempdir().unwrap();
        let taken = |number: u32| format!("{PREFIX}{}-{number}", std::process::id());
        for number in 0..1000 {
            fs::create_dir(parent.path().join(taken(number))).unwrap();
        }
        let (made, _lock) = fresh(parent.path()).unwrap();
        assert!(made.exists());
    }

    #[test]
    fn a_limit_that_was_hit_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let events = |file: &str, text: &str| fs::write(folder.path().join(file), text).unwrap();
        events("pids.events", "max 0\n");
        events("memory.events", "low 0\noom 1\noom_kill 0\n");
        let mut group = Group {
            folder: folder.path().to_owned(),
            _lock: File::open(folder.path()).unwrap(),
            hits: [0; LIMIT_EVENTS.len()],
        };
        assert_eq!(group.hit(), None);
        events("pids.events", "max 7\n");
        assert_eq!(group.hit(), Some(ExceededLimit::Processes));
        assert_eq!(group.hit(), None);
        events("memory.events", "low 0\noom 2\noom_kill 1\n");
        assert_eq!(group.hit(), Some(ExceededLimit::Memory));
    }

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
