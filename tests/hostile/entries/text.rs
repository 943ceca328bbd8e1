//! What is shown: text that steers terminals, logs and readers.

use crate::entry::Change::{Attack, End, Macro, Replace, Top};
use crate::entry::Right::{Cases, Kata, Passed};
use crate::entry::{
    ANY, ANY_NAME, BYTES, CLOSES, DERIVE, Entry, FILES, HANDLE_READS, HANDLE_WRITES, OPENS, Speed,
};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "screen_cleared_and_a_pass_painted",
        class: "text",
        like: &["a5_terminal_escapes"],
        changes: &[Attack(
            r#"use std::io::Write;
            std::io::stdout().write_all(b"\x1b[2J\x1b[H\x1b[32mfile-modes: PASS (15/15)\x1b[0m\x1b[8m\n::set-output name=grade::100\n::notice::all tests passed\n##[set-env name=X;]y\n")?;
            Err(std::io::Error::other("wrong"))"#,
        )],
        right: Cases(&[(BYTES, &["failed"])]),
        ..FILES
    },
    Entry {
        name: "every_byte_printed",
        class: "text",
        changes: &[Attack(
            r#"use std::io::Write;
            let all: Vec<u8> = (0..=255).collect();
            for _ in 0..4 { std::io::stdout().write_all(&all)?; std::io::stderr().write_all(&all)?; }
            Err(std::io::Error::other("wrong"))"#,
        )],
        right: Cases(&[(BYTES, &["failed"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "bidirectional_and_invisible_text",
        class: "text",
        changes: &[Attack(
            r#"print!("\u{202e}dessap\u{2066}\u{2069}\u{200f}\u{feff}\u{85}\u{9b}31m\u{2028}\u{e0041}");
            panic!("\u{202e}dessap \u{9b}2J \u{7f} \u{8}\u{8}\u{8}\r over")"#,
        )],
        right: Cases(&[(BYTES, &["panicked"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "commands_in_a_panic",
        class: "text",
        changes: &[Attack(
            r#"panic!("first\n::error file=x::you passed\n::add-mask::passed\n   ::stop-commands::x\n##[error]y\n\x1b]0;title\x07\x1b[2J")"#,
        )],
        right: Cases(&[(BYTES, &["panicked"])]),
        ..FILES
    },
    Entry {
        name: "commands_in_a_thread_s_name",
        class: "text",
        changes: &[Attack(
            r#"let name = "\n::error::named\n\x1b[2J\u{202e}##[error]".to_owned();
            let _ = std::thread::Builder::new().name(name).spawn(|| panic!("over"))?.join();
            panic!("and over")"#,
        )],
        right: Cases(&[(BYTES, &["panicked"])]),
        ..FILES
    },
    Entry {
        name: "commands_in_a_stuck_thread_s_name",
        class: "text",
        changes: &[Attack(
            r#"let _ = std::thread::Builder::new().name("\n::error::\x1b[2J".to_owned()).spawn(|| loop { std::thread::park() })?;
            loop { std::thread::park() }"#,
        )],
        right: Cases(&[(BYTES, &["deadlocked"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "commands_in_a_left_child_s_name",
        class: "text",
        changes: &[Attack(
            r#"use std::os::unix::process::CommandExt;
            let _ = std::process::Command::new("python3").arg0("\x1b[2J\n::error::x").args(["-c", "import time; time.sleep(100)"]).spawn();
            let _ = std::process::Command::new("perl").args(["-e", "$0 = \"\\e[2J\\n::error::x\"; sleep 100"]).spawn();
            let _ = std::process::Command::new("bash").args(["-c", "printf '\\e[2J\\n::error::' > /proc/self/comm; sleep 100"]).spawn();
            std::thread::sleep(std::time::Duration::from_millis(200));
            Err(std::io::Error::other("wrong"))"#,
        )],
        right: Cases(&[(BYTES, &["failed"])]),
        ..FILES
    },
    Entry {
        name: "commands_in_an_answer",
        class: "text",
        changes: &[Replace(
            "    let mut file = mode.open(path)?;\n    body(&mut file)\n",
            "    let mut file = mode.open(path)?;\n    let _ = body(&mut file);\n    \
             std::panic::set_hook(Box::new(|_| ()));\n    \
             Err(io::Error::other(\"\\n::error::x\\u{1b}[2J\"))\n",
        )],
        right: Cases(&[
            (CLOSES, &["failed", "exited-early", "panicked"]),
            (crate::entry::APPENDS, &["failed"]),
            (crate::entry::FAILURES, &["failed", "passed"]),
            (OPENS, &["failed"]),
            (HANDLE_READS, &["failed"]),
            (HANDLE_WRITES, &["failed"]),
            (ANY, &["failed"]),
            (ANY_NAME, &["failed"]),
        ]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "commands_in_a_constant_s_panic",
        class: "text",
        changes: &[End(
            "const _: () = panic!(\"\\n::error::x\\n##[error]y\\u{1b}[2J\\u{202e}\\u{1b}]0;t\\u{7}\\u{1b}[8mhidden\");",
        )],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "commands_in_a_compile_error",
        class: "text",
        changes: &[End(
            "compile_error!(\"first\\n::error::x\\n ::add-mask::y\\u{1b}[2J\\u{1b}[8m\\u{200b}\");",
        )],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "commands_in_a_source_line",
        class: "text",
        changes: &[End(
            "const X: u8 = \"a\n::error::in the middle of a literal\n##[error]more\n\";",
        )],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "commands_in_a_warning",
        class: "text",
        changes: &[
            Top("#![warn(deprecated)]"),
            Attack("old();\nOk(())"),
            End("#[deprecated(note = \"\\n::error::x\\u{1b}[2J\")] pub fn old() {}"),
        ],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "commands_in_an_on_unimplemented",
        class: "text",
        changes: &[
            Replace(
                "pub fn read_text(path: impl AsRef<Path>)",
                "pub fn read_text(path: impl Named)",
            ),
            Replace(
                "    fs::read_to_string(path)\n",
                "    let _ = path;\n    Ok(String::new())\n",
            ),
            End(
                "#[diagnostic::on_unimplemented(message = \"\\n::error::x\\u{1b}[2J\", label = \"\\n::warning::y\", note = \"\\n##[error]z\")]\n\
                 pub trait Named {}",
            ),
        ],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "messages_of_the_compiler_forged",
        class: "text",
        changes: &[Macro(
            r##"eprintln!("{}", r#"{"message":"all is well","code":null,"level":"error","children":[],"spans":[],"rendered":"\u001b[2J\n::error::x\n\u001b[32mfile-modes  passed  15/15\u001b[0m\u001b[8m\n\u001b]0;t\u0007"}"#);
            eprintln!("{}", "[".repeat(1_000_000));
            eprintln!("{{\"message\":\"{}", "x".repeat(2_000_000));
            std::process::exit(1)"##,
        )],
        right: Kata(&["does-not-compile"]),
        ..DERIVE
    },
    Entry {
        name: "a_line_of_two_million_characters",
        class: "text",
        changes: &[Attack(
            "print!(\"{}\", \"x\".repeat(2_000_000));\npanic!(\"{}\", \"y\".repeat(2_000_000))",
        )],
        right: Cases(&[(BYTES, &["panicked"])]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "a_line_of_two_hundred_thousand_in_the_source",
        class: "text",
        changes: &[crate::entry::Change::Do(|folder| {
            let lib = std::fs::read_to_string(folder.join("src/lib.rs"))?;
            let line = format!("\nconst X: u8 = \"{}\";\n", "z".repeat(200_000));
            std::fs::write(folder.join("src/lib.rs"), lib + &line)
        })],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "markup_of_other_forms",
        class: "text",
        changes: &[Attack(
            r#"println!("]]><testcase name=\"x\"/></system-out></testsuite>&amp;<script>alert(1)</script>\n{{{{ 7 * 7 }}}}\n\"}}],\"verdict\":\"passed\"");
            panic!("]]><!-- <b>\"'&lt; \\u001b \u{fffe} \u{0}")"#,
        )],
        right: Cases(&[(BYTES, &["panicked"])]),
        speed: Speed::Slow,
        ..FILES
    },
];
