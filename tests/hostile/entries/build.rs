//! Build scripts, manifests, configuration; poison for later grades; the compiler as a victim.

use crate::entry::Change::{Attack, End, File, Lib, Macro, Replace, Top};
use crate::entry::Right::{Cases, Kata, Passed};
use crate::entry::{BYTES, DERIVE, Entry, FILES, Place, Speed};

/// Attacks that write wherever something decides.
const POISON: &str = r#"
    let runner = "[target.'cfg(all())']\nrunner = \"/bin/true\"\n[build]\nrustc-wrapper = \"/bin/true\"\n";
    let home = std::env::home_dir().unwrap_or_default();
    let mut got = Vec::new();
    for folder in [
        "@HOME@/.cargo", "@HOME@", "@OUTSIDE@", "@GROUND@/from", "@GROUND@/course/tests/hidden",
        "@GROUND@/tmp", "@COURSE@/.cargo", "@COURSE@/tests/hidden/files/file-modes", "/root", "/etc",
        "/usr/local/bin", "/usr/bin", "/kata", "/kata/driver", "/kata/src", "/kata/support", "/kata/programs",
        "/tmp", "/var/tmp", "/dev/shm", "/dev", "/",
    ] {
        let _ = std::fs::create_dir_all(folder);
        for name in ["config.toml", "file", "rustc", "driver", "suite.rs"] {
            if std::fs::write(format!("{folder}/{name}"), runner).is_ok() { got.push(format!("{folder}/{name}")); }
            let _ = std::fs::remove_file(format!("{folder}/{name}"));
        }
    }
    let _ = std::fs::write(home.join("driver"), "");
    let _ = std::fs::remove_dir_all("@OUTSIDE@");
    if !got.is_empty() { panic!("wrote {got:?}"); }
