//! Time, memory, processes, files, output: using up what there is.

use crate::entry::Change::Attack;
use crate::entry::Right::{Cases, Passed};
use crate::entry::{BYTES, Entry, FILES, Speed};

/// A short time, for those that use it up.
const SHORT: &[(&str, i64)] = &[("wall-seconds", 2), ("cpu-seconds", 2)];
/// Little memory, for those that fill it.
const SMALL: &[(&str, i64)] = &[("memory-mib", 64)];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "endless_loop",
        class: "resource",
        like: &["70_infinite_loop"],
        changes: &[Attack("loop { std::hint::spin_loop() }")],
        limits: SHORT,
        right: Cases(&[(BYTES, &["timed-out"])]),
        ..FILES
    },
    Entry {
        name: "endless_loop_on_many_threads",
        class: "resource",
        changes: &[Attack(
            "for _ in 0..30 { std::thread::spawn(|| loop { std::hint::spin_loop() }); }\nloop { std::thread::park() }",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["timed-out"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "endless_loop_in_a_child",
        class: "resource",
        changes: &[Attack(
            "let _ = std::process::Command::new(\"sh\").args([\"-c\", \"while :; do :; done; : @MARK@\"]).status()?;\nOk(())",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["timed-out"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "sleep_for_ever",
        class: "resource",
        like: &["72_sleep_forever"],
        changes: &[Attack(
            "std::thread::sleep(std::time::Duration::from_secs(100_000));\nOk(())",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["timed-out"])]),
        ..FILES
    },
    Entry {
        name: "time_limit_as_it_comes",
        class: "resource",
        changes: &[Attack(
            "loop { std::thread::sleep(std::time::Duration::from_millis(1)) }",
        )],
        right: Cases(&[(BYTES, &["timed-out"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "fork_bomb_of_a_thousand",
        class: "resource",
        like: &["73_fork_bomb"],
        changes: &[Attack(
            "let script = \"f() { [ $1 = 0 ] && exec sleep 3; f $(($1 - 1)) & f $(($1 - 1)) & wait; : @MARK@; }; f 9\";\n\
             let _ = std::process::Command::new(\"/bin/sh\").args([\"-c\", script]).status();\n\
             // What the kernel has let start stays for a while.\n\
             std::thread::sleep(std::time::Duration::from_millis(800));\nErr(std::io::Error::other(\"wrong\"))",
        )],
        // The kernel may end it before anybody looks.
        right: Cases(&[(BYTES, &["processes-exceeded", "failed"])]),
        ..FILES
    },
    Entry {
        name: "fork_bomb_of_daemons",
        class: "resource",
        changes: &[Attack(
            "let script = \"for i in $(seq 30); do setsid sh -c 'sleep 3; : @MARK@' & done\";\n\
             let _ = std::process::Command::new(\"/bin/sh\").args([\"-c\", script]).status();\n\
             // The kernel refuses the last of them, and what it lets start stays.\n\
             let more = (0..300).map(|_| std::process::Command::new(\"setsid\").args([\"sleep\", \"3\"]).spawn());\n\
             let more: Vec<_> = more.collect();\n\
             std::thread::sleep(std::time::Duration::from_secs(2));\ndrop(more);\nOk(())",
        )],
        right: Cases(&[(BYTES, &["processes-exceeded"])]),
        ..FILES
    },
    Entry {
        name: "fork_bomb",
        class: "resource",
        changes: &[Attack(
            "loop { let _ = std::process::Command::new(\"/bin/sh\").args([\"-c\", \"f() { f @MARK@ | f & }; f\"]).spawn(); }",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["processes-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "thread_bomb",
        class: "resource",
        like: &["74_thread_bomb"],
        changes: &[Attack(
            "loop { let _ = std::thread::Builder::new().stack_size(16 << 10).spawn(|| loop { std::thread::park() }); }",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["processes-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "memory_bomb",
        class: "resource",
        like: &["75_memory_bomb"],
        changes: &[Attack(
            "let mut v: Vec<Vec<u8>> = vec![]; loop { v.push(vec![1; 16 << 20]) }",
        )],
        right: Cases(&[(BYTES, &["memory-exceeded"])]),
        ..FILES
    },
    Entry {
        name: "memory_faster_than_anybody_looks",
        class: "resource",
        changes: &[Attack(
            "let all = vec![1_u8; 1 << 30];\nprintln!(\"{}\", all[7]);\nOk(())",
        )],
        limits: &[("memory-mib", 16)],
        right: Cases(&[(BYTES, &["memory-exceeded"])]),
        ..FILES
    },
    Entry {
        name: "memory_all_at_once",
        class: "resource",
        changes: &[Attack(
            "let all = vec![1_u8; 200 << 30];\nprintln!(\"{}\", all[7]);\nOk(())",
        )],
        limits: SMALL,
        right: Cases(&[(BYTES, &["memory-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "memory_on_a_stack",
        class: "resource",
        changes: &[Attack(
            r#"fn deep(n: u64) -> u64 { let all = [n; 4096]; std::hint::black_box(&all); if n == 0 { 0 } else { deep(n - 1) + all[7] } }
            let builder = std::thread::Builder::new().stack_size(3 << 30);
            println!("{}", builder.spawn(|| deep(1 << 40))?.join().unwrap());
            Ok(())"#,
        )],
        limits: SMALL,
        right: Cases(&[(BYTES, &["memory-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "memory_of_many_processes",
        class: "resource",
        changes: &[Attack(
            r#"// Each far below the limit, together far above.
            let script = "x=$(head -c 40000000 /dev/zero | tr '\\0' x); sleep 3; : @MARK@";
            let mut children = Vec::new();
            for _ in 0..10 { children.push(std::process::Command::new("sh").args(["-c", script]).spawn()?); }
            for mut child in children { let _ = child.wait()?; }
            Ok(())"#,
        )],
        limits: &[("memory-mib", 200)],
        right: Cases(&[(BYTES, &["memory-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "memory_of_a_child_that_left",
        class: "resource",
        changes: &[Attack(
            r#"let script = "setsid sh -c 'exec tail -n 1 /dev/zero #@MARK@' &";
            let _ = std::process::Command::new("sh").args(["-c", script]).status()?;
            std::thread::sleep(std::time::Duration::from_secs(4));
            Ok(())"#,
        )],
        limits: SMALL,
        right: Cases(&[(BYTES, &["memory-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "memory_in_pipes_and_sockets",
        class: "resource",
        changes: &[Attack(
            r"// The kernel's memory, not the process's: as much as open files allow.
            use std::io::Write;
            let mut all = Vec::new();
            while let Ok((a, mut b)) = std::os::unix::net::UnixStream::pair() {
                b.set_nonblocking(true)?;
                while b.write(&[1; 65536]).is_ok() {}
                all.push((a, b));
            }
            Ok(())",
        )],
        right: Passed,
        ..FILES
    },
    Entry {
        name: "disk_fill",
        class: "resource",
        like: &["76_disk_fill"],
        changes: &[Attack(
            r#"use std::io::Write;
            let block = vec![1_u8; 1 << 20];
            for n in 0.. {
                let mut file = std::fs::File::create(std::env::temp_dir().join(format!("fill{n}")))?;
                for _ in 0..20 { file.write_all(&block)?; }
            }
            Ok(())"#,
        )],
        right: Cases(&[(BYTES, &["disk-exceeded"])]),
        ..FILES
    },
    Entry {
        name: "one_endless_file",
        class: "resource",
        changes: &[Attack(
            r#"use std::io::Write;
            let mut file = std::fs::File::create("fill")?;
            let block = vec![1_u8; 1 << 20];
            loop { file.write_all(&block)?; }"#,
        )],
        right: Cases(&[(BYTES, &["disk-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "sparse_file",
        class: "resource",
        changes: &[Attack(
            "std::fs::File::create(\"sparse\")?.set_len(1 << 40)?;\nOk(())",
        )],
        right: Cases(&[(BYTES, &["disk-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "files_fill",
        class: "resource",
        changes: &[Attack(
            "for n in 0.. { std::fs::File::create(format!(\"fill{n}\"))?; }\nOk(())",
        )],
        right: Cases(&[(BYTES, &["disk-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "open_files_fill",
        class: "resource",
        changes: &[Attack(
            r#"let mut all = vec![];
            let error = loop {
                match std::fs::File::open("/dev/null") { Ok(file) => all.push(file), Err(error) => break error }
            };
            std::thread::sleep(std::time::Duration::from_millis(200));
            // Never closed: whoever forgets to close files keeps them until the end.
            std::mem::forget(all);
            Err(error)"#,
        )],
        right: Cases(&[(BYTES, &["files-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "stdout_flood",
        class: "resource",
        like: &["77_stdout_flood"],
        changes: &[Attack(
            "use std::io::Write; let b = [b'x'; 65536]; loop { std::io::stdout().write_all(&b)? }",
        )],
        right: Cases(&[(BYTES, &["output-exceeded"])]),
        ..FILES
    },
    Entry {
        name: "stderr_flood",
        class: "resource",
        changes: &[Attack(
            "use std::io::Write; let b = [b'\\n'; 65536]; loop { std::io::stderr().write_all(&b)? }",
        )],
        right: Cases(&[(BYTES, &["output-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "flood_on_both_by_children",
        class: "resource",
        changes: &[Attack(
            "let script = \"yes out & yes err >&2 & yes more & wait; : @MARK@\";\n\
             let _ = std::process::Command::new(\"sh\").args([\"-c\", script]).status()?;\nOk(())",
        )],
        right: Cases(&[(BYTES, &["output-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "flood_on_the_channel",
        class: "resource",
        changes: &[Attack(
            "loop { let _ = std::panic::catch_unwind(|| panic!(\"{}\", \"x\".repeat(100_000))); }",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["timed-out", "panicked", "output-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "panics_on_every_thread_for_ever",
        class: "resource",
        changes: &[Attack(
            "for n in 0..50 { let _ = std::thread::Builder::new().name(\"x\".repeat(60_000)).spawn(move || loop { let _ = std::panic::catch_unwind(|| panic!(\"{n}\")); }); }\n\
             loop { std::thread::park() }",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["timed-out", "panicked", "output-exceeded"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "a_million_short_children",
        class: "resource",
        changes: &[Attack(
            "loop { let _ = std::process::Command::new(\"/bin/true\").status(); }",
        )],
        limits: SHORT,
        right: Cases(&[(BYTES, &["timed-out"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "a_hundred_thousand_answers_worth_of_events",
        class: "resource",
        changes: &[Attack(
            "let text = \"y\".repeat(1 << 20); for _ in 0..12 { println!(\"{text}\"); }\nErr(std::io::Error::other(\"wrong\"))",
        )],
        right: Cases(&[(BYTES, &["failed"])]),
        speed: Speed::Slow,
        ..FILES
    },
];
