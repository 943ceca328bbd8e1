//! The contract by example: `cargo test` in this folder runs it.

use std::collections::HashMap;
use variable_scope::{Frame, Scoping, Student, process_student, resolve};

// a = "1"
//
// def A():
//     a = "Hello World"
//     B()
//
// def B():
//     print(a)
//
// A()
#[test]
fn a_name_is_found_by_the_writing_or_by_the_calls() {
    let a = |value: &str| HashMap::from([("a".to_owned(), value.to_owned())]);
    let module = Frame {
        vars: a("1"),
        ..Frame::default()
    };
    let in_a = Frame {
        vars: a("Hello World"),
        defined_in: Some(0),
        called_from: Some(0),
    };
    let in_b = Frame {
        vars: HashMap::new(),
        defined_in: Some(0),
        called_from: Some(1),
    };
    let frames = [module, in_a, in_b];

    assert_eq!(resolve(&frames, 2, "a", Scoping::Lexical), Some("1"));
    assert_eq!(
        resolve(&frames, 2, "a", Scoping::Dynamic),
        Some("Hello World")
    );
    assert_eq!(resolve(&frames, 2, "b", Scoping::Lexical), None);
}

#[test]
fn every_task_is_handed_the_student() {
    let mut seen = Vec::new();
    let alice = Student {
        name: "Alice".to_owned(),
    };
    process_student(&alice, &mut |label, student| {
        seen.push(format!("{label}: {}", student.name));
    });
    assert_eq!(seen[0], "task_1: Alice");
    assert_eq!(seen.len(), 6);
}
