//! The languages of the course.

use clap::ValueEnum;

/// A language of the course.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    #[default]
    En,
    /// Simplified Chinese
    Zh,
}
