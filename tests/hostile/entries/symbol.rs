//! Machine code, symbols, attributes, memory.

use crate::entry::Change::{Attack, End, File, Lib, Macro, Replace, Top};
use crate::entry::Right::{Cases, Kata, Passed};
use crate::entry::{BYTES, DERIVE, Entry, FILES, Speed};

/// As in cve-rs: safe Rust, by a hole of the compiler (rust-lang/rust issue 25860).
pub(super) const TRANSMUTE: &str = r"
#[allow(unused, clippy::extra_unused_lifetimes)]
mod hole {
    fn translate<'a, 'b, T: ?Sized>(_: &'a &'b (), v: &'b mut T) -> &'a mut T { v }
    fn expand<'a, 'b, T: ?Sized>(x: &'a mut T) -> &'b mut T {
        let f: for<'x> fn(_, &'x mut T) -> &'b mut T = translate;
        f(&&(), x)
    }
    enum Tr<A, B> { A(Option<Box<A>>), B(Option<Box<B>>) }
    pub fn transmute<A, B>(obj: A) -> B {
        fn inner<A, B>(d: &mut Tr<A, B>, obj: A) -> B {
            let Tr::B(r) = d else { unreachable!() };
            let r = expand(r);
            *d = Tr::A(Some(Box::new(obj)));
            std::hint::black_box(&d);
            *r.take().unwrap()
        }
        inner(&mut Tr::B(None), obj)
    }
    pub fn word(at: usize) -> usize {
        let place: &'static [u8; 8] = transmute(at);
        usize::from_le_bytes(*std::hint::black_box(place))
    }
    /// The driver's own hook holds its channel: two mutexes with descriptors, and the secret.
    pub fn channel() -> Vec<usize> {
        let hook = std::panic::take_hook();
        let [data, _vtable]: [usize; 2] = transmute(std::mem::ManuallyDrop::new(hook));
        let arc = word(data);
        (0..10).map(|index| word(arc + 8 * index)).collect()
    }
    /// What the driver would send: an answer of these bytes, under its secret, which stands
    /// behind the last of the channel's descriptors.
    pub fn answer(value: &[u8]) {
        use std::io::Write;
        let words = channel();
        let is_stream = |word: &usize| (3..64).contains(&(word >> 32)) && *word as u32 == 0;
        let Some(last) = words[2..8].iter().rposition(is_stream).map(|at| at + 2) else { return };
        let mut frame = vec![@ANSWER@];
        frame.extend(words[last + 1].to_le_bytes());
        frame.extend(words[last + 2].to_le_bytes());
        frame.extend((value.len() as u64).to_le_bytes());
        frame.extend(value);
        let mut whole = (frame.len() as u32).to_le_bytes().to_vec();
        whole.extend(frame);
        let _ = stream((words[last] >> 32) as i32).write_all(&whole);
    }
    pub fn stream(number: i32) -> std::mem::ManuallyDrop<std::os::unix::net::UnixStream> {
        std::mem::ManuallyDrop::new(transmute(number))
    }
}
";

const UNSAFE: &[&str] = &["rejected", "does-not-compile"];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "own_main",
        class: "symbol",
        like: &["22_no_mangle_main"],
        changes: &[End(
            "#[unsafe(no_mangle)] pub extern \"C\" fn main() -> i32 { 0 }",
        )],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "own_write",
        class: "symbol",
        like: &["23_export_name_write"],
        changes: &[End("#[unsafe(export_name = \"write\")]\n\
             pub extern \"C\" fn mine(_: i32, _: *const u8, n: usize) -> isize { n as isize }")],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "own_memcmp",
        class: "symbol",
        like: &["25_no_mangle_memcmp"],
        changes: &[End(
            "#[unsafe(no_mangle)] pub extern \"C\" fn memcmp(_: *const u8, _: *const u8, _: usize) -> i32 { 0 }",
        )],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "no_mangle_by_the_old_name",
        class: "symbol",
        changes: &[End("#[no_mangle] pub extern \"C\" fn write() {}")],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "no_mangle_behind_cfg_attr",
        class: "symbol",
        changes: &[End(
            "#[cfg_attr(all(), unsafe(no_mangle))] pub extern \"C\" fn write() {}",
        )],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "global_asm",
        class: "symbol",
        like: &["26_global_asm_exit"],
        changes: &[End(
            "std::arch::global_asm!(\".globl exit\", \"exit:\", \"ud2\");",
        )],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "inline_asm",
        class: "symbol",
        changes: &[Attack("unsafe { std::arch::asm!(\"ud2\") };\nOk(())")],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "naked_function",
        class: "symbol",
        changes: &[
            Attack("quit();\nOk(())"),
            End("#[unsafe(naked)] extern \"C\" fn quit() { core::arch::naked_asm!(\"ud2\") }"),
        ],
        right: Kata(&["rejected"]),
        ..FILES
    },
    Entry {
        name: "naked_function_in_a_module_file",
        class: "symbol",
        changes: &[
            End("mod inner;"),
            File(
                "src/inner.rs",
                "#[r#unsafe(naked)]\npub extern \"C\" fn a() {}\n\
                 #[unsafe /* here */ (naked)]\npub extern \"C\" fn quit() { core::arch::naked_asm!(\"ud2\") }\n",
            ),
        ],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "signal_handler",
        class: "symbol",
        like: &["28_sigaction_handler"],
        changes: &[
            Attack("unsafe { signal(6, h); }\nstd::process::abort()"),
            End(
                "unsafe extern \"C\" { fn signal(s: i32, h: extern \"C\" fn(i32)) -> usize; fn _exit(c: i32) -> !; }\n\
                 extern \"C\" fn h(_: i32) { unsafe { _exit(0) } }",
            ),
        ],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "a_library_to_link",
        class: "symbol",
        like: &["b6_link_attr"],
        changes: &[End(
            "#[link(name = \"evil\", kind = \"dylib\")]\nunsafe extern \"C\" {}",
        )],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "a_dependency_of_its_own",
        class: "symbol",
        like: &["b7_dep_with_unsafe_macro"],
        changes: &[
            Attack("helper::quit!()"),
            File(
                "Cargo.toml",
                "[package]\nname = \"file-modes\"\nedition = \"2024\"\n[dependencies]\nhelper = { path = \"helper\" }\n",
            ),
            File("helper/Cargo.toml", "[package]\nname = \"helper\"\n"),
            File(
                "helper/src/lib.rs",
                "#[macro_export] macro_rules! quit { () => { std::process::exit(0) } }\n",
            ),
        ],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "own_allocator",
        class: "symbol",
        changes: &[End(
            "#[global_allocator] static MINE: std::alloc::System = std::alloc::System;",
        )],
        right: Kata(&["rejected"]),
        ..FILES
    },
    Entry {
        name: "own_allocator_out_of_a_macro",
        class: "symbol",
        changes: &[End(
            "macro_rules! mine { ($name:ident) => { #[$name] static MINE: std::alloc::System = std::alloc::System; } }\n\
             mine!(global_allocator);",
        )],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "own_allocator_by_another_name",
        class: "symbol",
        changes: &[End("use std::prelude::v1::{global_allocator as mine};\n\
             #[mine] static MINE: std::alloc::System = std::alloc::System;")],
        right: Kata(&["rejected"]),
        ..FILES
    },
    // rustc skips such a line. Who does not sees the beginning of a comment.
    Entry {
        name: "own_allocator_behind_a_script_s_first_line",
        class: "symbol",
        changes: &[
            Top("#!/bin/sh /*"),
            End("#[global_allocator] static MINE: std::alloc::System = std::alloc::System; // */"),
        ],
        right: Kata(&["rejected"]),
        ..FILES
    },
    Entry {
        name: "naked_behind_a_script_s_first_line_of_a_module",
        class: "symbol",
        changes: &[
            Attack("inner::quit();\nOk(())"),
            End("mod inner;"),
            File(
                "src/inner.rs",
                "#!/bin/sh \"\n#[unsafe(naked)] pub extern \"C\" fn quit() { core::arch::naked_asm!(\"ud2\") } // \"",
            ),
        ],
        right: Kata(&["rejected"]),
        ..FILES
    },
    Entry {
        name: "naked_out_of_a_macro",
        class: "symbol",
        changes: &[End(
            "macro_rules! mine { ($($name:tt)*) => { #[$($name)*] extern \"C\" fn quit() { core::arch::naked_asm!(\"ud2\") } } }\n\
             mine!(unsafe(naked));",
        )],
        right: Kata(&["rejected"]),
        ..FILES
    },
    Entry {
        name: "unsafe_allowed_again",
        class: "crate-attr",
        like: &["c4_allow_unsafe_code"],
        changes: &[
            Top("#![allow(unsafe_code)]"),
            Attack("unsafe { std::hint::unreachable_unchecked() }"),
        ],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "whole_crate_configured_away",
        class: "crate-attr",
        like: &["33_cfg_any_whole_crate"],
        changes: &[Top("#![cfg(any())]")],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "comment_left_open",
        class: "crate-attr",
        like: &["35_doc_comment_swallow"],
        changes: &[End("/*")],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "neither_std_nor_main",
        class: "crate-attr",
        like: &["36_no_std_no_main"],
        changes: &[Top("#![no_std]\n#![no_main]")],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "unstable_feature",
        class: "crate-attr",
        like: &["38_feature_on_stable"],
        changes: &[Top(
            "#![feature(custom_test_frameworks)]\n#![test_runner(crate::nothing)]",
        )],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "named_as_the_suite",
        class: "crate-attr",
        changes: &[Top("#![crate_name = \"suite\"]")],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "another_kind_of_crate",
        class: "crate-attr",
        changes: &[Top("#![crate_type = \"proc-macro\"]\n#![no_main]")],
        // The command line says what it is; the attribute is nothing.
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "own_memory_by_proc",
        class: "memory",
        like: &["49_proc_self_mem_patch"],
        changes: &[Attack(
            r#"use std::io::{Seek, SeekFrom, Write};
            let maps = std::fs::read_to_string("/proc/self/maps")?;
            let mut mem = std::fs::OpenOptions::new().write(true).open("/proc/self/mem")?;
            let base = u64::from_str_radix(maps.split('-').next().unwrap_or_default(), 16).unwrap_or(0);
            mem.seek(SeekFrom::Start(base + 0x1000))?;
            mem.write_all(&[0xc3; 4096])?;
            std::process::exit(0)"#,
        )],
        right: Cases(&[(BYTES, &["failed"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "every_descriptor_written_to",
        class: "memory",
        like: &["51_unsafe_write_result_fd"],
        changes: &[Attack(
            "use std::{io::Write, os::fd::FromRawFd};\n\
             for n in 3..64 { let mut f = unsafe { std::fs::File::from_raw_fd(n) }; let _ = f.write_all(b\"PASS\"); std::mem::forget(f); }\n\
             std::process::exit(0)",
        )],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "stack_scanned",
        class: "memory",
        like: &["52_unsafe_stack_scan"],
        changes: &[Attack(
            "let x = 0u64; let p = &raw const x as *const u8;\n\
             let v: Vec<u8> = (0..4096).map(|i| unsafe { p.add(i).read_volatile() }).collect();\n\
             panic!(\"{v:?}\")",
        )],
        right: Kata(UNSAFE),
        ..FILES
    },
    Entry {
        name: "descriptors_by_path",
        class: "memory",
        changes: &[Attack(
            r#"let mut got = Vec::new();
            for folder in ["/proc/self/fd", "/dev/fd", "/proc/thread-self/fd"] {
                for n in 0..64 {
                    if std::fs::write(format!("{folder}/{n}"), b"\x19\0\0\0\x04").is_ok() { got.push(n); }
                }
            }
            for path in ["/dev/stdin", "/dev/stdout", "/dev/stderr"] {
                if std::fs::write(path, "x").is_ok() { got.push(64); }
            }
            if got.is_empty() { Ok(()) } else { panic!("reached {got:?}") }"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "descriptors_of_a_child",
        class: "memory",
        changes: &[Attack(
            r#"// A child gets what is not closed on exec.
            let script = "for n in 3 4 5 6 7 8 9; do eval \"(echo x >&$n) 2>/dev/null\" && echo reached $n; done; exit 0";
            let output = std::process::Command::new("sh").args(["-c", script]).output()?;
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            if text.is_empty() { Ok(()) } else { panic!("{text}") }"#,
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "standard_input_is_empty",
        class: "memory",
        changes: &[Attack(
            "let text = std::io::read_to_string(std::io::stdin())?;\n\
             if text.is_empty() { Ok(()) } else { panic!(\"read {text:?}\") }",
        )],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "machine_code_read_by_safe_rust",
        class: "unsound",
        like: &["53_cve_rs_transmute"],
        changes: &[
            Top("#![forbid(unsafe_code)]"),
            Attack(
                "let code = hole::word(attack as fn() -> std::io::Result<()> as usize);\n\
                 println!(\"read {code:x}\");\nErr(std::io::Error::other(\"wrong\"))",
            ),
            End(TRANSMUTE),
        ],
        right: Cases(&[(BYTES, &["failed"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "channel_found_and_filled_with_noise",
        class: "unsound",
        changes: &[
            Attack(
                r#"use std::io::Write;
                for n in 3..16 { let _ = hole::stream(n).write_all(&[0xff; 64]); }
                Err(std::io::Error::other("wrong"))"#,
            ),
            End(TRANSMUTE),
        ],
        right: Cases(&[(BYTES, &["rejected"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "channel_found_and_closed",
        class: "unsound",
        changes: &[
            Attack(
                r#"for n in 3..16 { let _ = hole::stream(n).shutdown(std::net::Shutdown::Both); }
                Err(std::io::Error::other("wrong"))"#,
            ),
            End(TRANSMUTE),
        ],
        right: Cases(&[(BYTES, &["exited-early"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "secret_found_and_an_answer_forged",
        class: "unsound",
        like: &["d0_cve_rs_forge_parallel"],
        changes: &[Attack(FORGED_ANSWER), End(TRANSMUTE)],
        // The secret is within reach of such code; what the oracle computes is not.
        right: Cases(&[(BYTES, &["failed", "rejected"])]),
        ..FILES
    },
    Entry {
        name: "secret_found_and_two_answers_sent",
        class: "unsound",
        changes: &[
            Replace(
                "    let (mut base, mut update, mut binary) = (None, false, false);",
                "    forge();\n    let (mut base, mut update, mut binary) = (None, false, false);",
            ),
            End(FORGED_TWICE),
            End(TRANSMUTE),
        ],
        right: Cases(&[
            (crate::entry::VALID, &["rejected"]),
            (crate::entry::BROKEN, &["rejected"]),
        ]),
        ..FILES
    },
    Entry {
        name: "transmute_in_a_procedural_macro",
        class: "unsound",
        changes: &[
            Macro(
                "println!(\"{:x}\", hole::word(in_rustc as fn() as usize)); std::process::abort()",
            ),
            End(TRANSMUTE),
        ],
        right: Kata(&["does-not-compile"]),
        speed: Speed::Slow,
        ..DERIVE
    },
    Entry {
        name: "nothing_but_a_macro",
        class: "crate-attr",
        changes: &[Lib(
            "#[macro_export] macro_rules! read_bytes { () => {} }\n",
        )],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
];

/// An answer that has the form the case's driver would give it, under the right secret.
const FORGED_ANSWER: &str = r#"
    let mut value = vec![1];
    value.extend(258_u64.to_le_bytes());
    value.extend((0..=255_u8).chain(*b"\r\n"));
    value.extend(2_u64.to_le_bytes());
    value.push(1);
    value.extend(3_u64.to_le_bytes());
    value.extend(b"abc");
    value.push(0);
    value.extend(11_u64.to_le_bytes());
    value.extend(b"InvalidData");
    value.extend(0_u64.to_le_bytes());
    hole::answer(&value);
    loop { std::thread::park(); }
"#;

const FORGED_TWICE: &str = "
fn forge() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| { hole::answer(&[]); hole::answer(&[]); });
}
";
