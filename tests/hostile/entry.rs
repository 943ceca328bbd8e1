//! What an entry is: a submission, and the only right outcome.

use std::io;
use std::path::Path;

/// A hostile submission, or an honest one that must not be taken for hostile.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    /// Its name.
    pub(crate) name: &'static str,
    /// What kind of attack it is, in the words of the corpus it comes from.
    pub(crate) class: &'static str,
    /// Which entries of that corpus it adapts.
    pub(crate) like: &'static [&'static str],
    /// The kata it is handed in for.
    pub(crate) kata: Kata,
    /// The text it starts from, below `solutions/<track>/<kata>`.
    pub(crate) base: &'static str,
    /// What is done to that text.
    pub(crate) changes: &'static [Change],
    /// Limits that differ from the kata's.
    pub(crate) limits: &'static [(&'static str, i64)],
    /// What must become of it.
    pub(crate) right: Right,
    /// What its report must say somewhere.
    pub(crate) shown: &'static [&'static str],
    /// What nothing that is printed or written may say.
    pub(crate) hidden: &'static [&'static str],
    /// What is graded after it from the same folder, and must come to this.
    pub(crate) then: Option<(&'static [Change], Right)>,
    /// Where it is graded.
    pub(crate) place: Place,
    /// Whether it waits for long limits.
    pub(crate) speed: Speed,
    /// Seconds after which its grade must be over.
    pub(crate) within: u64,
}

/// A kata of the course, and how attacks get into its solution.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kata {
    /// `<track>/<kata>`
    pub(crate) place: &'static str,
    /// Text of its solution and what it becomes so that [`Change::Attack`] is called.
    pub(crate) hook: (&'static str, &'static str),
}

/// One change of a submission. `@SECRET@`, `@OUTSIDE@`, `@COURSE@`, `@HOME@`, `@PORT@`,
/// `@SOCKET@`, `@MARK@`, `@NICE@` and `@ANSWER@` in its text stand for places and names of this run,
/// and for the first byte of an answer on the channel.
#[derive(Clone, Copy)]
pub(crate) enum Change {
    /// The body of `fn attack() -> std::io::Result<()>`, which one case calls.
    Attack(&'static str),
    /// The body of `fn in_rustc()`, which a macro calls when the driver is compiled.
    Macro(&'static str),
    /// This text by that one.
    Replace(&'static str, &'static str),
    /// At the beginning of `lib.rs`.
    Top(&'static str),
    /// At its end.
    End(&'static str),
    /// All of it.
    Lib(&'static str),
    /// A file of the submission, relative to the kata's folder.
    File(&'static str, &'static str),
    /// A symbolic link there, and where it points.
    Link(&'static str, &'static str),
    /// Anything else, given the kata's folder.
    Do(fn(&Path) -> io::Result<()>),
}

/// What must become of a submission.
#[derive(Clone, Copy)]
pub(crate) enum Right {
    /// Every case passes.
    Passed,
    /// No case is reached; one of these is the kata's verdict.
    Kata(&'static [&'static str]),
    /// The kata fails: these cases end so, and every other passes.
    Cases(&'static [(&'static str, &'static [&'static str])]),
    /// The kata fails: every case has one of these verdicts, and not all pass.
    Every(&'static [&'static str]),
}

/// Where a submission is graded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// As in CI, without any memory of earlier grades.
    Ci,
    /// As at home, where the compiler keeps what makes the next time faster.
    Home,
}

/// Whether an entry is in the part that `cargo test` runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speed {
    /// It is.
    Fast,
    /// Only with `HOSTILE=all`.
    Slow,
}

const NOTHING: Entry = Entry {
    name: "",
    class: "",
    like: &[],
    kata: Kata {
        place: "",
        hook: ("", ""),
    },
    base: "src/lib.rs",
    changes: &[],
    limits: &[],
    right: Right::Passed,
    shown: &[],
    hidden: &[],
    then: None,
    place: Place::Ci,
    speed: Speed::Fast,
    within: 30,
};

