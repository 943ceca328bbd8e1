//! Waiting for what never comes: told apart from what still may.

use crate::entry::Change::Attack;
use crate::entry::Right::{Cases, Passed};
use crate::entry::{BYTES, CHAIN, Entry, FILES, Speed};

const DEADLOCKED: &[(&str, &[&str])] = &[(BYTES, &["deadlocked"])];
const SHORT: &[(&str, i64)] = &[("wall-seconds", 2), ("cpu-seconds", 2)];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "lock_taken_twice",
        class: "resource",
        like: &["71_deadlock"],
        changes: &[Attack(
            "let lock = std::sync::Mutex::new(0);\nlet _a = lock.lock().unwrap();\nlet _b = lock.lock().unwrap();\nOk(())",
        )],
        right: Cases(DEADLOCKED),
        within: 20,
        ..FILES
    },
    Entry {
        name: "locks_taken_crosswise",
        class: "deadlock",
        changes: &[Attack(
            r#"use std::sync::{Arc, Barrier, Mutex};
            let all = Arc::new((Mutex::new(0), Mutex::new(0), Barrier::new(2)));
            let other = Arc::clone(&all);
            let thread = std::thread::Builder::new().name("crosswise".to_owned()).spawn(move || {
                let _a = other.0.lock().unwrap(); other.2.wait(); let _b = other.1.lock().unwrap();
            })?;
            let _b = all.1.lock().unwrap(); all.2.wait(); let _a = all.0.lock().unwrap();
            thread.join().unwrap();
            Ok(())"#,
        )],
        right: Cases(DEADLOCKED),
        shown: &["crosswise"],
        within: 20,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "channel_that_nobody_sends_on",
        class: "deadlock",
        changes: &[Attack(
            "let (sender, receiver) = std::sync::mpsc::channel::<u8>();\nlet _ = receiver.recv();\ndrop(sender);\nOk(())",
        )],
        right: Cases(DEADLOCKED),
        within: 20,
        ..FILES
    },
    Entry {
        name: "thread_joined_by_itself",
        class: "deadlock",
        changes: &[Attack(
            r"let (sender, receiver) = std::sync::mpsc::channel::<std::thread::JoinHandle<()>>();
            let thread = std::thread::spawn(move || { let me = receiver.recv().unwrap(); let _ = me.join(); });
            sender.send(thread).unwrap();
            loop { std::thread::park() }",
        )],
        // Joining oneself is an error to pthreads and a panic to std; the other waits on.
        right: Cases(&[(BYTES, &["deadlocked", "panicked"])]),
        within: 20,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "pipe_whose_writer_is_oneself",
        class: "deadlock",
        changes: &[Attack(
            "use std::io::Read;\nlet (mut reader, writer) = std::io::pipe()?;\nreader.read_to_string(&mut String::new())?;\ndrop(writer);\nOk(())",
        )],
        right: Cases(DEADLOCKED),
        within: 20,
        ..FILES
    },
    Entry {
        name: "socket_pair_of_oneself",
        class: "deadlock",
        changes: &[Attack(
            "use std::io::Read;\nlet (mut a, b) = std::os::unix::net::UnixStream::pair()?;\na.read_to_end(&mut Vec::new())?;\ndrop(b);\nOk(())",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["deadlocked", "timed-out"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "listener_without_a_caller",
        class: "deadlock",
        changes: &[Attack(
            "let listener = std::net::TcpListener::bind(\"127.0.0.1:0\")?;\nlet _ = listener.accept()?;\nOk(())",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["deadlocked", "timed-out"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "parent_and_child_wait_for_each_other",
        class: "deadlock",
        changes: &[Attack(
            r#"use std::process::{Command, Stdio};
            // The child reads to an end that comes when its parent has waited for it.
            let mut child = Command::new("cat").stdin(Stdio::piped()).spawn()?;
            let _stdin = child.stdin.take();
            child.wait()?;
            Ok(())"#,
        )],
        right: Cases(DEADLOCKED),
        shown: &[
            "\"the main thread waits for a child process\"",
            "\"the main thread of a child process reads from a pipe\"",
        ],
        within: 20,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "pipe_that_is_full_on_both_sides",
        class: "deadlock",
        changes: &[Attack(
            r#"use std::io::Write;
            use std::process::{Command, Stdio};
            let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
            child.stdin.take().unwrap().write_all(&vec![1; 1 << 20])?;
            child.wait()?;
            Ok(())"#,
        )],
        right: Cases(DEADLOCKED),
        within: 20,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "fifo_without_the_other_end",
        class: "deadlock",
        changes: &[Attack(
            "let _ = std::process::Command::new(\"mkfifo\").arg(\"fifo\").status()?;\nlet _ = std::fs::read(\"fifo\")?;\nOk(())",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["deadlocked", "timed-out"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "file_locked_twice",
        class: "deadlock",
        changes: &[Attack(
            "let a = std::fs::File::create(\"lock\")?;\nlet b = std::fs::File::create(\"lock\")?;\na.lock()?;\nb.lock()?;\nOk(())",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["deadlocked", "timed-out"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "deadlock_behind_one_timer",
        class: "deadlock",
        changes: &[Attack(
            r"std::thread::spawn(|| loop { std::thread::sleep(std::time::Duration::from_millis(100)) });
            let lock = std::sync::Mutex::new(0);
            let _a = lock.lock().unwrap();
            let _b = lock.lock().unwrap();
            Ok(())",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["timed-out"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "deadlock_behind_a_sleeping_child",
        class: "deadlock",
        changes: &[Attack(
            r#"let _child = std::process::Command::new("sleep").arg("100").spawn()?;
            loop { std::thread::park() }"#,
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["timed-out"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "stopped_by_itself",
        class: "deadlock",
        changes: &[Attack(
            r#"let me = std::process::id();
            let _ = std::process::Command::new("sh").args(["-c", &format!("kill -STOP {me}")]).status()?;
            Ok(())"#,
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["deadlocked", "timed-out"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "stopped_child_awaited",
        class: "deadlock",
        changes: &[Attack(
            "let _ = std::process::Command::new(\"sh\").args([\"-c\", \"kill -STOP $$; : @MARK@\"]).status()?;\nOk(())",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["deadlocked", "timed-out"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "slow_but_not_stuck",
        class: "deadlock",
        changes: &[Attack(
            r#"// A second and a half in which nothing runs, and then everything goes on.
            use std::sync::{Arc, Condvar, Mutex};
            let pair = Arc::new((Mutex::new(false), Condvar::new()));
            let other = Arc::clone(&pair);
            std::thread::spawn(move || {
                let _ = std::process::Command::new("sleep").arg("1.5").status();
                *other.0.lock().unwrap() = true;
                other.1.notify_all();
            });
            let mut done = pair.0.lock().unwrap();
            while !*done { done = pair.1.wait(done).unwrap(); }
            Ok(())"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "waiting_for_a_pipe_that_is_written_late",
        class: "deadlock",
        changes: &[Attack(
            r#"let output = std::process::Command::new("sh").args(["-c", "sleep 0.7; echo late"]).output()?;
            if output.stdout == b"late\n" { Ok(()) } else { panic!("{output:?}") }"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "deadlock_under_a_runtime",
        class: "deadlock",
        changes: &[Attack(
            r"let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(std::future::pending::<()>());
            Ok(())",
        )],
        right: Cases(&[("arguments_are_numbers_or_refused", &["deadlocked"])]),
        within: 20,
        speed: Speed::Slow,
        ..CHAIN
    },
    Entry {
        name: "runtime_whose_clock_goes_on",
        class: "deadlock",
        changes: &[Attack(
            r"let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
            runtime.spawn(async { loop { tokio::time::sleep(std::time::Duration::from_millis(50)).await } });
            runtime.block_on(std::future::pending::<()>());
            Ok(())",
        )],
        limits: SHORT,
        right: Cases(&[("arguments_are_numbers_or_refused", &["timed-out"])]),
        speed: Speed::Slow,
        ..CHAIN
    },
];
