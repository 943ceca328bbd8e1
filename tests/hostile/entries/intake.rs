//! What is handed in: links, devices, sizes, names, texts that are none.

use crate::entry::Change::{Attack, Do, End, File, Lib, Link};
use crate::entry::Right::{Kata, Passed};
use crate::entry::{Entry, FILES, Speed};
use std::fs;
use std::io;
use std::path::Path;

const OUT: &[&str] = &["rejected"];
/// Where a thing is ignored, the rest cannot compile.
const OUT_OR_BROKEN: &[&str] = &["rejected", "does-not-compile"];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "source_that_is_a_link",
        class: "source",
        like: &["94_symlink_src"],
        changes: &[
            Lib("mod inner;\npub use inner::*;\n"),
            Link(
                "src/inner.rs",
                "@COURSE@/solutions/files/file-modes/src/lib.rs",
            ),
        ],
        right: Kata(OUT),
        ..FILES
    },
    Entry {
        name: "main_source_that_is_a_link",
        class: "source",
        changes: &[Link(
            "src/lib.rs",
            "@COURSE@/solutions/files/file-modes/src/lib.rs",
        )],
        right: Kata(OUT),
        ..FILES
    },
    Entry {
        name: "source_folder_that_is_a_link",
        class: "source",
        changes: &[Link("src", "@COURSE@/solutions/files/file-modes/src")],
        right: Kata(OUT),
        ..FILES
    },
    Entry {
        name: "module_folder_that_is_a_link",
        class: "source",
        changes: &[
            Lib("#[path = \"theirs/lib.rs\"] mod theirs;\npub use theirs::*;\n"),
            Link("src/theirs", "@COURSE@/solutions/files/file-modes/src"),
        ],
        right: Kata(OUT_OR_BROKEN),
        ..FILES
    },
    Entry {
        name: "kata_folder_that_is_a_link",
        class: "source",
        changes: &[Link("../file-modes", "@COURSE@/solutions/files/file-modes")],
        right: Kata(&["rejected", "not-attempted"]),
        ..FILES
    },
    Entry {
        name: "track_folder_that_is_a_link",
        class: "source",
        changes: &[Link("../../files", "@COURSE@/solutions/files")],
        right: Kata(&["rejected", "not-attempted"]),
        ..FILES
    },
    Entry {
        name: "manifest_that_never_ends",
        class: "source",
        changes: &[Link("Cargo.toml", "/dev/zero"), Attack("Ok(())")],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "manifest_that_is_a_fifo",
        class: "source",
        changes: &[Do(|folder| fifo(&folder.join("Cargo.toml")))],
        right: Passed,
        within: 15,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "manifest_of_the_workspace_that_is_a_fifo",
        class: "source",
        changes: &[Do(|folder| fifo(&folder.join("../../Cargo.toml")))],
        right: Passed,
        within: 15,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "manifest_that_is_huge",
        class: "source",
        changes: &[Do(|folder| {
            fs::File::create(folder.join("Cargo.toml"))?.set_len(3 << 30)
        })],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "manifest_linked_to_a_secret",
        class: "source",
        changes: &[
            Link("Cargo.toml", "@SECRET@"),
            Link("../../Cargo.toml", "@SECRET@"),
        ],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "source_that_is_a_fifo",
        class: "source",
        changes: &[Do(|folder| fifo(&folder.join("src/more.rs")))],
        right: Kata(OUT),
        within: 15,
        ..FILES
    },
    Entry {
        name: "source_that_is_a_socket",
        class: "source",
        changes: &[Do(|folder| {
            // Its path may be too long for a socket, so it is made elsewhere and moved.
            let short = tempfile::tempdir()?;
            let socket = short.path().join("s");
            drop(std::os::unix::net::UnixListener::bind(&socket)?);
            fs::rename(socket, folder.join("src/more.rs"))
        })],
        right: Kata(OUT),
        ..FILES
    },
    Entry {
        name: "source_that_is_a_folder",
        class: "source",
        changes: &[Do(|folder| {
            fs::remove_file(folder.join("src/lib.rs"))?;
            fs::create_dir(folder.join("src/lib.rs"))
        })],
        right: Kata(OUT),
        ..FILES
    },
    Entry {
        name: "huge_source",
        class: "source",
        like: &["96_huge_source"],
        changes: &[Do(|folder| {
            let lines =
                (0..300_000).map(|n| format!("pub const C{n}: [u64; 2] = [{n}, {n} + 1];\n"));
            fs::write(folder.join("src/lib.rs"), lines.collect::<String>())
        })],
        right: Kata(OUT),
        ..FILES
    },
    Entry {
        name: "source_of_three_gibibytes",
        class: "source",
        changes: &[Do(|folder| {
            fs::File::create(folder.join("src/more.rs"))?.set_len(3 << 30)
        })],
        right: Kata(OUT),
        ..FILES
    },
    Entry {
        name: "too_many_sources",
        class: "source",
        changes: &[Do(|folder| {
            (0..5_000).try_for_each(|n| fs::write(folder.join(format!("src/m{n}.rs")), ""))
        })],
        right: Kata(OUT),
        ..FILES
    },
    Entry {
        name: "too_deep_a_source",
        class: "source",
        changes: &[Do(|folder| {
            let deep = folder.join("src").join("d/".repeat(200));
            fs::create_dir_all(&deep)?;
            fs::write(deep.join("x.rs"), "")
        })],
        right: Kata(OUT),
        ..FILES
    },
    Entry {
        name: "many_other_files",
        class: "source",
        changes: &[Do(|folder| {
            (0..20_000).try_for_each(|n| fs::write(folder.join(format!("src/m{n}.txt")), ""))
        })],
        right: Kata(&["rejected"]),
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "two_thousand_strange_crates",
        class: "source",
        changes: &[Do(|folder| {
            (0..2_000).try_for_each(|n| {
                let strange = folder.join(format!("../strange{n}"));
                fs::create_dir(&strange)?;
                fs::write(strange.join("Cargo.toml"), "[package")
            })
        })],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "source_that_is_no_text",
        class: "source",
        changes: &[Do(|folder| {
            fs::write(folder.join("src/lib.rs"), [0xff, 0xfe, b'x', 0])
        })],
        right: Kata(OUT),
        ..FILES
    },
    Entry {
        name: "source_of_zeros",
        class: "source",
        changes: &[Do(|folder| {
            fs::write(folder.join("src/lib.rs"), vec![0; 100_000])
        })],
        right: Kata(OUT_OR_BROKEN),
        ..FILES
    },
    Entry {
        name: "source_that_is_missing",
        class: "source",
        changes: &[Do(|folder| fs::remove_file(folder.join("src/lib.rs")))],
        right: Kata(OUT),
        ..FILES
    },
    Entry {
        name: "unsafe_in_an_included_file",
        class: "source",
        like: &["c7_mod_file_outside_lint"],
        changes: &[
            Attack("quit()"),
            End("include!(\"inc.rs\");"),
            File(
                "src/inc.rs",
                "fn quit() -> ! { unsafe extern \"C\" { fn _exit(c: i32) -> !; } unsafe { _exit(0) } }\n",
            ),
        ],
        right: Kata(OUT_OR_BROKEN),
        ..FILES
    },
    Entry {
        name: "unsafe_in_an_included_text",
        class: "source",
        changes: &[
            Attack("quit();\nOk(())"),
            End("include!(\"inc.txt\");"),
            File(
                "src/inc.txt",
                "#[unsafe(naked)] extern \"C\" fn quit() { core::arch::naked_asm!(\"ud2\") }\n",
            ),
        ],
        // Only sources are taken, so the text is not there.
        right: Kata(OUT_OR_BROKEN),
        ..FILES
    },
    Entry {
        name: "names_that_steer_a_terminal",
        class: "text",
        changes: &[Do(|folder| {
            for name in [
                "\u{1b}[2J.rs",
                "a\nb\n::error::x.rs",
                "\u{202e}sr.rs",
                "##[error]x.rs",
            ] {
                std::os::unix::fs::symlink("/etc/passwd", folder.join("src").join(name))?;
            }
            fs::create_dir(folder.join("../\u{1b}[2J\n::error::y"))?;
            fs::write(folder.join("../\u{1b}[2J\n::error::y/Cargo.toml"), "[")
        })],
        right: Kata(OUT),
        ..FILES
    },
    Entry {
        name: "names_that_steer_a_terminal_in_rustc",
        class: "text",
        changes: &[
            End("#[path = \"a\\u{1b}[2J\\n::error::x.rs\"] mod strange;"),
            Do(|folder| {
                fs::write(
                    folder.join("src/a\u{1b}[2J\n::error::x.rs"),
                    "fn f() -> u8 { \"\" }\n",
                )
            }),
        ],
        right: Kata(&["does-not-compile"]),
        ..FILES
    },
    Entry {
        name: "names_that_are_no_text",
        class: "source",
        changes: &[Do(|folder| {
            use std::os::unix::ffi::OsStrExt;
            let name = std::ffi::OsStr::from_bytes(b"\xff\xfe.rs");
            fs::write(folder.join("src").join(name), "")
        })],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
    Entry {
        name: "names_that_lead_out",
        class: "source",
        changes: &[Do(|folder| {
            for name in [
                "..rs",
                "...rs",
                "\\..\\..\\x.rs",
                "C:x.rs",
                " .rs",
                "-rf.rs",
                "@x.rs",
            ] {
                fs::write(folder.join("src").join(name), "")?;
            }
            Ok(())
        })],
        right: Passed,
        speed: Speed::Slow,
        ..FILES
    },
];

fn fifo(path: &Path) -> io::Result<()> {
    let made = std::process::Command::new("mkfifo").arg(path).status()?;
    if made.success() {
        Ok(())
    } else {
        Err(io::Error::other("mkfifo"))
    }
}
