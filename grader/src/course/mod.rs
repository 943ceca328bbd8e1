//! The course, and what students hand in. Both are only read, except by `reset`.

mod catalogue;
mod intake;
mod lang;
mod layout;
mod macro_source;
mod oddities;
mod order;
mod reset;
mod same_code;
mod scan;
mod spans;
mod submission;
mod suite_source;

#[cfg(test)]
mod testing;

pub(crate) use catalogue::{Catalogue, Equivalent, Kata, SupportCrate};
pub(crate) use intake::take;
pub(crate) use lang::Lang;
pub(crate) use layout::{is_hidden, misplaced};
pub(crate) use macro_source::MacroSource;
pub(crate) use oddities::{not_graded, oddities};
pub(crate) use reset::{folder_of, restore_stub};
pub(crate) use spans::with_temporary_spans;
pub(crate) use submission::{SourceFile, Submission, of_text};
pub(crate) use suite_source::{CompileFail, SuiteSource, Suites};
