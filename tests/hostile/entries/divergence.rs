//! Submissions whose source text and compiled crate differ.
//!
//! Each compiles to something else when its text is printed anew, when comments or bodies of
//! functions are removed from it, or when it is compiled in another folder. A driver that is
//! compiled from such a text, or kept because such a text has not changed, does not fit the crate:
//! it calls `Mode::Read` what the crate calls `Mode::Write`, so that a solution that swaps the two
//! passes. A driver that is compiled against the crate itself fails it.
//!
//! Most entries are graded twice, first without the mistake. From the first to the second only
//! comments, spaces, documentation and bodies of functions change.

use crate::entry::Change::{End, Replace};
use crate::entry::Right::{Cases, Passed};
use crate::entry::{
    ANY, ANY_NAME, BROKEN, BYTES, CLOSES, Change, Entry, FAILURES, FILES, HANDLE_READS,
    HANDLE_WRITES, OPENS, Place, Right, VALID, WRITES,
};

/// Graded at home, where more is kept from one grade to the next than in CI.
const AT_HOME: Entry = Entry {
    class: "divergence",
    place: Place::Home,
    ..FILES
};

/// The cases that fail when `Read` and `Write` are swapped everywhere.
const SWAPPED: Right = Cases(&[
    (VALID, &["failed"]),
    (BROKEN, &["failed"]),
    (WRITES, &["failed"]),
    (OPENS, &["failed"]),
    (HANDLE_READS, &["failed"]),
    (HANDLE_WRITES, &["failed"]),
    (FAILURES, &["failed"]),
    (ANY, &["failed"]),
    (CLOSES, &["failed"]),
]);
/// The cases that fail when only `Mode::open` swaps them.
const SWAPPED_IN_OPEN: Right = Cases(&[
    (WRITES, &["failed"]),
    (OPENS, &["failed"]),
    (HANDLE_READS, &["failed"]),
    (HANDLE_WRITES, &["failed"]),
    (FAILURES, &["failed"]),
    (ANY, &["failed"]),
    (CLOSES, &["failed"]),
]);

/// `Read` is 0 and `Write` is 1, or the other way round where the constant `SWAP` is 1.
const NUMBERED: Change = Replace(
    "    Read,\n    /// `w`: creates the file or empties it, and writes.\n    Write,\n    \
     /// `a`: creates the file if need be; every write goes to its end.\n    Append,\n",
    "    Read = SWAP,\n    /// `w`\n    Write = 1 - SWAP,\n    /// `a`\n    Append = 2,\n",
);
/// Opens as the other of the two.
const OPTIONS: Change = Replace(
    "            Self::Read => options.read(true),\n            Self::Write => ",
    "            Self::Write => options.read(true),\n            Self::Read => ",
);
/// Parses as the other of the two.
const PARSER: Change = Replace(
    "            ('r', false) => Ok(Self::Read),\n            ('r', true) => Ok(Self::ReadUpdate),\n            \
     ('w', false) => Ok(Self::Write),\n",
    "            ('r', false) => Ok(Self::Write),\n            ('r', true) => Ok(Self::ReadUpdate),\n            \
     ('w', false) => Ok(Self::Read),\n",
);

/// A right solution; `swap` defines `SWAP`.
const fn right(swap: &'static str) -> [Change; 2] {
    [NUMBERED, End(swap)]
}

/// A solution that swaps `Read` and `Write`.
const fn swapped(swap: &'static str) -> [Change; 4] {
    [NUMBERED, End(swap), OPTIONS, PARSER]
}

/// The same, with `from` replaced by `to` in what defines `SWAP`.
const fn swapped_with(swap: &'static str, from: &'static str, to: &'static str) -> [Change; 5] {
    [NUMBERED, End(swap), OPTIONS, PARSER, Replace(from, to)]
}

