//! The contract by example: `cargo test` in this folder runs it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::thread;
use thread_local_school::{
    Frame, NoStudent, Registry, Scoping, Student, current_student, greeting, process_student,
    resolve, set_student, take_student, with_student,
};

fn student(name: &str) -> Arc<Student> {
    Arc::new(Student {
        name: name.to_owned(),
    })
}

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
fn way_1_hands_the_student_on() {
    let mut seen = Vec::new();
    process_student(&student("Alice"), &mut |label, student| {
        seen.push(format!("{label}: {}", student.name));
    });
    assert_eq!(seen[0], "task_1: Alice");
    assert_eq!(seen.len(), 6);
}

#[test]
fn way_2_looks_the_student_up_by_thread() {
    let registry = Registry::new();
    let alice = registry.bind(student("Alice"));
    {
        let _bob = registry.bind(student("Bob"));
        assert_eq!(registry.current(), Some(student("Bob")));
        assert_eq!(registry.len(), 1);
    }
    assert_eq!(registry.current(), Some(student("Alice")));

    let in_another = thread::scope(|scope| scope.spawn(|| registry.current()).join());
    assert_eq!(in_another.unwrap(), None);

    drop(alice);
    assert!(registry.is_empty());
}

#[test]
fn way_3_is_a_thread_local() {
    assert_eq!(current_student(), Err(NoStudent));
    assert_eq!(set_student(student("Alice")), None);

    let inside = with_student(student("Bob"), || current_student().unwrap().name.clone());
    assert_eq!(inside, "Bob");
    assert_eq!(current_student(), Ok(student("Alice")));

    assert_eq!(take_student(), Some(student("Alice")));
    assert_eq!(greeting(), Err(NoStudent));
}

#[test]
fn every_thread_greets_its_own_student() {
    let greet = |thread: &str, name: &str| {
        let alone = student(name);
        let thread = thread::Builder::new().name(thread.to_owned());
        thread.spawn(move || with_student(alone, greeting)).unwrap()
    };
    let threads = [greet("Thread-A", "Alice"), greet("Thread-B", "Bob")];
    let greetings = threads.map(|thread| thread.join().unwrap().unwrap());
    assert_eq!(
        BTreeSet::from(greetings),
        BTreeSet::from([
            "Hello, Alice (in Thread-A)".to_owned(),
            "Hello, Bob (in Thread-B)".to_owned(),
        ])
    );
}
