//! Looks at processes from outside.
#![cfg(target_os = "linux")]

use std::io::{Read, pipe};
use std::process::{Child, Command, Stdio, id};
use std::sync::mpsc::channel;
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use thread_state::{Direction, Settled, Wait, settle, snapshot};

const LONG: Duration = Duration::from_mins(1);

/// A child process that does not outlive its test.
struct Guard(Child);

impl Guard {
    fn spawn(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    /// This very test binary, which plays one role of [`play`].
    fn role(name: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "play", "--test-threads=1"]);
        command
            .env("STILLNESS_ROLE", name)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        Self::spawn(&mut command)
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }

    fn settle(&self) {
        assert_eq!(settle(self.pid(), &[], LONG).unwrap(), Settled::Still);
    }

    /// Asks until the answer is yes. Then nothing can change it, as stuck is stuck.
    fn until_stuck(&self, bystanders: &[u32]) {
        let start = Instant::now();
        while !snapshot(self.pid()).unwrap().is_stuck(bystanders).unwrap() {
            let threads = snapshot(self.pid()).unwrap().threads;
            assert!(start.elapsed() < LONG, "{threads:?}");
            thread::yield_now();
        }
    }

    fn never_stuck(&self, bystanders: &[u32]) {
        for _ in 0..20 {
            let snapshot = snapshot(self.pid()).unwrap();
            assert!(!snapshot.is_stuck(bystanders).unwrap(), "{snapshot:?}");
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
#[ignore = "a part in other tests, which run it in a process of its own"]
fn play() {
    match std::env::var("STILLNESS_ROLE").as_deref() {
        Ok("deadlock") => deadlock(),
        Ok("own pipe") => read_own_pipe(),
        Ok("parent") => wait_for_reader(),
        Ok("napper") => nap(),
        Ok("inside") => inspect_itself(),
        Ok("spinner") => loop {
            std::hint::spin_loop();
        },
        _ => {}
    }
}

fn deadlock() {
    let (left, right, both) = (Mutex::new(()), Mutex::new(()), Barrier::new(2));
    let take = |first: &Mutex<()>, second: &Mutex<()>| {
        let _first = first.lock();
        both.wait();
        drop(second.lock());
    };
    thread::scope(|scope| {
        scope.spawn(|| take(&left, &right));
        scope.spawn(|| take(&right, &left));
    });
}

fn read_own_pipe() {
    let (mut reader, _writer) = pipe().unwrap();
    drop(reader.read(&mut [0]));
}

fn wait_for_reader() {
    let mut cat = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let _writer = cat.stdin.take();
    drop(cat.wait());
}

fn nap() {
    loop {
        thread::sleep(Duration::from_millis(1));
    }
}

fn inspect_itself() {
    let before = snapshot(id()).unwrap().tids();
    let (sender, receiver) = channel::<()>();
    let blocked = thread::spawn(move || for () in receiver {});
    assert_eq!(settle(id(), &before, LONG).unwrap(), Settled::Still);
    // The sender is in this thread, so all are stuck only as long as it does nothing.
    assert!(!snapshot(id()).unwrap().is_stuck(&[]).unwrap());
    assert!(snapshot(id()).unwrap().is_stuck(&before).unwrap());

    let napper = thread::spawn(nap);
    let limit = Duration::from_millis(20);
    let Settled::Restless(threads) = settle(id(), &before, limit).unwrap() else {
        panic!("a napper is not still");
    };
    assert!(
        threads.iter().all(|thread| !before.contains(&thread.tid)),
        "{threads:?}"
    );
    assert!(!snapshot(id()).unwrap().is_stuck(&before).unwrap());
    drop(sender);
    blocked.join().unwrap();
    drop(napper);
}

fn cat() -> Guard {
    Guard::spawn(
        Command::new("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::null()),
    )
}

#[test]
fn two_mutexes_the_wrong_way_round_are_stuck() {
    let child = Guard::role("deadlock");
    child.until_stuck(&[]);
    let snapshot = snapshot(child.pid()).unwrap();
    let locked = snapshot
        .threads
        .iter()
        .filter(|thread| thread.wait == Wait::Lock)
        .count();
    assert!(
        locked >= 3 && locked == snapshot.threads.len(),
        "{snapshot:?}"
    );
    child.settle();
}

#[test]
fn a_pipe_with_both_ends_inside_is_stuck() {
    let child = Guard::role("own pipe");
    child.until_stuck(&[]);
}

#[test]
fn a_parent_that_holds_its_childs_input_is_stuck() {
    let child = Guard::role("parent");
    child.until_stuck(&[]);
    let snapshot = snapshot(child.pid()).unwrap();
    let has = |pid_is_root: bool, is_right: fn(Wait) -> bool| {
        let mut side = snapshot
            .threads
            .iter()
            .filter(|thread| (thread.pid == child.pid()) == pid_is_root);
        side.any(|thread| is_right(thread.wait))
    };
    assert!(has(true, |wait| wait == Wait::Child), "{snapshot:?}");
    let reads = |wait| {
        matches!(
            wait,
            Wait::Pipe {
                fd: 0,
                direction: Direction::Read,
                ..
            }
        )
    };
    assert!(has(false, reads), "{snapshot:?}");
}

#[test]
fn a_writer_outside_may_wake_a_reader() {
    let cat = cat();
    cat.settle();
    cat.never_stuck(&[]);
    // Unless that writer is known not to.
    cat.until_stuck(&[id()]);
}

#[test]
fn a_shell_waits_for_its_child() {
    let mut command = Command::new("sh");
    command
        .args(["-c", "cat; true"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let shell = Guard::spawn(&mut command);
    let start = Instant::now();
    loop {
        shell.settle();
        let snapshot = snapshot(shell.pid()).unwrap();
        let waits: Vec<Wait> = snapshot.threads.iter().map(|thread| thread.wait).collect();
        if let [
            Wait::Child,
            Wait::Pipe {
                fd: 0,
                direction: Direction::Read,
                ..
            },
        ] = waits[..]
        {
            break;
        }
        assert!(start.elapsed() < LONG, "{snapshot:?}");
    }
    shell.never_stuck(&[]);
}

#[test]
fn a_napper_never_settles() {
    let child = Guard::role("napper");
    let start = Instant::now();
    // While it starts, its main thread may still be running.
    loop {
        let Settled::Restless(threads) =
            settle(child.pid(), &[], Duration::from_millis(50)).unwrap()
        else {
            panic!("a napper is not still");
        };
        if threads.iter().any(|thread| thread.wait == Wait::Timer) {
            break;
        }
        assert!(start.elapsed() < LONG, "{threads:?}");
    }
    child.never_stuck(&[]);
}

#[test]
fn a_spinner_never_settles() {
    let child = Guard::role("spinner");
    let settled = settle(child.pid(), &[], Duration::from_millis(50)).unwrap();
    assert!(matches!(settled, Settled::Restless(_)), "{settled:?}");
    child.never_stuck(&[]);
}

#[test]
fn a_process_inspects_itself() {
    let mut child = Guard::role("inside");
    assert!(child.0.wait().unwrap().success());
}

#[test]
fn a_process_that_ends_is_still_but_not_stuck() {
    let mut child = Guard::spawn(&mut Command::new("true"));
    child.settle();
    child.never_stuck(&[]);
    child.0.wait().unwrap();
    child.settle();
    child.never_stuck(&[]);
}

#[test]
fn a_stopped_process_is_still_but_not_stuck() {
    let cat = cat();
    let stop = format!("kill -STOP {}", cat.pid());
    assert!(
        Command::new("sh")
            .args(["-c", &stop])
            .status()
            .unwrap()
            .success()
    );
    cat.settle();
    let snapshot = snapshot(cat.pid()).unwrap();
    assert!(
        matches!(snapshot.threads[0].wait, Wait::Other { .. }),
        "{snapshot:?}"
    );
    cat.never_stuck(&[id()]);
}
