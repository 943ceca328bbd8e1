//! Reads `/proc`.

mod calls;
mod wait;

use self::wait::{Object, Status};
use crate::{Direction, Snapshot, Thread, Wait};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::{fs, io};

pub(crate) fn snapshot(root: u32) -> io::Result<Snapshot> {
    let lineage = Lineage::find()?;
    let mut pids = vec![root];
    let mut threads = Vec::new();
    let mut next = 0;
    while let Some(&pid) = pids.get(next) {
        next += 1;
        for tid in numbers_in(&format!("/proc/{pid}/task"))? {
            threads.extend(read_thread(pid, tid)?);
            for child in lineage.children(pid, tid)? {
                // A child moves to another thread of its parent when its own has ended.
                if !pids.contains(&child) {
                    pids.push(child);
                }
            }
        }
    }
    Ok(Snapshot { root, threads })
}

pub(crate) fn this_thread() -> io::Result<u32> {
    let link = fs::read_link("/proc/thread-self")?;
    number(&link).ok_or_else(|| unknown_form("/proc/thread-self"))
}

/// Does a process outside hold the opposite end of one of the pipes? `inside` tells which
/// processes do not count. Those that we may not read are passed over.
pub(crate) fn held_outside(
    pipes: &[(u64, Direction)],
    inside: impl Fn(u32) -> bool,
) -> io::Result<bool> {
    let mut outside = numbers_in("/proc")?.into_iter().filter(|&pid| !inside(pid));
    Ok(outside.any(|pid| holds_opposite(pid, pipes)))
}

fn holds_opposite(pid: u32, pipes: &[(u64, Direction)]) -> bool {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else {
        return false;
    };
    entries
        .flatten()
        .any(|entry| is_opposite(&entry.path(), pipes))
}

fn is_opposite(link: &Path, pipes: &[(u64, Direction)]) -> bool {
    let Some(Object::Pipe(held)) = object(link) else {
        return false;
    };
    let mut waits = pipes.iter().filter(|(inode, _)| *inode == held).peekable();
    if waits.peek().is_none() {
        return false;
    }
    // The permissions of the link itself tell how the descriptor was opened.
    let Ok(mode) = fs::symlink_metadata(link).map(|data| data.mode()) else {
        return false;
    };
    waits.any(|(_, direction)| match direction {
        Direction::Read => mode & 0o200 != 0,
        Direction::Write => mode & 0o400 != 0,
    })
}

/// `None` if the thread has vanished.
fn read_thread(pid: u32, tid: u32) -> io::Result<Option<Thread>> {
    let task = format!("/proc/{pid}/task/{tid}");
    // The activity comes first, then the wait: whoever finds the same activity later knows
    // that the thread was asleep, in this very wait, from here to there.
    let Some(status) = read_status(&task)? else {
        return Ok(None);
    };
    let Some(wait) = read_wait(pid, &task, status.state)? else {
        return Ok(None);
    };
    Ok(Some(Thread {
        pid,
        tid,
        name: status.name,
        wait,
        activity: status.activity,
    }))
}

fn read_status(dir: &str) -> io::Result<Option<Status>> {
    let Some(status) = present(fs::read(format!("{dir}/status")))? else {
        return Ok(None);
    };
    let status = wait::parse_status(&status).ok_or_else(|| unknown_form("status"))?;
    Ok(Some(status))
}

fn read_wait(pid: u32, task: &str, state: u8) -> io::Result<Option<Wait>> {
    match state {
        b'S' => read_call(pid, task),
        b'T' | b't' => Ok(read_call(pid, task)?.map(stopped)),
        b'Z' | b'X' | b'x' => Ok(Some(Wait::Gone)),
        _ => Ok(Some(Wait::Running)),
    }
}

/// A stopped thread does not get on, whatever it was about to wait for.
fn stopped(wait: Wait) -> Wait {
    match wait {
        Wait::Other { .. } => wait,
        _ => Wait::Other { syscall: -1 },
    }
}

fn read_call(pid: u32, task: &str) -> io::Result<Option<Wait>> {
    let text = match fs::read_to_string(format!("{task}/syscall")) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            return Ok(Some(Wait::Hidden));
        }
        // A kernel may lack the file although the thread is there.
        Err(error) if is_gone(&error) => {
            return Ok(fs::exists(task)?.then_some(Wait::Hidden));
        }
        Err(error) => return Err(error),
    };
    let call = wait::parse_call(&text).ok_or_else(|| unknown_form("syscall"))?;
    let object = |fd| object(Path::new(&format!("/proc/{pid}/fd/{fd}")));
    Ok(Some(wait::classify(call, object)))
}

fn object(link: &Path) -> Option<Object> {
    let target = fs::read_link(link).ok()?;
    wait::parse_link(target.to_str()?)
}

/// Where the children of a process are listed.
enum Lineage {
    /// In files of the kernel's own.
    Files,
    /// Nowhere, so we have made a list of every process and its parent.
    Table(Vec<(u32, u32)>),
}

impl Lineage {
    fn find() -> io::Result<Self> {
        if fs::exists("/proc/thread-self/children")? {
            return Ok(Self::Files);
        }
        Self::table()
    }

    fn table() -> io::Result<Self> {
        let mut table = Vec::new();
        for pid in numbers_in("/proc")? {
            let status = read_status(&format!("/proc/{pid}"))?;
            table.extend(status.map(|status| (pid, status.parent)));
        }
        Ok(Self::Table(table))
    }

    /// With the table, every thread of a process has all the children of the process.
    fn children(&self, pid: u32, tid: u32) -> io::Result<Vec<u32>> {
        let Self::Table(table) = self else {
            let path = format!("/proc/{pid}/task/{tid}/children");
            let list = present(fs::read_to_string(path))?.unwrap_or_default();
            return Ok(list.split_ascii_whitespace().flat_map(str::parse).collect());
        };
        let children = table.iter().filter(|(_, parent)| *parent == pid);
        Ok(children.map(|&(child, _)| child).collect())
    }
}

/// The entries of a directory that are numbers; none if it has vanished.
fn numbers_in(dir: &str) -> io::Result<Vec<u32>> {
    let Some(entries) = present(fs::read_dir(dir))? else {
        return Ok(Vec::new());
    };
    let mut numbers = Vec::new();
    for entry in entries {
        if let Some(entry) = present(entry)? {
            numbers.extend(number(&entry.path()));
        }
    }
    Ok(numbers)
}

fn number(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.parse().ok()
}

/// `None` for something that has vanished.
fn present<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A file of a thread that ends between opening and reading fails with `ESRCH`, for which
/// std has no name.
fn is_gone(error: &io::Error) -> bool {
    const ESRCH: i32 = 3;
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(ESRCH)
}

fn unknown_form(file: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("unknown form of {file}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio, id};

    #[test]
    fn both_lineages_name_a_child() {
        let mut cat = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let table = Lineage::table().unwrap();
        assert!(table.children(id(), id()).unwrap().contains(&cat.id()));
        if let Lineage::Files = Lineage::find().unwrap() {
            let own = this_thread().unwrap();
            let children = Lineage::Files.children(id(), own).unwrap();
            assert!(children.contains(&cat.id()));
        }
        drop(cat.stdin.take());
        cat.wait().unwrap();
    }

    #[test]
    fn a_vanished_root_shows_nothing() {
        let mut gone = Command::new("true").spawn().unwrap();
        gone.wait().unwrap();
        assert_eq!(snapshot(gone.id()).unwrap().threads, []);
    }
}
