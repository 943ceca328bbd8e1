//! The forms that a report can take.

use clap::ValueEnum;

/// Forms of a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a person at a terminal
    #[default]
    Human,
    /// The same for a log: no colour, no symbols
    Plain,
    /// Everything, documented in docs/report.md
    Json,
    /// What CI systems read
    Junit,
}
