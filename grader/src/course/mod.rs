//! The course and what students hand in: both are only read.

mod catalogue;
mod layout;
mod macro_source;
mod scan;
mod spans;
mod submission;
mod suite_source;

pub(crate) use catalogue::{Catalogue, Kata, SupportCrate};
pub(crate) use layout::{is_hidden, misplaced};
pub(crate) use macro_source::MacroSource;
pub(crate) use spans::with_temporary_spans;
pub(crate) use submission::{
    SourceFile, Submission, folder_of, oddities, of_text, restore_stub, take,
};
pub(crate) use suite_source::{CompileFail, SuiteSource, Suites};
