//! Ending the process before the answer, panicking, crashing, forging output.

use crate::entry::Change::{Attack, End, Replace};
use crate::entry::Right::{Cases, Every, Kata};
use crate::entry::{BROKEN, BYTES, CLOSES, Entry, FILES, Speed, VALID};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "exit_0_in_a_function",
        class: "exit",
        like: &["01_exit0_fn"],
        changes: &[Attack("std::process::exit(0)")],
        right: Cases(&[(BYTES, &["exited-early"])]),
        ..FILES
    },
    Entry {
        name: "exit_0_on_a_thread",
        class: "exit",
        like: &["02_exit0_thread"],
        changes: &[Attack(
            "std::thread::spawn(|| std::process::exit(0)).join().unwrap()",
        )],
        right: Cases(&[(BYTES, &["exited-early"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "exit_0_when_a_value_is_dropped",
        class: "exit",
        like: &["03_exit0_drop"],
        changes: &[
            Replace(
                "#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\npub enum Mode",
                "#[derive(Debug, Clone, PartialEq, Eq, Hash)]\npub enum Mode",
            ),
            End("impl Drop for Mode { fn drop(&mut self) { std::process::exit(0) } }"),
        ],
        right: Every(&["exited-early", "passed"]),
        ..FILES
    },
    Entry {
        name: "exit_0_before_main",
        class: "exit",
        like: &["04_exit0_init_array"],
        changes: &[End("extern \"C\" fn bye() { std::process::exit(0) }\n\
             #[used]\n\
             #[unsafe(link_section = \".init_array\")]\n\
             static INIT: extern \"C\" fn() = bye;")],
        right: Kata(&["rejected"]),
        ..FILES
    },
    Entry {
        name: "exit_0_by_ffi",
        class: "exit",
        like: &["06_ffi_exit"],
        changes: &[
            Attack("unsafe { _exit(0) }"),
            End("unsafe extern \"C\" { fn _exit(c: i32) -> !; }"),
        ],
        right: Kata(&["rejected", "does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "exit_0_at_exit",
        class: "exit",
        like: &["08_atexit_exit0"],
        changes: &[
            Attack("unsafe { atexit(bye); }\nErr(std::io::Error::other(\"no\"))"),
            End(
                "unsafe extern \"C\" { fn atexit(f: extern \"C\" fn()) -> i32; fn _exit(c: i32) -> !; }\n\
                 extern \"C\" fn bye() { unsafe { _exit(0) } }",
            ),
        ],
        right: Kata(&["rejected", "does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "exit_0_by_a_safe_extern_fn",
        class: "exit",
        like: &["c8_safe_extern_fn"],
        changes: &[
            Attack("_exit(0)"),
            End("unsafe extern \"C\" { safe fn _exit(c: i32) -> !; }"),
        ],
        right: Kata(&["rejected", "does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "exit_0_in_a_tls_destructor",
        class: "exit",
        changes: &[
            Attack("BYE.with(|_| ());\nErr(std::io::Error::other(\"wrong\"))"),
            End("struct Bye;\n\
                 impl Drop for Bye { fn drop(&mut self) { std::process::exit(0) } }\n\
                 thread_local! { static BYE: Bye = const { Bye }; }"),
        ],
        right: Cases(&[(BYTES, &["failed"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "exit_0_when_a_panic_is_dropped",
        class: "exit",
        changes: &[
            Attack("std::panic::panic_any(Bye)"),
            End("struct Bye;\n\
                 impl Drop for Bye { fn drop(&mut self) { std::process::exit(0) } }"),
        ],
        right: Cases(&[(BYTES, &["panicked"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "exec_of_a_program_that_succeeds",
        class: "exit",
        changes: &[Attack(
            "use std::os::unix::process::CommandExt;\n\
             Err(std::process::Command::new(\"/bin/true\").exec())",
        )],
        right: Cases(&[(BYTES, &["exited-early"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "forged_libtest_text",
        class: "forge-output",
        like: &["10_forge_libtest_text"],
        changes: &[Attack(
            r#"use std::io::Write;
            let text = "\nrunning 1 test\ntest bytes_survive_and_text_is_checked ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\n";
            std::io::stdout().write_all(text.as_bytes())?;
            std::io::stdout().flush()?;
            std::process::exit(0)"#,
        )],
        right: Cases(&[(BYTES, &["exited-early"])]),
        ..FILES
    },
    Entry {
        name: "forged_libtest_json",
        class: "forge-output",
        like: &["11_forge_libtest_json"],
        changes: &[Attack(
            r###"println!(r##"{{ "type": "test", "name": "bytes_survive_and_text_is_checked", "event": "ok" }}"##);
            println!(r##"{{ "type": "suite", "event": "ok", "passed": 1, "failed": 0 }}"##);
            std::process::exit(0)"###,
        )],
        right: Cases(&[(BYTES, &["exited-early"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "forged_report_of_our_own",
        class: "forge-output",
        changes: &[Attack(
            r###"println!(r##"{{"version":1,"points":15,"katas":[{{"kata":"file-modes","verdict":"passed"}}]}}"##);
            eprintln!(r##"{{"case":"bytes_survive_and_text_is_checked","verdict":"passed"}}"##);
            std::process::exit(0)"###,
        )],
        right: Cases(&[(BYTES, &["exited-early"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "forged_frames_on_every_stream",
        class: "forge-output",
        changes: &[Attack(
            r#"use std::io::Write;
            // Answer, a secret of zeros, an empty answer.
            let mut frame = vec![@ANSWER@];
            frame.extend([0; 16]);
            frame.extend([0; 8]);
            let mut bytes = (frame.len() as u32).to_le_bytes().to_vec();
            bytes.extend(frame);
            std::io::stdout().write_all(&bytes)?;
            std::io::stderr().write_all(&bytes)?;
            let _ = std::fs::write("/dev/stdin", &bytes);
            std::process::exit(0)"#,
        )],
        right: Cases(&[(BYTES, &["exited-early"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "forged_run_before_main",
        class: "forge-output",
        like: &["13_forge_from_ctor"],
        changes: &[End(
            "extern \"C\" fn ctor() { println!(\"test result: ok. 1 passed\"); std::process::exit(0) }\n\
             #[used]\n\
             #[unsafe(link_section = \".init_array\")]\n\
             static INIT: extern \"C\" fn() = ctor;",
        )],
        right: Kata(&["rejected"]),
        ..FILES
    },
    Entry {
        name: "forged_run_and_closed_stdout",
        class: "forge-output",
        like: &["14_forge_then_close_stdout"],
        changes: &[
            Attack(
                "println!(\"test result: ok.\"); unsafe { dup2(0, 1); }\nErr(std::io::Error::other(\"no\"))",
            ),
            End("unsafe extern \"C\" { fn dup2(a: i32, b: i32) -> i32; }"),
        ],
        right: Kata(&["rejected", "does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "tests_with_the_names_of_cases",
        class: "forge-output",
        like: &["16_dup_test_names"],
        changes: &[
            Attack("Err(std::io::Error::other(\"wrong\"))"),
            End("#[test] fn bytes_survive_and_text_is_checked() {}"),
        ],
        right: Cases(&[(BYTES, &["failed"])]),
        ..FILES
    },
    Entry {
        name: "hook_that_exits_0",
        class: "panic",
        like: &["17_panic_hook_exit0"],
        changes: &[Attack(
            "std::panic::set_hook(Box::new(|_| std::process::exit(0)));\npanic!(\"over\")",
        )],
        right: Cases(&[(BYTES, &["exited-early"])]),
        ..FILES
    },
    Entry {
        name: "hook_taken_away",
        class: "panic",
        changes: &[Attack("drop(std::panic::take_hook());\npanic!(\"over\")")],
        right: Cases(&[(BYTES, &["exited-early", "panicked"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "panics_of_the_driver_swallowed",
        class: "panic",
        like: &["19_catch_unwind_swallow"],
        changes: &[Replace(
            "    body(&mut file)\n",
            "    let body = std::panic::AssertUnwindSafe(|| body(&mut file));\n    \
             std::panic::catch_unwind(body).unwrap_or_else(|_| Err(io::Error::other(\"caught\")))\n",
        )],
        right: Cases(&[(CLOSES, &["failed"])]),
        ..FILES
    },
    Entry {
        name: "unwinding_without_a_panic",
        class: "panic",
        changes: &[Attack("std::panic::resume_unwind(Box::new(()))")],
        right: Cases(&[(BYTES, &["exited-early", "panicked"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "panic_that_claims_to_be_a_todo",
        class: "panic",
        changes: &[Attack("panic!(\"not yet implemented: but wrong\")")],
        right: Cases(&[(BYTES, &["not-attempted", "panicked"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "panic_on_a_thread_with_an_endless_name",
        class: "panic",
        changes: &[Attack(
            "let builder = std::thread::Builder::new().name(\"n\".repeat(3 << 20));\n\
             let _ = builder.spawn(|| panic!(\"over\"))?.join();\n\
             panic!(\"{}\", \"m\".repeat(3 << 20))",
        )],
        right: Cases(&[(BYTES, &["panicked"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "a_thousand_panics",
        class: "panic",
        changes: &[Attack(
            "for _ in 0..1000 { let _ = std::panic::catch_unwind(|| panic!(\"again\")); }\n\
             Err(std::io::Error::other(\"wrong\"))",
        )],
        right: Cases(&[(BYTES, &["failed", "panicked"])]),
        ..FILES
    },
    Entry {
        name: "panic_while_panicking",
        class: "crash",
        like: &["20_double_panic"],
        changes: &[
            Attack("let _two = Two;\npanic!(\"one\")"),
            End("struct Two;\nimpl Drop for Two { fn drop(&mut self) { panic!(\"two\") } }"),
        ],
        right: Cases(&[(BYTES, &["crashed", "panicked"])]),
        ..FILES
    },
    Entry {
        name: "abort",
        class: "crash",
        like: &["80_abort"],
        changes: &[Attack("std::process::abort()")],
        right: Cases(&[(BYTES, &["crashed"])]),
        ..FILES
    },
    Entry {
        name: "stack_overflow",
        class: "crash",
        changes: &[
            Attack("println!(\"{}\", deep(1));\nOk(())"),
            End(
                "fn deep(n: u64) -> u64 { let all = [n; 512]; std::hint::black_box(&all); deep(n + 1) + all[7] }",
            ),
        ],
        right: Cases(&[(BYTES, &["crashed", "memory-exceeded"])]),
        ..FILES
    },
    Entry {
        name: "a_constant_answer",
        class: "forge-output",
        changes: &[
            Replace(
                "    // One pass, because",
                "    #[cfg(any())]\n    // One pass, because",
            ),
            Replace(
                "impl FromStr for Mode {\n    type Err = ParseModeError;\n",
                "impl FromStr for Mode {\n    type Err = ParseModeError;\n    \
             fn from_str(_: &str) -> Result<Self, Self::Err> { Ok(Self::Read) }\n",
            ),
        ],
        right: Cases(&[(VALID, &["failed"]), (BROKEN, &["failed"])]),
        ..FILES
    },
];
