//! One mixed result in every form.

use crate::course::{Course, Report};
use crate::xml::{self, Element};
use predicates::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

/// A kata for each kind of result: passed, failed, not attempted, rejected, does not compile,
/// unavailable. The status, and the text of each form.
static MIXED: LazyLock<(Option<i32>, BTreeMap<&str, String>)> = LazyLock::new(|| {
    let course = Course::new();
    course.add_copy("adder", "not-begun");
    course.add_copy("adder", "without-source");
    course.hand_in("adder/half_right");
    course.solve("spawner");
    course.submit("ticket", "pub struct Ticket;\n\nimpl Ticket {\n");
    fs::remove_file(course.lib("without-source")).unwrap();
    course.configure("wordlist", "platforms = [\"plan9\"]");
    course.write("exercises/basics/my-try/Cargo.toml", "");
    let reports = "--report plain=a --report json=b --report junit=c";
    let output = course
        .grader(&format!("check --seed 7 {reports}"))
        .output()
        .unwrap();
    let read = |name| fs::read_to_string(course.path(name)).unwrap();
    let forms = BTreeMap::from([
        ("human", String::from_utf8(output.stdout).unwrap()),
        ("plain", read("a")),
        ("json", read("b")),
        ("junit", read("c")),
    ]);
    (output.status.code(), forms)
});

fn form(name: &str) -> &'static str {
    &MIXED.1[name]
}

