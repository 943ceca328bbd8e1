//! Looks at threads of the test's own process.
#![cfg(target_os = "linux")]

use std::io::{Read, pipe};
use std::os::unix::net::UnixStream;
use std::process::id;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use thread_state::{Direction, Wait, snapshot, this_thread};

const LONG: Duration = Duration::from_mins(1);

/// Looks until the thread waits as it should; panics if it never does.
fn until(tid: u32, is_right: impl Fn(Wait) -> bool) {
    let start = Instant::now();
    loop {
        let snapshot = snapshot(id()).unwrap();
        let wait = snapshot.thread(tid).map(|thread| thread.wait);
        if wait.is_some_and(&is_right) {
            return;
        }
        assert!(start.elapsed() < LONG, "{tid} is at {wait:?}");
        thread::yield_now();
    }
}

/// Runs `sleeper` in a thread of its own, `check` with that thread's id, then `wake`.
fn watch(sleeper: impl FnOnce() + Send, check: impl FnOnce(u32), wake: impl FnOnce()) {
    let (sender, receiver) = channel();
    thread::scope(|scope| {
        scope.spawn(move || {
            sender.send(this_thread().unwrap()).unwrap();
            sleeper();
        });
        check(receiver.recv().unwrap());
        wake();
    });
}

fn watch_for(right: Wait, sleeper: impl FnOnce() + Send, wake: impl FnOnce()) {
    watch(sleeper, |tid| until(tid, |wait| wait == right), wake);
}

#[test]
fn a_mutex_is_a_lock() {
    let mutex = Mutex::new(());
    let guard = mutex.lock().unwrap();
    watch_for(Wait::Lock, || drop(mutex.lock()), || drop(guard));
}

#[test]
fn a_channel_is_a_lock() {
    let (sender, receiver) = channel::<()>();
    watch_for(Wait::Lock, move || for () in receiver {}, || drop(sender));
}

#[test]
fn a_join_is_a_lock() {
    let (sender, receiver) = channel::<()>();
    let blocked = thread::spawn(move || for () in receiver {});
    watch_for(Wait::Lock, || blocked.join().unwrap(), || drop(sender));
}

#[test]
fn a_sleep_is_a_timer() {
    // Short naps, so that the test can end them.
    let over = AtomicBool::new(false);
    let nap = || {
        while !over.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(20));
        }
    };
    watch_for(Wait::Timer, nap, || over.store(true, Ordering::Relaxed));
}

#[test]
fn a_timed_condvar_is_a_timer() {
    let (over, changed) = (Mutex::new(false), Condvar::new());
    let wait = || {
        let over = over.lock().unwrap();
        drop(changed.wait_timeout_while(over, LONG, |over| !*over));
    };
    watch_for(Wait::Timer, wait, || {
        *over.lock().unwrap() = true;
        changed.notify_one();
    });
}

#[test]
fn an_untimed_condvar_is_a_lock() {
    let (over, changed) = (Mutex::new(false), Condvar::new());
    let wait = || drop(changed.wait_while(over.lock().unwrap(), |over| !*over));
    watch_for(Wait::Lock, wait, || {
        *over.lock().unwrap() = true;
        changed.notify_one();
    });
}

#[test]
fn an_empty_pipe_is_a_pipe() {
    let (mut reader, writer) = pipe().unwrap();
    let read = || drop(reader.read(&mut [0]));
    let is_right =
        |wait| matches!(wait, Wait::Pipe { direction: Direction::Read, inode, .. } if inode > 0);
    watch(read, |tid| until(tid, is_right), || drop(writer));
}

#[test]
fn a_full_pipe_is_a_pipe() {
    use std::io::Write;
    let (mut reader, mut writer) = pipe().unwrap();
    let write = move || drop(writer.write_all(&vec![0; 1 << 20]));
    let is_right = |wait| {
        matches!(
            wait,
            Wait::Pipe {
                direction: Direction::Write,
                ..
            }
        )
    };
    watch(
        write,
        |tid| until(tid, is_right),
        || drop(reader.read_to_end(&mut Vec::new())),
    );
}

#[test]
fn a_silent_socket_is_a_socket() {
    let (mut near, far) = UnixStream::pair().unwrap();
    let read = || drop(near.read(&mut [0]));
    let is_right = |wait| matches!(wait, Wait::Socket { .. });
    watch(read, |tid| until(tid, is_right), || drop(far));
}

#[test]
fn a_spinning_thread_is_never_still() {
    let over = AtomicBool::new(false);
    let spin = || {
        while !over.load(Ordering::Relaxed) {
            std::hint::spin_loop();
        }
    };
    let check = |tid| {
        // It may still be within its `send` at the first.
        until(tid, |wait| wait == Wait::Running);
        for _ in 0..50 {
            let snapshot = snapshot(id()).unwrap();
            let thread = snapshot.thread(tid).unwrap();
            assert_eq!(thread.wait, Wait::Running);
            assert!(snapshot.restless(&[]).any(|restless| restless == thread));
        }
    };
    watch(spin, check, || over.store(true, Ordering::Relaxed));
}

#[test]
fn activity_tells_who_has_run() {
    let (sender, receiver) = channel();
    let check = |tid: u32| {
        let asleep = || {
            until(tid, |wait| wait == Wait::Lock);
            snapshot(id()).unwrap().thread(tid).unwrap().activity
        };
        let start = Instant::now();
        let mut before = asleep();
        while asleep() != before {
            before = asleep();
            assert!(start.elapsed() < LONG, "it keeps running");
        }
        sender.send(()).unwrap();
        while asleep() == before {
            assert!(start.elapsed() < LONG, "it does not run");
        }
        drop(sender);
    };
    watch(move || for () in receiver {}, check, || ());
}

#[test]
fn the_caller_is_running_and_named() {
    let builder = thread::Builder::new().name("a) S (b".into());
    let caller = builder.spawn(|| {
        let own = this_thread().unwrap();
        let snapshot = snapshot(id()).unwrap();
        let thread = snapshot.thread(own).unwrap();
        assert_eq!((thread.pid, thread.wait), (id(), Wait::Running));
        assert_eq!(thread.name, "a) S (b");
    });
    caller.unwrap().join().unwrap();
}