"#;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "build_script_that_empties_tests",
        class: "build",
        like: &["54_build_rs_empties_tests"],
        changes: &[
            Attack("Err(std::io::Error::other(\"wrong\"))"),
            File(
                "build.rs",
                "fn main() { std::fs::write(\"@GROUND@/course/tests/hidden/files/file-modes/suite.rs\", \"\").unwrap(); }",
            ),
        ],
        right: Cases(&[(BYTES, &["failed"])]),
        ..FILES
    },
    Entry {
        name: "build_script_that_poisons_cargo",
        class: "build",
        like: &["55_build_rs_poison_cargo_home"],
        changes: &[
            Attack("Err(std::io::Error::other(\"wrong\"))"),
            File(
                "Cargo.toml",
                "[package]\nname = \"file-modes\"\nbuild = \"build.rs\"\n",
            ),
            File(
                "build.rs",
                "fn main() { std::fs::write(\"@HOME@/.secret/x\", \"\").unwrap(); }",
            ),
        ],
        right: Cases(&[(BYTES, &["failed"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "own_manifest",
        class: "build",
        like: &["56_manifest_override"],
        changes: &[
            Attack("Err(std::io::Error::other(\"wrong\"))"),
            File(
                "Cargo.toml",
                "[package]\nname = \"kata\"\nedition = \"2015\"\nautotests = false\n[lib]\nproc-macro = true\n[workspace]\n[patch.crates-io]\nsuite = { path = \"/\" }\n",
            ),
        ],
        right: Cases(&[(BYTES, &["failed"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "broken_manifests_everywhere",
        class: "build",
        changes: &[
            File("Cargo.toml", "\u{1b}[2J[package\n::error::x"),
            File("../../Cargo.toml", "= \u{202e}"),
            File("../../files/more/Cargo.toml", "[package"),
            File("../../Cargo.lock", "no"),
            File(
                "../../rust-toolchain.toml",
                "[toolchain]\nchannel = \"nightly-1999-01-01\"\n",
            ),
            File("rust-toolchain", "nightly"),
        ],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "cargo_configuration",
        class: "build",
        like: &["58_cargo_config_runner"],
        changes: &[
            Attack("Err(std::io::Error::other(\"wrong\"))"),
            File(
                ".cargo/config.toml",
                "[target.'cfg(all())']\nrunner = \"/bin/true\"\n[build]\nrustflags = [\"--cfg\", \"passed\"]\n",
            ),
            File(
                "../../.cargo/config.toml",
                "[build]\nrustc = \"/bin/true\"\n[alias]\ngrader = \"version\"\n",
            ),
            File("clippy.toml", "x"),
        ],
        right: Cases(&[(BYTES, &["failed"])]),
        ..FILES
    },
    Entry {
        name: "suite_and_kata_toml_of_its_own",
        class: "build",
        changes: &[
            Attack("Err(std::io::Error::other(\"wrong\"))"),
            File("suite.rs", "suite::suite!();"),
            File("kata.toml", "title = \"easy\"\n"),
            File(
                "../../tests/hidden/files/file-modes/kata.toml",
                "title = \"easy\"\n",
            ),
            File("src/suite.rs", "pub const CASES: &[()] = &[];"),
            File("src/driver.rs", "fn main() {}"),
            File("src/main.rs", "fn main() {}"),
        ],
        right: Cases(&[(BYTES, &["failed"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "macro_that_poisons",
        class: "build",
        like: &["60_proc_macro_poison"],
        changes: &[Macro(POISON)],
        right: Passed,
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "macro_that_exits_0",
        class: "build",
        like: &["61_proc_macro_exit0_in_rustc"],
        changes: &[Macro("std::process::exit(0)")],
        right: Kata(&["does-not-compile"]),
        ..DERIVE
    },
    Entry {
        name: "macro_that_aborts",
        class: "build",
        changes: &[Macro("std::process::abort()")],
        right: Kata(&["does-not-compile"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "macro_that_replaces_rustc",
        class: "build",
        changes: &[Macro(
            "use std::os::unix::process::CommandExt;\n\
             let _ = std::process::Command::new(\"/bin/sh\").args([\"-c\", \"exec sleep 0.1 #@MARK@\"]).exec();",
        )],
        right: Kata(&["does-not-compile"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "macro_that_never_ends",
        class: "build",
        changes: &[Macro("loop { std::thread::park() }")],
        limits: &[("compile-seconds", 2)],
        right: Kata(&["timed-out", "deadlocked"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "macro_that_spins",
        class: "build",
        changes: &[Macro("loop { std::hint::spin_loop() }")],
        limits: &[("compile-seconds", 2)],
        right: Kata(&["timed-out"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "macro_that_fills_memory",
        class: "build",
        changes: &[Macro(
            "let mut v = vec![]; loop { v.push(vec![1_u8; 16 << 20]) }",
        )],
        limits: &[("compile-memory-mib", 600)],
        right: Kata(&["memory-exceeded"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "macro_that_floods",
        class: "build",
        changes: &[Macro(
            "use std::io::Write; let b = [b'x'; 65536];\n\
             loop { let _ = std::io::stderr().write_all(&b); let _ = std::io::stdout().write_all(&b); }",
        )],
        right: Kata(&["output-exceeded"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "macro_that_is_a_fork_bomb",
        class: "build",
        changes: &[Macro(
            "let script = \"f() { [ $1 = 0 ] && exec sleep 3; f $(($1 - 1)) & f $(($1 - 1)) & wait; : @MARK@; }; f 9\";\n\
             let _ = std::process::Command::new(\"/bin/sh\").args([\"-c\", script]).status();\n\
             panic!(\"the kernel has refused the rest\");",
        )],
        right: Kata(&["processes-exceeded", "memory-exceeded", "does-not-compile"]),
        ..DERIVE
    },
    Entry {
        name: "macro_that_leaves_a_daemon",
        class: "build",
        changes: &[Macro(
            "let _ = std::process::Command::new(\"setsid\").args([\"sh\", \"-c\", \"(sleep 300; : @MARK@) &\"]).status();",
        )],
        right: Passed,
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "macro_that_kills_everybody",
        class: "build",
        changes: &[Macro(
            "let _ = std::process::Command::new(\"sh\").args([\"-c\", \"kill -9 -1\"]).status();",
        )],
        right: Kata(&["does-not-compile"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "runtime_that_poisons",
        class: "poison",
        like: &["64_poison_cargo_home", "66_modify_other_exercise"],
        changes: &[Attack(concat!(
            r#"
    let mut got = Vec::new();
    for folder in [
        "@HOME@/.cargo", "@HOME@", "@OUTSIDE@", "@GROUND@/from", "@GROUND@/course/tests/hidden",
        "@GROUND@/tmp", "@COURSE@/tests/hidden/files/file-modes", "/root", "/etc", "/usr/bin",
        "/kata", "/kata/driver", "/kata/out", "/tmp", "/var/tmp", "/dev/shm", "/dev", "/",
    ] {
        let _ = std::fs::create_dir_all(folder);
        for name in ["config.toml", "file", "driver", "suite.rs"] {
            if std::fs::write(format!("{folder}/{name}"), "x").is_ok() { got.push(format!("{folder}/{name}")); }
            let _ = std::fs::remove_file(format!("{folder}/{name}"));
        }
    }
    let _ = std::fs::remove_dir_all("@OUTSIDE@");
    let _ = std::fs::rename("/kata/driver", "/kata/other");
"#,
            "if got.is_empty() { Ok(()) } else { panic!(\"wrote {got:?}\") }"
        ))],
        then: Some((
            &[Attack("Err(std::io::Error::other(\"wrong\"))")],
            Cases(&[(BYTES, &["failed"])]),
        )),
        right: Passed,
        ..FILES
    },
    Entry {
        name: "modes_of_files_outside",
        class: "poison",
        like: &["68_chmod_home"],
        changes: &[Attack(
            r#"use std::os::unix::fs::PermissionsExt;
            for path in ["@SECRET@", "@HOME@/.secret", "@HOME@", "@OUTSIDE@/file", "/kata/driver/driver", "/kata", "/", "/usr/bin/env"] {
                if std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).is_ok() { panic!("{path}"); }
            }
            let _ = std::os::unix::fs::chown("@SECRET@", Some(1000), None);
            Ok(())"#,
        )],
        right: Passed,
        ..FILES
    },
    Entry {
        name: "modes_of_files_outside_by_a_macro",
        class: "poison",
        changes: &[Macro(
            r#"use std::os::unix::fs::PermissionsExt;
            for path in ["@SECRET@", "@HOME@/.secret", "@HOME@", "@OUTSIDE@/file", "/kata/suite.rs", "/usr/bin/env"] {
                if std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).is_ok() { panic!("{path}"); }
            }"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "driver_replaced_while_it_runs",
        class: "poison",
        changes: &[Attack(
            r#"let me = std::path::Path::new("/kata/driver/driver");
            let all = [
                std::fs::remove_file(me), std::fs::write(me, "not a program"),
                std::fs::rename("/bin/true", me), std::fs::create_dir("/kata/driver/x"),
                std::os::unix::fs::symlink("/bin/true", "/kata/driver/y"),
            ];
            match all.iter().position(Result::is_ok) { None => Ok(()), Some(n) => panic!("{n}") }"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "incremental_folder_poisoned",
        class: "poison",
        changes: &[Macro(
            r#"// Whatever the compiler keeps for the next grade: damaged, replaced, and filled.
            fn walk(folder: &std::path::Path, depth: usize) {
                let Ok(entries) = std::fs::read_dir(folder) else { return };
                for entry in entries.flatten() {
                    let path = entry.path();
                    if path.is_dir() && depth < 8 { walk(&path, depth + 1); }
                    let _ = std::fs::write(&path, b"poison");
                }
                for n in 0..50 { let _ = std::fs::write(folder.join(format!("s-{n}")), vec![7; 1 << 10]); }
                let _ = std::os::unix::fs::symlink("@SECRET@", folder.join("link"));
            }
            walk(std::path::Path::new("/kata/incremental"), 0);"#,
        )],
        then: Some((
            &[Replace(
                "    Ok(implementation(&input, table, &columns))",
                "    let _ = implementation(&input, table, &columns);\n    Ok(TokenStream::new())",
            )],
            Kata(&["does-not-compile"]),
        )),
        right: Passed,
        place: Place::Home,
        within: 90,
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "incremental_folder_filled",
        class: "resource",
        changes: &[Macro(
            r#"// More than any limit allows, in a folder of the host's.
            for n in 0..400 {
                if std::fs::write(format!("/kata/incremental/fill{n}"), vec![7; 4 << 20]).is_err() { return; }
            }
            panic!("wrote 1600 MB outside the sandbox");"#,
        )],
        right: Passed,
        place: Place::Home,
        within: 60,
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "a_wrong_solution_after_a_right_one",
        class: "poison",
        changes: &[],
        then: Some((
            &[Attack("Err(std::io::Error::other(\"wrong\"))")],
            Cases(&[(BYTES, &["failed"])]),
        )),
        right: Passed,
        place: Place::Home,
        ..FILES
    },
    Entry {
        name: "constant_that_never_ends",
        class: "source",
        like: &["99_const_eval_loop"],
        changes: &[
            Top("#![allow(long_running_const_eval)]"),
            End(
                "pub const N: u64 = { let mut i = 0u64; loop { i = i.wrapping_add(1); if i == u64::MAX { break i } } };",
            ),
        ],
        limits: &[("compile-seconds", 2)],
        right: Kata(&["timed-out"]),
        ..FILES
    },
    Entry {
        name: "macro_rules_bomb",
        class: "source",
        like: &["97_macro_bomb"],
        changes: &[
            Top("#![recursion_limit = \"100000\"]"),
            End("macro_rules! b { ($($t:tt)*) => { b!($($t)* $($t)*); } }\nb!(x);"),
        ],
        limits: &[("compile-seconds", 10), ("compile-memory-mib", 400)],
        right: Kata(&["timed-out", "memory-exceeded"]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "types_that_grow",
        class: "source",
        like: &["98_recursive_types"],
        changes: &[
            Top("#![recursion_limit = \"100000\"]\n#![type_length_limit = \"1000000000000\"]"),
            Attack("println!(\"{}\", grow::<u8>(3));\nOk(())"),
            End(
                "fn grow<T: std::fmt::Debug + Default>(n: u32) -> String { if n == 0 { format!(\"{:?}\", T::default()) } else { grow::<(T, T)>(n - 1) } }",
            ),
        ],
        limits: &[("compile-seconds", 3), ("compile-memory-mib", 400)],
        right: Kata(&["timed-out", "memory-exceeded", "does-not-compile"]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "constant_of_eight_gibibytes",
        class: "source",
        like: &["a0_const_memory_bomb"],
        changes: &[End(
            "pub static BIG: [u64; 1 << 30] = { let mut a = [7; 1 << 30]; a[3] = 9; a };",
        )],
        limits: &[("compile-memory-mib", 600)],
        right: Kata(&["memory-exceeded", "does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "dev_zero_included",
        class: "source",
        like: &["a1_include_bytes_dev_zero"],
        changes: &[End("pub static Z: &[u8] = include_bytes!(\"/dev/zero\");")],
        limits: &[("compile-memory-mib", 600)],
        right: Kata(&["memory-exceeded", "does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "dev_random_as_a_module",
        class: "source",
        changes: &[End("#[path = \"/dev/urandom\"] mod noise;")],
        limits: &[("compile-memory-mib", 600), ("compile-seconds", 10)],
        right: Kata(&["memory-exceeded", "does-not-compile", "timed-out"]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "deep_nesting",
        class: "source",
        changes: &[End(NESTED)],
        right: Kata(&["does-not-compile", "rejected"]),
        ..FILES
    },
    Entry {
        name: "ten_thousand_errors",
        class: "source",
        changes: &[crate::entry::Change::Do(|folder| {
            let lines = (0..8_000).map(|n| format!("const C{n}: u8 = \"{n}\";\n"));
            std::fs::write(folder.join("src/lib.rs"), lines.collect::<String>())
        })],
        right: Kata(&["does-not-compile"]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "ten_thousand_warnings",
        class: "source",
        changes: &[crate::entry::Change::Do(|folder| {
            let lib = std::fs::read_to_string(folder.join("src/lib.rs"))?;
            let lines = (0..4_000).map(|n| format!("fn unused{n}() {{ let x = {n}; }}\n"));
            std::fs::write(folder.join("src/lib.rs"), lib + &lines.collect::<String>())
        })],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "code_that_takes_long_to_optimise",
        class: "source",
        changes: &[crate::entry::Change::Do(|folder| {
            let lib = std::fs::read_to_string(folder.join("src/lib.rs"))?;
            let lines =
                (0..3_500).map(|n| format!("pub static C{n}: [u64; 2] = [{n}, {n} + 1];\n"));
            std::fs::write(folder.join("src/lib.rs"), lib + &lines.collect::<String>())
        })],
        limits: &[("compile-seconds", 20)],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "everything_wrong_at_once",
        class: "build",
        changes: &[Lib("")],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "types_that_hold_themselves",
        class: "source",
        changes: &[End(
            "pub struct A(B); pub struct B(A);\npub trait T { type X: T; }\nimpl<U: T> T for Vec<U> { type X = Vec<Vec<U>>; }\n\
             pub fn f<U: T>() where <U::X as T>::X: T {}\npub fn g() { f::<Vec<Vec<A>>>() }",
        )],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "struct_derive_that_expands_for_ever",
        class: "build",
        changes: &[Replace(
            "    Ok(implementation(&input, table, &columns))",
            "    let code = implementation(&input, table, &columns);\n    let again = quote::format_ident!(\"{}X\", input.ident);\n    \
             Ok(quote! { #code #[derive(::orm::Model)] struct #again { id: i64 } })",
        )],
        limits: &[("compile-seconds", 20), ("compile-memory-mib", 800)],
        right: Kata(&["does-not-compile"]),
        ..DERIVE
    },
];

const NESTED: &str = concat!(
    "pub fn deep() -> u8 { ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((",
    "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((("
);
