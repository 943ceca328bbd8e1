//! Honest submissions: what a sandbox must not get in the way of.

use crate::entry::Change::{Attack, Do, End, File, Replace};
use crate::entry::Right::{Cases, Every};
use crate::entry::{BYTES, CHAIN, DERIVE, Entry, FILES, PIPE, Speed};
use std::fs;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "honest_and_right",
        class: "control",
        like: &["00_honest_ok"],
        ..FILES
    },
    Entry {
        name: "honest_and_right_async",
        class: "control",
        ..CHAIN
    },
    Entry {
        name: "honest_and_right_macro",
        class: "control",
        ..DERIVE
    },
    Entry {
        name: "honest_and_wrong",
        class: "control",
        like: &["00_honest_wrong"],
        changes: &[Replace(
            "    fs::read(path)\n",
            "    let _ = path;\n    Ok(vec![7, 7, 7])\n",
        )],
        right: Cases(&[
            (BYTES, &["failed"]),
            (crate::entry::FAILURES, &["failed"]),
            (crate::entry::ANY, &["failed"]),
            (crate::entry::ANY_NAME, &["failed"]),
        ]),
        ..FILES
    },
    Entry {
        name: "todo_in_a_child_process",
        class: "control",
        changes: &[Replace(
            "    let mut sender = Sender::new(io::stdout());\n    for message",
            "    if true { todo!() }\n    let mut sender = Sender::new(io::stdout());\n    for message",
        )],
        right: Every(&["passed", "not-attempted"]),
        ..PIPE
    },
    Entry {
        name: "children_sockets_threads_and_files",
        class: "control",
        like: &["d3_legit_children_sockets_threads"],
        changes: &[Attack(
            r#"use std::io::{Read, Write};
            use std::net::{TcpListener, TcpStream, UdpSocket};
            use std::process::{Command, Stdio};
            let text = "a few words to be sent around";
            let copy = std::env::temp_dir().join("copy.txt");
            std::fs::write(&copy, text)?;
            let listener = TcpListener::bind("127.0.0.1:0")?;
            let address = listener.local_addr()?;
            let thread = std::thread::spawn(move || {
                let mut text = String::new();
                listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
                text
            });
            TcpStream::connect(address)?.write_all(text.as_bytes())?;
            assert_eq!(thread.join().unwrap(), text);
            let udp = UdpSocket::bind("127.0.0.1:0")?;
            udp.send_to(b"x", udp.local_addr()?)?;
            assert_eq!(udp.recv(&mut [0; 4])?, 1);
            let six = TcpListener::bind("[::1]:0");
            if let Ok(six) = six { TcpStream::connect(six.local_addr()?)?; }
            let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
            child.stdin.take().unwrap().write_all(text.as_bytes())?;
            assert_eq!(child.wait_with_output()?.stdout, text.as_bytes());
            let words: Vec<&str> = text.split_whitespace().collect();
            let count: usize = std::thread::scope(|scope| {
                let threads: Vec<_> = words.chunks(2).map(|words| scope.spawn(move || words.len())).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).sum()
            });
            assert_eq!(count, words.len());
            std::fs::remove_file(copy)"#,
        )],
        ..FILES
    },
    Entry {
        name: "its_own_child_killed",
        class: "control",
        like: &["d4_legit_kill_own_child"],
        changes: &[Attack(
            "let mut child = std::process::Command::new(\"sleep\").arg(\"100\").spawn()?;\nchild.kill()?;\nchild.wait()?;\nOk(())",
        )],
        ..FILES
    },
    Entry {
        name: "modes_of_its_own_files",
        class: "control",
        like: &["d5_legit_tmp_permissions"],
        changes: &[Attack(
            r#"use std::os::unix::fs::PermissionsExt;
            let file = std::env::temp_dir().join("perm.txt");
            std::fs::copy("data.bin", &file)?;
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
            assert_eq!(std::fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);
            std::fs::create_dir_all("a/b/c")?;
            std::os::unix::fs::symlink("a/b", "link")?;
            std::fs::hard_link(&file, "link/hard")?;
            let times = std::fs::FileTimes::new().set_modified(std::time::SystemTime::UNIX_EPOCH);
            std::fs::File::options().write(true).open(&file)?.set_times(times)?;
            std::fs::rename("link/hard", "moved")?;
            std::fs::remove_dir_all("a")"#,
        )],
        ..FILES
    },
    Entry {
        name: "many_threads_and_children_within_limits",
        class: "control",
        changes: &[Attack(
            r#"std::thread::scope(|scope| {
                for _ in 0..40 { scope.spawn(|| std::thread::sleep(std::time::Duration::from_millis(20))); }
            });
            let children: Vec<_> = (0..20).map(|_| std::process::Command::new("sleep").arg("0.05").spawn()).collect();
            for child in children { assert!(child?.wait()?.success()); }
            Ok(())"#,
        )],
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "much_memory_and_disk_within_limits",
        class: "control",
        changes: &[Attack(
            "let all = vec![3_u8; 300 << 20];\nassert_eq!(all[1000], 3);\nstd::fs::write(\"big\", &all[..40 << 20])?;\nstd::fs::remove_file(\"big\")",
        )],
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "much_output_within_limits",
        class: "control",
        changes: &[Attack(
            "for n in 0..20_000 { println!(\"line {n}\"); eprintln!(\"line {n}\"); }\nOk(())",
        )],
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "the_word_unsafe_where_it_is_harmless",
        class: "control",
        changes: &[
            Attack(
                r##"// unsafe { } and #[unsafe(naked)] in a comment
                /* unsafe /* nested */ #[global_allocator] */
                let texts = ["unsafe { }", r#"#[unsafe(no_mangle)] "unsafe""#, "\"unsafe"];
                let r#unsafe = texts.len();
                let not_unsafe_at_all = 'u';
                let pointer: Option<unsafe fn()> = None;
                assert!(r#unsafe == 3 && pointer.is_none() && not_unsafe_at_all == 'u');
                println!("unsafe {}", b"unsafe".len());
                Ok(())"##,
            ),
            End(
                "/// Nothing `unsafe` here: `#[unsafe(naked)]` is not used.\n\
                 #[doc = \"unsafe\"]\n\
                 pub fn r#unsafe() {}\n\
                 #[allow(dead_code)] mod unsafe_code { pub struct GlobalAllocator; pub fn global_allocator() {} }\n\
                 macro_rules! told { ($($text:literal),*) => { concat!($($text),*) } }\n\
                 #[allow(dead_code)] const TOLD: &str = told!(\"unsafe\", \" and \", r\"#[unsafe]\");",
            ),
        ],
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "extern_functions_that_are_safe",
        class: "control",
        changes: &[
            Attack("assert_eq!(twice(21), 42);\nOk(())"),
            End("extern \"C\" fn twice(n: i32) -> i32 { 2 * n }"),
        ],
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "names_in_other_scripts",
        class: "control",
        changes: &[
            Attack(
                "let größe = 模块::大小();\nassert_eq!(größe, 7);\nprintln!(\"{größe} 世界 🦀 é\");\nOk(())",
            ),
            End("#[allow(non_snake_case)] mod 模块 { pub fn 大小() -> usize { 7 } }"),
        ],
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "many_modules",
        class: "control",
        changes: &[
            End(
                "mod m0;\nmod folder;\n#[allow(dead_code)] const NOTE: &str = include_str!(\"m0.rs\");",
            ),
            File("src/folder/mod.rs", "pub mod deeper;\n"),
            File("src/folder/deeper.rs", "//! Here.\n"),
            Do(|folder| {
                (0..60).try_for_each(|n| {
                    fs::write(folder.join(format!("src/m{n}.rs")), "//! A module.\n")
                })
            }),
        ],
        ..FILES
    },
    Entry {
        name: "a_long_source",
        class: "control",
        changes: &[Do(|folder| {
            let lib = fs::read_to_string(folder.join("src/lib.rs"))?;
            let line = "// A comment that is a hundred bytes long, as somebody writes who explains everything very well.\n";
            fs::write(folder.join("src/lib.rs"), lib + &line.repeat(2_400))
        })],
        ..FILES
    },
    Entry {
        name: "panics_that_are_caught",
        class: "control",
        changes: &[Attack(
            "let caught = std::panic::catch_unwind(|| panic!(\"on purpose\"));\nassert!(caught.is_err());\n\
             let joined = std::thread::spawn(|| panic!(\"there too\")).join();\nassert!(joined.is_err());\nOk(())",
        )],
        ..FILES
    },
    Entry {
        name: "a_child_left_to_itself",
        class: "control",
        changes: &[Attack(
            "std::process::Command::new(\"sleep\").arg(\"60\").spawn()?;\nOk(())",
        )],
        within: 10,
        ..FILES
    },
    Entry {
        name: "windows_line_ends_and_a_mark",
        class: "control",
        changes: &[Do(|folder| {
            let lib = fs::read_to_string(folder.join("src/lib.rs"))?;
            fs::write(
                folder.join("src/lib.rs"),
                format!("\u{feff}{}", lib.replace('\n', "\r\n")),
            )
        })],
        ..FILES
    },
];