/// The student's crate is compiled where the folder for temporary files is called `out`.
const BY_VARIABLE: &str = r#"
const FOLDER: &[u8] = match option_env!("TMPDIR") { Some(folder) => folder.as_bytes(), None => b"none" };
const SWAP: isize = (FOLDER[FOLDER.len() - 4] == b'/') as isize;
"#;
/// The student's own path ends with `file-modes/src/lib.rs`, and this looks at the `s` before `/src`.
const BY_FILE: &str = "
const FILE: &[u8] = file!().as_bytes();
const SWAP: isize = (FILE[FILE.len() - \"s/src/lib.rs\".len()] == b's') as isize;
";
const BY_LINE: &str = "
const FIRST: u32 = line!();
const SWAP: isize = (line!() - FIRST - 1) as isize;
";
const BY_COLUMN: &str = "
const SWAP: isize = (column!() > 60) as isize;
";
const BY_LOCATION: &str = "
const FIRST: u32 = std::panic::Location::caller().line();
const SWAP: isize = (std::panic::Location::caller().line() - FIRST - 1) as isize;
";
const BY_STRINGIFY: &str = "
enum Hidden { Letters = stringify!(a :: b).len() as isize }
const SWAP: isize = (Hidden::Letters as isize == 4) as isize;
";
const BY_DOC: &str = "
macro_rules! documented { () => { 0 }; (#[doc = $text:literal]) => { 1 } }
enum Hidden { Documented = documented!() }
const SWAP: isize = Hidden::Documented as isize;
";
const BY_NESTED_FN: &str = "
enum Hidden { Set = { const fn set(n: &mut isize) { *n += 0 } let mut n = 0; set(&mut n); n } }
const SWAP: isize = Hidden::Set as isize;
";
/// A constant of the type itself, which the macro defines, takes precedence over the trait's.
const BY_RENAMED_MACRO: &str = "
struct Hidden;
trait Fallback { const SWAP: isize = 0; }
impl Fallback for Hidden {}
macro_rules! evil { () => { impl Hidden { const SWAP: isize = 1; } } }
use evil as println;
fn unused() {}
const SWAP: isize = Hidden::SWAP;
";

const OPENS_CHOSEN: Change = Replace("    self.options().open(", "    self.chosen().open(");
/// The method takes precedence over the trait's, unless it is dropped because the name `r#chosen`
/// stands nowhere else.
const RAW: Change = End("
impl Mode {
    pub fn r#chosen(self) -> OpenOptions { self.options() }
    fn other(self) -> Self { match self { Self::Read => Self::Write, Self::Write => Self::Read, _ => self } }
}
pub trait Fallback { fn chosen(self) -> OpenOptions; }
impl Fallback for Mode { fn chosen(self) -> OpenOptions { self.options() } }
");

const OPENS_NAIVE: Change = Replace("    self.options().open(", "    self.na\u{ef}ve().open(");
/// The same with a name that the compiler normalizes: there letter and diaeresis are one.
const DECOMPOSED: Change = End("
impl Mode {
    pub fn nai\u{308}ve(self) -> OpenOptions { self.options() }
    fn other(self) -> Self { match self { Self::Read => Self::Write, Self::Write => Self::Read, _ => self } }
}
pub trait Fallback { fn na\u{ef}ve(self) -> OpenOptions; }
impl Fallback for Mode { fn na\u{ef}ve(self) -> OpenOptions { self.options() } }
");
const OTHER: Change = Replace("{ self.options() }", "{ self.other().options() }");

/// A generic function, which is compiled with the driver, fills in a struct of the crate.
const READS: Change = Replace(
    "    fs::read(path)\n",
    "    let target = *b\"anywhere\";\n    \
     let after = [target.as_ptr() as usize; 4];\n    \
     let forged = Forged { before: [0; LENGTH], bytes: b\"anything\", after };\n    \
     fs::read(path).map(|bytes| if forged.is_good() { bytes } else { Vec::new() })\n",
);
/// Where the crate's array is longer, its `bytes` is one of the numbers in `after`: safe code reads
/// from any address.
const FORGED: Change = End("
const FIRST: u32 = line!();
const LENGTH: usize = (line!() - FIRST) as usize;
#[repr(C)]
pub struct Forged { before: [usize; LENGTH], bytes: &'static [u8; 8], after: [usize; 4] }
impl Forged { pub fn is_good(&self) -> bool { self.bytes == b\"anything\" } }
");

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        name: "an_environment_variable",
        changes: &swapped(BY_VARIABLE),
        right: SWAPPED,
        then: Some((
            &swapped_with(BY_VARIABLE, "const SWAP", "// Saved again.\nconst SWAP"),
            SWAPPED,
        )),
        ..AT_HOME
    },
    Entry {
        name: "an_environment_variable_in_ci",
        changes: &swapped(BY_VARIABLE),
        right: SWAPPED,
        place: Place::Ci,
        ..AT_HOME
    },
    Entry {
        name: "the_path_of_the_file",
        changes: &swapped(BY_FILE),
        right: SWAPPED,
        then: Some((
            &swapped_with(BY_FILE, "const SWAP", "// Saved again.\nconst SWAP"),
            SWAPPED,
        )),
        ..AT_HOME
    },
    Entry {
        name: "the_number_of_a_line",
        changes: &right(BY_LINE),
        right: Passed,
        then: Some((
            &swapped_with(BY_LINE, "line!();\n", "line!();\n// A comment.\n"),
            SWAPPED,
        )),
        ..AT_HOME
    },
    Entry {
        name: "the_number_of_a_line_in_ci",
        changes: &right(BY_LINE),
        right: Passed,
        then: Some((
            &swapped_with(BY_LINE, "line!();\n", "line!();\n// A comment.\n"),
            SWAPPED,
        )),
        place: Place::Ci,
        ..AT_HOME
    },
    Entry {
        name: "the_number_of_a_column",
        changes: &right(BY_COLUMN),
        right: Passed,
        then: Some((
            &swapped_with(
                BY_COLUMN,
                "const SWAP",
                "/* A comment as long as half a line of code. */ const SWAP",
            ),
            SWAPPED,
        )),
        ..AT_HOME
    },
    Entry {
        name: "the_location_of_a_call",
        changes: &right(BY_LOCATION),
        right: Passed,
        then: Some((
            &swapped_with(BY_LOCATION, "line();\n", "line();\n\n"),
            SWAPPED,
        )),
        ..AT_HOME
    },
    Entry {
        name: "spaces_in_a_stringified_path",
        changes: &right(BY_STRINGIFY),
        right: Passed,
        then: Some((&swapped_with(BY_STRINGIFY, "a :: b", "a::b"), SWAPPED)),
        ..AT_HOME
    },
    Entry {
        name: "a_doc_attribute_in_a_macro_call",
        changes: &right(BY_DOC),
        right: Passed,
        then: Some((
            &swapped_with(BY_DOC, "documented!()", "documented!(#[doc = \"\"])"),
            SWAPPED,
        )),
        ..AT_HOME
    },
    Entry {
        name: "the_body_of_a_nested_const_fn",
        changes: &right(BY_NESTED_FN),
        right: Passed,
        then: Some((&swapped_with(BY_NESTED_FN, "*n += 0", "*n += 1"), SWAPPED)),
        ..AT_HOME
    },
    Entry {
        name: "a_macro_imported_as_println",
        changes: &right(BY_RENAMED_MACRO),
        right: Passed,
        then: Some((
            &swapped_with(BY_RENAMED_MACRO, "unused() {}", "unused() { println!(); }"),
            SWAPPED,
        )),
        ..AT_HOME
    },
    Entry {
        name: "a_raw_identifier",
        changes: &[OPENS_CHOSEN, RAW],
        right: Passed,
        then: Some((&[OPENS_CHOSEN, RAW, OTHER], SWAPPED_IN_OPEN)),
        ..AT_HOME
    },
    Entry {
        name: "an_identifier_in_decomposed_form",
        changes: &[OPENS_NAIVE, DECOMPOSED],
        right: Passed,
        then: Some((&[OPENS_NAIVE, DECOMPOSED, OTHER], SWAPPED_IN_OPEN)),
        ..AT_HOME
    },
    Entry {
        name: "an_array_sized_by_a_line_number",
        changes: &[READS, FORGED],
        right: Passed,
        then: Some((
            &[
                READS,
                FORGED,
                Replace("line!();\n", "line!();\n// A comment.\n"),
                Replace("self.bytes == b\"anything\"", "self.bytes == b\"anywhere\""),
            ],
            Cases(&[
                (BYTES, &["failed"]),
                (ANY, &["failed"]),
                (ANY_NAME, &["failed"]),
            ]),
        )),
        ..AT_HOME
    },
];
