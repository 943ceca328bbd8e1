//! Control groups around a sandbox, where this machine lets anybody make them.

use crate::course::Course;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

#[test]
fn a_case_runs_in_a_control_group_of_its_sandbox_which_is_gone_when_the_grader_is() {
    let own = group_of(std::process::id()).filter(|own| can_make_one_in(own));
    if own.is_none() {
        println!("no control group can be made here, so there is nothing to look at");
        return;
    }
    let course = Course::with("adder/loops");
    course.configure(
        "adder",
        "limits.cpu-seconds = 600\nlimits.wall-seconds = 600",
    );
    let mut command = course.program("", "check adder");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut grader = command.spawn().unwrap();
    let group = group_of_a_driver_of(&mut grader);
    let pid = i32::try_from(grader.id()).ok().and_then(Pid::from_raw);
    kill_process(pid.unwrap(), Signal::TERM).unwrap();
    grader.wait().unwrap();
    assert!(!group.exists(), "{} is left", group.display());
}

/// The group that counts a process's threads.
fn group_of(pid: u32) -> Option<PathBuf> {
    let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
    groups.lines().find_map(|line| {
        let (controllers, path) = line.split_once(':')?.1.split_once(':')?;
        let counts = controllers.split(',').any(|one| one == "pids");
        let mount = counts.then_some("/sys/fs/cgroup/pids")?;
        Some(Path::new(mount).join(path.trim_start_matches('/')))
    })
}

fn can_make_one_in(group: &Path) -> bool {
    let probe = group.join(format!("probe-{}", std::process::id()));
    fs::create_dir(&probe).is_ok() && fs::remove_dir(&probe).is_ok()
}

/// The group of its own that a driver of a grader is in, once it is. One that is about to end is in the
/// grader's, which says nothing.
fn group_of_a_driver_of(grader: &mut Child) -> PathBuf {
    let prefix = format!("grader-{}-", grader.id());
    let deadline = Instant::now() + Duration::from_mins(1);
    let mut seen = None;
    while Instant::now() < deadline && grader.try_wait().unwrap().is_none() {
        let drivers = processes().filter(|pid| {
            word(*pid, "Name:").as_deref() == Some("driver") && is_below(*pid, grader.id())
        });
        for group in drivers.filter_map(group_of) {
            let name = group.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(&prefix) && group.is_dir() {
                return group;
            }
            seen = Some(group);
        }
        sleep(Duration::from_millis(5));
    }
    grader.kill().unwrap();
    panic!("no driver was in a group of its own, but one in {seen:?}");
}

fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

fn is_below(pid: u32, above: u32) -> bool {
    pid == above
        || word(pid, "PPid:").is_some_and(|parent| {
            let parent = parent.parse().unwrap_or(0);
            parent > 1 && is_below(parent, above)
        })
}

fn word(pid: u32, key: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    Some(line.trim().to_owned())
}