/// An entry for `file-modes`: attacks run when the case about bytes reads its file.
pub(crate) const FILES: Entry = Entry {
    kata: Kata {
        place: "files/file-modes",
        hook: (
            "    fs::read(path)\n",
            "    static DONE: std::sync::Once = std::sync::Once::new();\n    if path.as_ref().ends_with(\"data.bin\") && !DONE.is_completed() {\n        DONE.call_once(|| {});\n        attack()?;\n    }\n    fs::read(path)\n",
        ),
    },
    ..NOTHING
};

/// An entry for `async-chain`: attacks run when the case about arguments parses them.
pub(crate) const CHAIN: Entry = Entry {
    kata: Kata {
        place: "async/async-chain",
        hook: (
            "    let numbers = args.into_iter()",
            "    let _ = attack();\n    let numbers = args.into_iter()",
        ),
    },
    ..NOTHING
};

/// An entry for `process-pipe`, whose suite runs some of it in child processes. No attacks.
pub(crate) const PIPE: Entry = Entry {
    kata: Kata {
        place: "processes/process-pipe",
        hook: ("", ""),
    },
    ..NOTHING
};

/// An entry for `orm-derive`: a procedural macro, native code inside rustc.
pub(crate) const DERIVE: Entry = Entry {
    kata: Kata {
        place: "objects/orm-derive",
        hook: (
            "    let Data::Struct(data) = &input.data else {",
            "    let _ = attack();\n    let Data::Struct(data) = &input.data else {",
        ),
    },
    ..NOTHING
};

/// An entry for `bank-balance`: attacks run whenever a bank is opened.
pub(crate) const BANK: Entry = Entry {
    kata: Kata {
        place: "threads/bank-balance",
        hook: (
            "        let accounts = balances.into_iter()",
            "        attack().unwrap();\n        let accounts = balances.into_iter()",
        ),
    },
    ..NOTHING
};

/// An entry for `thread-local-school`: attacks run whenever a student is looked up.
pub(crate) const SCHOOL: Entry = Entry {
    kata: Kata {
        place: "threads/thread-local-school",
        hook: (
            "    CURRENT.with_borrow(Option::clone)",
            "    attack().unwrap();\n    CURRENT.with_borrow(Option::clone)",
        ),
    },
    ..NOTHING
};

/// An entry for `process-pool`: attacks run whenever a pool is opened.
pub(crate) const POOL: Entry = Entry {
    kata: Kata {
        place: "processes/process-pool",
        hook: (
            "        let children: Vec<Worker>",
            "        attack()?;\n        let children: Vec<Worker>",
        ),
    },
    ..NOTHING
};

/// Cases of `async-chain`.
pub(crate) const NUMBERS: &str = "arguments_are_numbers_or_refused";
/// See [`NUMBERS`].
pub(crate) const PARTS: &str = "a_part_uses_what_it_is_given";
/// Cases of `file-modes`.
pub(crate) const TEXTS: &str = "a_text_is_written_and_read_back_as_it_is";
/// See [`TEXTS`].
pub(crate) const WRITES: &str = "writing_replaces_the_whole_file";
/// See [`TEXTS`].
pub(crate) const APPENDS: &str = "appending_keeps_what_is_there_and_creates_what_is_not";
/// See [`TEXTS`].
pub(crate) const VALID: &str = "every_valid_mode_string_has_one_meaning";
/// See [`TEXTS`].
pub(crate) const BROKEN: &str = "a_broken_mode_string_names_its_first_bad_letter";
/// See [`TEXTS`]. The one that calls [`Change::Attack`].
pub(crate) const BYTES: &str = "bytes_survive_and_text_is_checked";
/// See [`TEXTS`].
pub(crate) const FAILURES: &str = "failures_are_told_apart_and_create_nothing";
/// See [`TEXTS`].
pub(crate) const CLOSES: &str = "no_handle_outlives_its_call";
/// See [`TEXTS`].
pub(crate) const OPENS: &str = "opening_creates_and_empties_what_the_table_says";
/// See [`TEXTS`].
pub(crate) const HANDLE_READS: &str = "a_handle_reads_only_if_its_mode_says_so";
/// See [`TEXTS`].
pub(crate) const HANDLE_WRITES: &str = "a_handle_writes_only_where_its_mode_says";
/// See [`TEXTS`].
pub(crate) const ANY_NAME: &str = "a_path_may_have_any_name";
/// See [`TEXTS`].
pub(crate) const ANY: &str = "any_calls_in_any_order_do_what_they_say";
