//! Our own protocol: artifacts, drivers, frames, the cases that must not compile.

use crate::entry::Change::{Attack, Macro};
use crate::entry::Right::{Cases, Every, Kata, Passed};
use crate::entry::{BYTES, DERIVE, Entry, FILES, Right, Speed};

/// Puts a program where the driver would be and ends the compiler as if all were well.
macro_rules! fake_driver {
    ($make:literal) => {
        &[Macro(concat!(
            "if !std::env::args().any(|arg| arg == \"driver\") { return; }\n",
            "let driver = \"/kata/out/driver\";\n",
            $make,
            "\nstd::process::exit(0)"
        ))]
    };
}

/// Prints what rustc would print if it rejected every program.
const FORGED_DIAGNOSTICS: &str = r##"
    if !std::env::args().any(|arg| arg == "programs") { return; }
    for entry in std::fs::read_dir("/kata/programs").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == "lib.rs" { continue; }
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        // Wherever an error may have to be.
        for at in 1..=text.lines().count() {
            eprintln!(r#"{{"message":"m","code":{{"code":"E0277"}},"level":"error","children":[],"spans":[{{"file_name":"/kata/programs/{name}","line_start":{at},"is_primary":true,"label":null}}],"rendered":null}}"#);
        }
    }
    std::process::exit(1)
"##;

