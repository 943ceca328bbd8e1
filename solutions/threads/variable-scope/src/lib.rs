//! Where a function finds a value that it does not have: around it, at its callers, or handed to it.

use std::collections::HashMap;

/// One running call of a function.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Its own variables.
    pub vars: HashMap<String, String>,
    /// The frame that its function is written in; `None` for the outermost.
    pub defined_in: Option<usize>,
    /// The frame that called it; `None` for the outermost.
    pub called_from: Option<usize>,
}

/// Where a name is looked up that a function has no variable for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scoping {
    /// In the function that it is written in, as in Python and Rust.
    Lexical,
    /// In the function that called it.
    Dynamic,
}

/// The value that `name` has for code running in `frames[at]`.
// The two rules differ in nothing but the link that is followed. `get` instead of an index,
// because a link that leads nowhere ends the search and is no reason to panic.
pub fn resolve<'a>(
    frames: &'a [Frame],
    at: usize,
    name: &str,
    scoping: Scoping,
) -> Option<&'a str> {
    let mut frame = frames.get(at)?;
    loop {
        if let Some(value) = frame.vars.get(name) {
            return Some(value);
        }
        let outer = match scoping {
            Scoping::Lexical => frame.defined_in,
            Scoping::Dynamic => frame.called_from,
        };
        frame = frames.get(outer?)?;
    }
}

/// Whom the tasks are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Student {
    /// The name to greet.
    pub name: String,
}

/// Hands the student to both tasks and their subtasks; each calls `visit` with its label and the
/// student that it was handed.
pub fn process_student(student: &Student, visit: &mut impl FnMut(&'static str, &Student)) {
    task_1(student, visit);
    task_2(student, visit);
}

// A shared reference may be handed on as often as one likes: nobody has to copy the student
// to be sure that nobody else changes it.
fn task_1(student: &Student, visit: &mut impl FnMut(&'static str, &Student)) {
    visit("task_1", student);
    subtask_1(student, visit);
    subtask_2(student, visit);
}

fn task_2(student: &Student, visit: &mut impl FnMut(&'static str, &Student)) {
    visit("task_2", student);
    subtask_2(student, visit);
    subtask_2(student, visit);
}

fn subtask_1(student: &Student, visit: &mut impl FnMut(&'static str, &Student)) {
    visit("subtask_1", student);
}

fn subtask_2(student: &Student, visit: &mut impl FnMut(&'static str, &Student)) {
    visit("subtask_2", student);
}
