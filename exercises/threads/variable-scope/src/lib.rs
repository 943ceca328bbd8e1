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
pub fn resolve<'a>(
    frames: &'a [Frame],
    at: usize,
    name: &str,
    scoping: Scoping,
) -> Option<&'a str> {
    todo!("find {name:?} from frame {at} of {frames:?} by {scoping:?} rules")
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
    let _ = visit;
    todo!("hand {student:?} on to both tasks")
}