/// The cases of `orm-derive` that the compiler alone decides: a macro that ends it, instead
/// of making something of each program, has made nothing of any.
const NOTHING_MADE: Right = Cases(&[
    (
        "a_type_that_cannot_be_stored_is_the_fault_of_its_field",
        &["failed"],
    ),
    ("the_type_decides_and_not_its_name", &["failed"]),
    ("the_code_stands_alone", &["failed"]),
    (
        "a_generic_struct_is_a_model_where_its_columns_are",
        &["failed"],
    ),
]);

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "driver_that_does_nothing",
        class: "channel",
        changes: fake_driver!("let _ = std::fs::copy(\"/bin/true\", driver);"),
        right: Every(&["exited-early", "passed"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "driver_that_echoes_its_order",
        class: "channel",
        changes: fake_driver!("let _ = std::fs::write(driver, \"#!/bin/sh\\nexec cat >&0\\n\");"),
        right: Every(&["rejected", "passed"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "driver_that_is_a_shell",
        class: "channel",
        changes: fake_driver!("let _ = std::fs::copy(\"/bin/sh\", driver);"),
        limits: &[("wall-seconds", 1)],
        right: Every(&["rejected", "exited-early", "crashed", "timed-out", "passed"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "driver_that_floods",
        class: "channel",
        changes: fake_driver!("let _ = std::fs::copy(\"/usr/bin/yes\", driver);"),
        right: Every(&["output-exceeded", "passed"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "driver_that_is_no_program",
        class: "channel",
        changes: fake_driver!("let _ = std::fs::write(driver, \"not a program\");"),
        right: Every(&["rejected", "passed"]),
        shown: &["no program that can be started"],
        ..DERIVE
    },
    Entry {
        name: "driver_without_its_interpreter",
        class: "channel",
        changes: fake_driver!("let _ = std::fs::write(driver, \"#!/does/not/exist\\n\");"),
        right: Every(&["rejected", "passed"]),
        shown: &["no program that can be started"],
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "driver_that_is_empty",
        class: "channel",
        changes: fake_driver!("let _ = std::fs::write(driver, \"\");"),
        right: Every(&["rejected", "passed"]),
        shown: &["no program that can be started"],
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "driver_that_is_a_script",
        class: "channel",
        changes: fake_driver!(
            "let _ = std::fs::write(driver, \"#!/bin/sh\\nhead -c 3000000 /dev/zero >&0; kill -9 $PPID; exit 0\\n\");"
        ),
        right: Every(&["rejected", "exited-early", "passed"]),
        ..DERIVE
    },
    Entry {
        name: "driver_that_writes_half_a_frame",
        class: "channel",
        changes: fake_driver!(
            "let _ = std::fs::write(driver, \"#!/bin/sh\\nprintf '\\\\377\\\\377\\\\017\\\\000abc' >&0; sleep 100\\n\");"
        ),
        limits: &[("wall-seconds", 1)],
        right: Every(&["timed-out", "deadlocked", "rejected", "passed"]),
        within: 60,
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "driver_that_frames_too_much",
        class: "channel",
        changes: fake_driver!(
            "let _ = std::fs::write(driver, \"#!/bin/sh\\nprintf '\\\\377\\\\377\\\\377\\\\377' >&0; sleep 100\\n\");"
        ),
        limits: &[("wall-seconds", 2)],
        right: Every(&["rejected", "passed"]),
        within: 60,
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "driver_that_is_a_link",
        class: "channel",
        changes: fake_driver!("let _ = std::os::unix::fs::symlink(\"/bin/true\", driver);"),
        right: Kata(&["does-not-compile"]),
        ..DERIVE
    },
    Entry {
        name: "driver_that_is_a_fifo",
        class: "channel",
        changes: fake_driver!(
            "let _ = std::process::Command::new(\"mkfifo\").arg(driver).status();"
        ),
        right: Kata(&["does-not-compile"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "driver_that_is_a_folder",
        class: "channel",
        changes: fake_driver!("let _ = std::fs::create_dir(driver);"),
        right: Kata(&["does-not-compile"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "driver_of_half_a_gibibyte",
        class: "channel",
        changes: fake_driver!(
            "let _ = std::fs::File::create(driver).and_then(|file| file.set_len(500 << 20));"
        ),
        right: Kata(&["does-not-compile"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "driver_linked_to_a_secret",
        class: "channel",
        changes: fake_driver!(
            "let _ = std::fs::hard_link(\"/etc/ld.so.cache\", driver); let _ = std::fs::rename(\"@SECRET@\", driver);"
        ),
        right: Kata(&["does-not-compile"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "refusals_forged_by_a_macro",
        class: "channel",
        // Wrong in a way that only the compiler's refusals show.
        base: "wrong/short_paths.patch",
        changes: &[Macro(FORGED_DIAGNOSTICS)],
        right: NOTHING_MADE,
        ..DERIVE
    },
    Entry {
        name: "refusals_forged_for_bounds",
        class: "channel",
        base: "wrong/bounds_everywhere.patch",
        changes: &[Macro(FORGED_DIAGNOSTICS)],
        right: NOTHING_MADE,
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "expansions_forged_by_a_macro",
        class: "channel",
        changes: &[Macro(
            r#"if !std::env::args().any(|arg| arg == "programs") { return; }
            // As if every expansion had been written down already, and no more can be.
            let _ = std::fs::write("/kata/programs-out/expansions", [0xff; 4096]);
            let _ = std::fs::create_dir_all("/kata/expansions");
            std::process::exit(0)"#,
        )],
        right: NOTHING_MADE,
        ..DERIVE
    },
    Entry {
        name: "settings_of_the_compiler_changed",
        class: "channel",
        changes: &[Macro(
            r#"// Other crates on the way: what the driver links against.
            for name in ["liborm.rlib", "liborm_derive.rlib", "libsuite_drive.rlib", "liborm_macros.so", "libprograms.rmeta"] {
                for folder in ["out", "programs-out", "crates"] {
                    let _ = std::fs::remove_file(format!("/kata/{folder}/{name}"));
                    let _ = std::fs::write(format!("/kata/{folder}/{name}"), "not a crate");
                }
            }"#,
        )],
        // They lie where nothing can be written.
        right: Passed,
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "support_crates_planted_by_a_macro",
        class: "channel",
        changes: &[Macro(
            r#"// A second suite crate where the compiler looks for what crates use.
            for entry in std::fs::read_dir("/kata/crates").into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().replace("orm_derive", "suite_drive");
                for folder in ["out", "programs-out", "crates"] {
                    let _ = std::fs::copy(entry.path(), format!("/kata/{folder}/{name}"));
                }
            }"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "two_processes_with_one_channel",
        class: "channel",
        changes: &[Attack(
            r#"// The child inherits whatever is not closed; it answers while we do not.
            let mut child = std::process::Command::new("/kata/driver/driver").spawn()?;
            let _ = child.wait();
            Ok(())"#,
        )],
        right: Passed,
        ..FILES
    },
    Entry {
        name: "a_role_that_does_not_exist",
        class: "channel",
        changes: &[Attack(
            r#"for args in [&["--role", "x"][..], &["--role"], &["--tcp"], &["__init"], &["__supervisor"]] {
                let _ = std::process::Command::new("/kata/driver/driver").args(args).stdin(std::process::Stdio::null()).status();
            }
            Err(std::io::Error::other("wrong"))"#,
        )],
        right: Cases(&[(BYTES, &["failed"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "sockets_guessed",
        class: "channel",
        changes: &[Attack(
            r#"use std::os::unix::net::{UnixDatagram, UnixStream};
            use std::os::linux::net::SocketAddrExt;
            let mut got = 0;
            for path in ["/kata/socket", "socket", "/run/grader", "@SOCKET@", "/dev/log"] {
                got += usize::from(UnixStream::connect(path).is_ok());
            }
            let name = std::os::unix::net::SocketAddr::from_abstract_name(b"hostile-canary")?;
            got += usize::from(UnixStream::connect_addr(&name).is_ok());
            got += usize::from(UnixDatagram::unbound()?.connect("@SOCKET@").is_ok());
            if got == 0 { Ok(()) } else { panic!("connected {got} times") }"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "threads_that_spin_after_the_answer",
        class: "channel",
        changes: &[Attack(
            "for _ in 0..4 { std::thread::spawn(|| loop { std::hint::spin_loop() }); }\nOk(())",
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "threads_that_panic_after_the_answer",
        class: "channel",
        changes: &[Attack(
            "for _ in 0..20 { std::thread::spawn(|| loop { let _ = std::panic::catch_unwind(|| panic!(\"late\")); }); }\nOk(())",
        )],
        right: Passed,
        ..FILES
    },
    Entry {
        name: "threads_that_exit_after_the_answer",
        class: "channel",
        changes: &[Attack(
            "std::thread::spawn(|| { std::thread::sleep(std::time::Duration::from_millis(1)); std::process::exit(0) });\n\
             std::thread::sleep(std::time::Duration::from_millis(300));\nOk(())",
        )],
        right: Cases(&[(BYTES, &["exited-early"])]),
        ..FILES
    },
];