/// Compares with what is pinned, but for what differs from run to run and from machine to
/// machine. `cargo insta review` accepts a change.
macro_rules! assert_pinned {
    ($form:literal) => {
        insta::with_settings!({
            filters => vec![
                (r"\d+\.\d\d s\b", "[time]"),
                (r#""time_ms": \d+"#, r#""time_ms": "[time]""#),
                (r#" time="[\d.]+""#, r#" time="[time]""#),
                (r#""grader": "[^"]+""#, r#""grader": "[version]""#),
                (r#""toolchain": "rustc [^"]+""#, r#""toolchain": "[rustc]""#),
                (r#""protection": "[^"]+""#, r#""protection": "[sandbox]""#),
            ],
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!($form, form($form));
        });
    };
}

#[test]
fn human_is_pinned() {
    assert_pinned!("human");
}

#[test]
fn plain_is_pinned() {
    assert_pinned!("plain");
}

#[test]
fn json_is_pinned() {
    assert_pinned!("json");
}

#[test]
fn junit_is_pinned() {
    assert_pinned!("junit");
}

#[test]
fn plain_holds_ascii_signs_only_where_human_holds_symbols() {
    for sign in ["✓", "✗", "·"] {
        assert!(form("human").contains(sign), "{sign}");
        assert!(!form("plain").contains(sign), "{sign}");
    }
}

#[test]
fn every_form_agrees_on_every_verdict() {
    assert_eq!(MIXED.0, Some(1));
    let report = Report::read(form("json")).unwrap();
    let expected = [
        ("spawner", "passed", "passed"),
        ("adder", "failed", "failed"),
        ("not-begun", "not-attempted", "not attempted"),
        ("without-source", "rejected", "rejected"),
        ("ticket", "does-not-compile", "does not compile"),
        ("wordlist", "unavailable", "unavailable"),
    ];
    assert_eq!(report.katas().len(), expected.len());
    for (kata, verdict, words) in expected {
        assert_eq!(report.kata(kata)["verdict"], verdict);
        for form in [form("human"), form("plain")] {
            let line = format!("{kata} +{words} ");
            assert!(
                predicate::str::is_match(line).unwrap().eval(form),
                "{kata}\n{form}"
            );
        }
    }
}

#[test]
fn json_says_its_version_and_its_points_add_up() {
    let report = Report::read(form("json")).unwrap();
    assert_eq!(report.0["version"], 2);
    let katas = report.0["katas"].as_array().unwrap();
    for points in ["points", "max_points"] {
        let sum: u64 = katas
            .iter()
            .map(|kata| kata[points].as_u64().unwrap())
            .sum();
        assert_eq!(report.0[points], sum);
    }
    let cases = report.kata("adder")["cases"].as_array().unwrap();
    let sum: u64 = cases
        .iter()
        .map(|case| case["points"].as_u64().unwrap())
        .sum();
    assert_eq!(report.kata("adder")["points"], sum);
    assert!(sum > 0, "half right is worth something");
}

#[test]
fn junit_is_built_as_ci_systems_expect_it() {
    let root = xml::parse(form("junit"));
    assert_eq!(root.name, "testsuites");
    assert!(root.attribute("name").is_some());
    let suites = root.all("testsuite");
    assert_eq!(suites.len(), root.children.len());
    for count in ["tests", "failures", "errors", "skipped"] {
        let sum: usize = suites.iter().map(|suite| suite.count(count)).sum();
        assert_eq!(root.count(count), sum, "{count}");
    }
    for suite in &suites {
        assert_suite(suite);
    }
    let report = Report::read(form("json")).unwrap();
    let names: Vec<_> = suites
        .iter()
        .map(|suite| suite.attribute("name").unwrap())
        .collect();
    assert_eq!(names, report.katas());
}

fn assert_suite(suite: &Element) {
    let name = suite.attribute("name").unwrap();
    let cases = suite.all("testcase");
    assert!(!cases.is_empty(), "{name}");
    let with = |inside| {
        cases
            .iter()
            .filter(|case| !case.all(inside).is_empty())
            .count()
    };
    assert_eq!(suite.count("tests"), cases.len(), "{name}");
    assert_eq!(suite.count("failures"), with("failure"), "{name}");
    assert_eq!(suite.count("errors"), with("error"), "{name}");
    assert_eq!(suite.count("skipped"), with("skipped"), "{name}");
    for case in cases {
        assert!(case.attribute("name").is_some_and(|name| !name.is_empty()));
        assert_eq!(case.attribute("classname"), Some(name));
        let time = case.attribute("time").unwrap();
        assert!(time.parse::<f64>().is_ok(), "{time}");
        let outcomes = ["failure", "error", "skipped"].map(|name| case.all(name).len());
        let outcomes: usize = outcomes.iter().sum();
        assert!(outcomes <= 1, "one outcome for {case:?}");
        for failure in case.all("failure") {
            assert!(
                failure
                    .attribute("type")
                    .is_some_and(|kind| !kind.is_empty())
            );
            assert!(failure.attribute("message").is_some());
            assert!(!failure.text.trim().is_empty(), "{failure:?}");
        }
    }
}

#[test]
fn junit_says_of_each_case_what_json_says() {
    let report = Report::read(form("json")).unwrap();
    let root = xml::parse(form("junit"));
    let suites = root.all("testsuite");
    for suite in suites {
        let kata = report.kata(suite.attribute("name").unwrap());
        for case in suite.all("testcase") {
            let name = case.attribute("name").unwrap();
            let mut known = kata["cases"].as_array().unwrap().iter();
            let verdict = known.find(|known| known["case"] == name).unwrap_or(kata);
            match verdict["verdict"].as_str().unwrap() {
                "passed" => assert!(case.children.is_empty(), "{case:?}"),
                "unavailable" => assert_eq!(case.children[0].name, "skipped"),
                word => {
                    let kind = case.children[0].attribute("type").unwrap();
                    assert_eq!(kind.replace(' ', "-"), word);
                }
            }
        }
    }
}

#[test]
fn junit_holds_what_a_failed_case_printed() {
    let root = xml::parse(form("junit"));
    let suites = root.all("testsuite");
    let mut cases = suites.iter().flat_map(|suite| suite.all("testcase"));
    let case = cases.find(|case| case.attribute("name") == Some("a_greeting_says_the_name"));
    let case = case.unwrap();
    let [printed, complained] = ["system-out", "system-err"].map(|it| case.all(it)[0]);
    assert!(printed.text.starts_with("greeting "), "{case:?}");
    assert_eq!(complained.text, "is that all?\n");
}

#[test]
fn a_report_file_holds_what_the_form_prints() {
    let course = Course::new();
    for form in ["human", "plain", "json", "junit"] {
        let output = course
            .grader(&format!(
                "check --seed 3 --format {form} --report {form}=file"
            ))
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(printed.contains("adder"), "{printed}");
        let file = fs::read_to_string(course.path("file")).unwrap();
        assert_eq!(file, printed, "{form}");
    }
}
