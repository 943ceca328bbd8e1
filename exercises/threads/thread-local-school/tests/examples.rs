//! The contract by example: `cargo test` in this folder runs it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use thread_local_school::{
    NoStudent, Registry, Student, current_student, greeting, set_student, take_student,
    with_student,
};

fn student(name: &str) -> Arc<Student> {
    Arc::new(Student {
        name: name.to_owned(),
    })
}

#[test]
fn way_1_looks_the_student_up_by_thread() {
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
fn way_2_is_a_thread_local() {
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
