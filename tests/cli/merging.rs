//! Katas that share a driver: what one of them breaks is its own loss.

use crate::course::{Course, Report, texts};
use std::fs;

const KATAS: [(&str, &str); 5] = [
    ("files", "file-modes"),
    ("threads", "thread-local-school"),
    ("threads", "bank-balance"),
    ("processes", "process-pipe"),
    ("async", "async-chain"),
];

/// Solved katas that nobody has kept drivers for, the first time they are graded.
fn solved() -> Course {
    let course = Course::new(&KATAS.map(|(_, kata)| kata));
    let name = course.path("").display().to_string();
    for (track, kata) in KATAS {
        course.solve(kata, "exercises");
        let file = course.path(&format!("exercises/{track}/{kata}/src/lib.rs"));
        let text = fs::read_to_string(&file).unwrap();
        let whose = format!("\n/// Whose it is.\npub const WHOSE: &str = {name:?};\n");
        fs::write(file, text + &whose).unwrap();
    }
    course
}

/// Changes a student's source; what is to change must be there.
fn edit(course: &Course, kata: &str, from: &str, to: &str) {
    let (track, _) = KATAS.iter().find(|(_, known)| *known == kata).unwrap();
    let file = course.path(&format!("exercises/{track}/{kata}/src/lib.rs"));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{kata} has no {from:?}");
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

/// The verdicts of all katas, graded one at a time so that they share a driver.
fn verdicts(course: &Course) -> Vec<(String, String)> {
    let report = course.report("--no-cache --jobs 1");
    let katas = report.katas().into_iter();
    katas
        .map(|kata| (kata.to_owned(), verdict(&report, kata)))
        .collect()
}

fn verdict(report: &Report, kata: &str) -> String {
    report.kata(kata)["verdict"].as_str().unwrap().to_owned()
}

/// All pass but these, which have these verdicts.
#[track_caller]
fn only(course: &Course, expected: &[(&str, &str)]) {
    let mut all: Vec<(String, String)> = KATAS
        .iter()
        .map(|(_, kata)| {
            let other = expected.iter().find(|(known, _)| known == kata);
            let verdict = other.map_or("passed", |(_, verdict)| verdict);
            ((*kata).to_owned(), verdict.to_owned())
        })
        .collect();
    let mut got = verdicts(course);
    all.sort();
    got.sort();
    assert_eq!(got, all);
}

#[test]
fn katas_that_share_a_driver_all_pass() {
    only(&solved(), &[]);
}

#[test]
fn a_signature_that_does_not_fit_costs_only_its_own_kata() {
    let course = solved();
    edit(
        &course,
        "file-modes",
        "pub fn write_text(path: impl AsRef<Path>, text: &str)",
        "pub fn write_text(path: impl AsRef<Path>, text: String)",
    );
    only(&course, &[("file-modes", "does-not-compile")]);
    let report = course.report("--no-cache --jobs 1");
    assert!(
        texts(&report.kata("file-modes")["compiler"])
            .contains("the hidden suite cannot be compiled against it")
    );
}

#[test]
fn mistakes_that_the_compiler_finds_one_after_the_other_cost_only_their_own_katas() {
    let course = solved();
    // A name that is gone hides every mistake of a type.
    edit(
        &course,
        "file-modes",
        "pub fn write_text(",
        "pub fn write_texts(",
    );
    edit(
        &course,
        "bank-balance",
        "pub fn balance(&self, account: usize)",
        "pub fn balance(&self, account: usize, _again: u8)",
    );
    only(
        &course,
        &[
            ("file-modes", "does-not-compile"),
            ("bank-balance", "does-not-compile"),
        ],
    );
}

#[test]
fn a_mistake_that_shows_only_where_code_is_used_costs_only_its_own_kata() {
    let course = solved();
    edit(
        &course,
        "file-modes",
        "(path: impl AsRef<Path>, text: &str) -> io::Result<()> {",
        "<P: AsRef<Path>>(path: P, text: &str) -> io::Result<()> {\n    \
         const { assert!(size_of::<P>() > 1 << 40) };",
    );
    only(&course, &[("file-modes", "does-not-compile")]);
}

#[test]
fn a_driver_that_takes_too_long_to_compile_costs_only_its_own_kata() {
    let course = solved().and_about("file-modes", "[limits]\ncompile-seconds = 3");
    edit(
        &course,
        "file-modes",
        "(path: impl AsRef<Path>, text: &str) -> io::Result<()> {",
        "<P: AsRef<Path>>(path: P, text: &str) -> io::Result<()> {\n    \
         if path.as_ref().as_os_str().len() > 1 << 40 {\n        grow::<P, Deep>();\n    }",
    );
    // Twice as much code at each of 26 steps, and none before the driver uses it.
    edit(
        &course,
        "file-modes",
        "pub fn write_text",
        "struct Left<T>(T);\nstruct Right<T>(T);\n\
         trait Grow {\n    fn grow<T>();\n}\n\
         impl Grow for () {\n    fn grow<T>() {\n        \
         std::hint::black_box(std::any::type_name::<T>());\n    }\n}\n\
         impl<D: Grow> Grow for (D,) {\n    fn grow<T>() {\n        \
         D::grow::<Left<T>>();\n        D::grow::<Right<T>>();\n    }\n}\n\
         type Eight<T> = ((((((((T,),),),),),),),);\n\
         type Deep = Eight<Eight<Eight<()>>>;\n\
         fn grow<T, D: Grow>() {\n    D::grow::<T>();\n}\n\npub fn write_text",
    );
    only(&course, &[("file-modes", "timed-out")]);
}

#[test]
fn an_impl_that_makes_the_suites_of_others_ambiguous_costs_nobody() {
    let course = solved();
    // An `impl` counts wherever its crate is linked: types that were clear there are no more.
    edit(
        &course,
        "file-modes",
        "pub fn write_text",
        "/// Compares with everything.\npub struct Odd;\n\
         macro_rules! odd {\n    ($($other:ty),*) => { $(\n        \
         impl PartialEq<Odd> for $other {\n            \
         fn eq(&self, _: &Odd) -> bool {\n                false\n            }\n        }\n        \
         impl From<Odd> for $other {\n            \
         fn from(_: Odd) -> Self {\n                Self::default()\n            }\n        }\n    )* };\n}\n\
         odd!(String, u64, i64, u32, usize, u128);\n\
         impl std::iter::Sum<Odd> for u64 {\n    \
         fn sum<I: Iterator<Item = Odd>>(_: I) -> u64 {\n        0\n    }\n}\n\
         impl std::ops::Add<Odd> for u64 {\n    type Output = u64;\n    \
         fn add(self, _: Odd) -> u64 {\n        self\n    }\n}\n\npub fn write_text",
    );
    only(&course, &[]);
}

#[test]
fn katas_that_are_graded_together_have_one_program_and_one_alone_has_its_own() {
    let course = solved();
    // Where in its program the suite's closure stands.
    edit(
        &course,
        "bank-balance",
        "        let mut cents = self.lock(account)?;\n        Ok(change",
        "        let place = std::any::type_name_of_val(&change).split(\"::\").nth(1);\n        \
         assert!(account > 1 << 40, \"{place:?}\");\n        \
         let mut cents = self.lock(account)?;\n        Ok(change",
    );
    let places = |args: &str| {
        let report = course.report(&format!("--no-cache --jobs 1 {args}"));
        let kata = report.kata("bank-balance").to_string();
        (0..KATAS.len())
            .filter(|place| kata.contains(&format!("suite_of_kata_{place}\\")))
            .collect::<Vec<_>>()
    };
    let together = places("");
    assert_eq!(together.len(), 1);
    assert_ne!(together, [0]);
    assert_eq!(places("bank-balance"), [0]);
    // Now there is one, which is of use whatever it is graded with.
    assert_eq!(places(""), [0]);
}
