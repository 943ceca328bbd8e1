//! Reading what is not theirs: suites, solutions, homes, environments.

use crate::entry::Change::{Attack, End, Lib, Link, Macro};
use crate::entry::Right::{Cases, Kata, Passed};
use crate::entry::{BYTES, DERIVE, Entry, FILES, Speed};

/// Parts of suites that decide.
const DECIDING: &[&str] = &[
    "fn valid_mode",
    "fn broken_mode",
    "fn file_holds",
    "fn as_text(bytes",
    "rng.pick",
    "a file opened for writing keeps its old length",
];

/// Parts of the other suite that decide.
const DERIVE_DECIDES: &[&str] = &[
    "Connection::open_in_memory",
    "fn refused_there",
    "const WRONG_FIELDS",
    "rng.pick",
];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "hidden_tests_beside_it",
        class: "leak",
        like: &["40_include_str_tests_panic"],
        changes: &[Attack(
            "panic!(\"{}\", include_str!(\"../../../../course/tests/hidden/files/file-modes/suite.rs\"))",
        )],
        right: Kata(&["does-not-compile"]),
        hidden: DECIDING,
        ..FILES
    },
    Entry {
        name: "hidden_tests_by_their_path",
        class: "leak",
        changes: &[Attack(
            "panic!(\"{}\", include_str!(\"@COURSE@/tests/hidden/files/file-modes/suite.rs\"))",
        )],
        right: Kata(&["does-not-compile"]),
        hidden: DECIDING,
        ..FILES
    },
    Entry {
        name: "suite_on_the_stage_in_a_constant",
        class: "leak",
        like: &["41_include_str_const_panic"],
        changes: &[End(
            "const _: () = panic!(\"{}\", include_str!(\"/kata/suite.rs\"));",
        )],
        right: Kata(&["does-not-compile"]),
        hidden: DECIDING,
        ..FILES
    },
    Entry {
        name: "programs_of_the_site",
        class: "leak",
        changes: &[Attack(
            "let seen: Vec<_> = std::fs::read_dir(\"/usr/local\").into_iter().flatten().flatten().collect();\n\
             assert!(seen.is_empty(), \"{seen:?}\");\nOk(())",
        )],
        right: Passed,
        ..FILES
    },
    Entry {
        name: "suite_on_the_stage_at_run_time",
        class: "leak",
        changes: &[Attack("panic!(\"{}\", include_str!(\"/kata/suite.rs\"))")],
        right: Cases(&[(BYTES, &["panicked"])]),
        // What acts may be seen, and proves that this entry reads at all.
        shown: &["file_modes::"],
        hidden: DECIDING,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "solution_included",
        class: "leak",
        like: &["42_include_solution"],
        changes: &[Lib(
            "include!(\"@COURSE@/solutions/files/file-modes/src/lib.rs\");",
        )],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "solution_as_a_module",
        class: "leak",
        changes: &[Lib(
            "#[path = \"@COURSE@/solutions/files/file-modes/src/lib.rs\"] mod theirs;\npub use theirs::*;",
        )],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "hidden_tests_at_run_time",
        class: "leak",
        like: &["43_read_tests_at_runtime"],
        changes: &[Attack(
            r#"let mut found = String::new();
            for path in ["@COURSE@/tests/hidden/files/file-modes/suite.rs", "/kata/suite.rs", "/kata/driver.rs", "/kata/src/lib.rs", "../suite.rs"] {
                if let Ok(text) = std::fs::read_to_string(path) { found.push_str(&text); }
            }
            if found.is_empty() { Err(std::io::Error::other("nothing")) } else { panic!("{found}") }"#,
        )],
        right: Cases(&[(BYTES, &["failed"])]),
        hidden: DECIDING,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "strings_of_the_driver_s_own_program",
        class: "leak",
        changes: &[Attack(
            r#"let bytes = std::fs::read("/kata/driver/driver")?;
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let at = text.find("because").or_else(|| text.find("opened for writing"));
            let text: String = at.map(|at| text[at..].chars().take(400).collect()).unwrap_or_default();
            println!("{text}");
            Err(std::io::Error::other("nothing"))"#,
        )],
        right: Cases(&[(BYTES, &["failed"])]),
        hidden: DECIDING,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "secret_in_the_home_folder",
        class: "leak",
        like: &["45_read_home_secret"],
        changes: &[Attack(
            r#"let home = std::env::home_dir().unwrap_or_default();
            for path in [home.join(".secret/token"), "@SECRET@".into()] {
                if let Ok(text) = std::fs::read_to_string(path) { panic!("{text}"); }
            }
            let output = std::process::Command::new("cat").arg("@SECRET@").output()?;
            panic!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))"#,
        )],
        right: Cases(&[(BYTES, &["panicked"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "secret_in_the_home_folder_included",
        class: "leak",
        changes: &[Attack("panic!(\"{}\", include_str!(\"@SECRET@\"))")],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "environment_of_the_grader",
        class: "leak",
        like: &["47_env_of_parent"],
        changes: &[Attack(
            r#"let mut all = format!("{:?}", std::env::vars().collect::<Vec<_>>());
            for pid in ["self", "1", "2", "3"] {
                all += &std::fs::read_to_string(format!("/proc/{pid}/environ")).unwrap_or_default();
            }
            panic!("{all}")"#,
        )],
        right: Cases(&[(BYTES, &["panicked"])]),
        hidden: &["RUSTUP_HOME", "CARGO_HOME"],
        ..FILES
    },
    Entry {
        name: "environment_of_the_compiler",
        class: "leak",
        changes: &[End("const _: () = panic!(\"{}\", env!(\"PATH\"));\n\
             const HOME: &str = match option_env!(\"HOME\") { Some(home) => home, None => \"\" };\n\
             const CANARY: &str = match option_env!(\"GRADER_CANARY\") { Some(it) => it, None => \"\" };\n\
             const _: () = assert!(HOME.is_empty(), \"{}\", HOME);\n\
             const _: () = assert!(CANARY.is_empty(), \"{}\", CANARY);")],
        right: Kata(&["does-not-compile"]),
        hidden: &["course/tests"],
        ..FILES
    },
    Entry {
        name: "proc_of_the_compiler",
        class: "leak",
        changes: &[
            End(
                "pub const A: &str = include_str!(\"/proc/self/environ\");\n\
                 pub const B: &str = include_str!(\"/proc/self/cmdline\");",
            ),
            Attack("panic!(\"{A} {B}\")"),
        ],
        right: crate::entry::Right::Every(&["passed", "panicked"]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "proc_of_init_in_a_constant",
        class: "leak",
        changes: &[End(
            "pub const A: &str = include_str!(\"/proc/1/environ\");",
        )],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "passwords_of_the_machine",
        class: "leak",
        changes: &[End("pub const A: &str = include_str!(\"/etc/passwd\");")],
        right: Kata(&["does-not-compile"]),
        hidden: &["root:x:", "root:*:"],
        ..FILES
    },
    Entry {
        name: "links_that_show_elsewhere",
        class: "leak",
        changes: &[
            Link("src/data.txt", "@SECRET@"),
            Attack("panic!(\"{}\", include_str!(\"data.txt\"))"),
        ],
        right: Kata(&["rejected", "does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "links_made_in_the_working_folder",
        class: "leak",
        changes: &[Attack(
            r#"for (n, target) in ["@SECRET@", "/proc/1/root@SECRET@", "/proc/self/root/root", "../../../../../..@SECRET@"].iter().enumerate() {
                let link = format!("link{n}");
                std::os::unix::fs::symlink(target, &link)?;
                if let Ok(text) = std::fs::read_to_string(&link) { panic!("{text}"); }
                if std::fs::hard_link(target, format!("hard{n}")).is_ok() { panic!("hard link"); }
            }
            Err(std::io::Error::other("nothing"))"#,
        )],
        right: Cases(&[(BYTES, &["failed"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "everything_that_can_be_seen",
        class: "leak",
        changes: &[Attack(LOOK)],
        right: Cases(&[(BYTES, &["failed"])]),
        ..FILES
    },
    Entry {
        name: "macro_that_reads_the_suite",
        class: "leak",
        changes: &[Macro(
            r#"let mut text = String::new();
            for path in ["/kata/suite.rs", "/kata/driver.rs", "/kata/programs/lib.rs", "@COURSE@/tests/hidden/objects/orm-derive/suite.rs"] {
                text += &std::fs::read_to_string(path).unwrap_or_default();
            }
            panic!("{text}")"#,
        )],
        right: Kata(&["does-not-compile"]),
        shown: &["struct Visit"],
        hidden: DERIVE_DECIDES,
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "macro_that_reads_secrets",
        class: "leak",
        changes: &[Macro(
            r#"let mut text = format!("{:?}", std::env::vars().collect::<Vec<_>>());
            text += &std::fs::read_to_string("@SECRET@").unwrap_or_default();
            for pid in 0..200 {
                for file in ["environ", "cmdline", "root@SECRET@", "cwd/token"] {
                    text += &std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap_or_default();
                }
            }
            for path in ["@HOME@/.cargo/credentials.toml", "/root/.cargo/credentials.toml", "/etc/shadow"] {
                text += &std::fs::read_to_string(path).unwrap_or_default();
            }
            panic!("{text}")"#,
        )],
        right: Kata(&["does-not-compile"]),
        hidden: &["root:x:", "root:*:", "RUSTUP_HOME"],
        ..DERIVE
    },
    Entry {
        name: "macro_that_reads_other_processes",
        class: "leak",
        changes: &[Macro(
            r#"use std::io::{Read, Seek, SeekFrom};
            let mut got = Vec::new();
            // Init of the sandbox, and whoever else is there but not this process or a thread of it.
            let mine: Vec<String> = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten()
                .map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            for pid in (1..200).map(|pid: u32| pid.to_string()).filter(|pid| !mine.contains(pid)) {
                if let Ok(mut mem) = std::fs::File::open(format!("/proc/{pid}/mem")) {
                    let mut byte = [0; 1];
                    let _ = mem.seek(SeekFrom::Start(0x0040_0000));
                    if mem.read(&mut byte).is_ok() { got.push(format!("mem {pid}")); }
                }
                for file in ["environ", "maps", "stack", "syscall", "io", "auxv"] {
                    let text = std::fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
                    if !text.is_empty() { got.push(format!("{file} {pid}")); }
                }
                for link in ["exe", "cwd", "root", "fd/0", "fd/1", "fd/3", "ns/mnt"] {
                    if std::fs::read_link(format!("/proc/{pid}/{link}")).is_ok() { got.push(format!("{link} {pid}")); }
                    if std::fs::File::open(format!("/proc/{pid}/{link}")).is_ok() { got.push(format!("open {link} {pid}")); }
                }
            }
            if got.is_empty() { return; }
            panic!("saw {got:?}")"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..DERIVE
    },
];

/// Everything that a case can see and should not; wrong where nothing is found.
const LOOK: &str = r#"
    let mut seen = Vec::new();
    for place in [
        "@SECRET@", "@HOME@", "@OUTSIDE@/file", "@GROUND@", "@COURSE@", "@COURSE@/Cargo.toml",
        "/root", "/home", "/etc/passwd", "/etc/shadow", "/var", "/run", "/tmp", "/sys", "/proc",
        "/opt", "/mnt", "/srv", "/work", "/boot", "/dev/shm", "/dev/tty", "/dev/pts", "/dev/mem",
        "/dev/kmsg", "/dev/fuse",
    ] {
        if std::path::Path::new(place).symlink_metadata().is_ok() { seen.push(place.to_owned()); }
    }
    let known = [
        "usr", "bin", "sbin", "lib", "lib32", "lib64", "etc", "dev", "kata", "driver", "work",
        "null", "zero", "full", "urandom", "random", "alternatives", "ld.so.cache", "localtime",
    ];
    for folder in ["/", "/kata", "/dev", "/etc"] {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !known.contains(&name.as_str()) { seen.push(format!("{folder}: {name}")); }
        }
    }
    if seen.is_empty() { return Err(std::io::Error::other("nothing")); }
    panic!("saw {seen:#?}")
"#;
