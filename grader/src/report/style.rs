//! How a report for people looks. Nothing is ever said by colour alone.

use crate::outcome::Verdict;
use anstyle::{AnsiColor, Style as Ansi};

/// Symbols and colours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    colour: bool,
    symbols: bool,
}

impl Style {
    /// For a terminal.
    pub(crate) fn human(colour: bool) -> Self {
        Self {
            colour,
            symbols: true,
        }
    }

    /// For a log.
    pub(crate) fn plain() -> Self {
        Self {
            colour: false,
            symbols: false,
        }
    }

    /// Whether the compiler's own colours may stay.
    pub(crate) fn has_colour(self) -> bool {
        self.colour
    }

    /// A verdict's sign: a symbol, or nothing in a log, where the word says it.
    pub(crate) fn sign(self, verdict: &Verdict) -> String {
        if !self.symbols {
            return String::new();
        }
        let sign = match verdict {
            Verdict::Passed => "✓",
            Verdict::NotAttempted | Verdict::Unavailable { .. } => "·",
            Verdict::GraderError { .. } => "!",
            _ => "✗",
        };
        format!("{} ", self.coloured(sign, verdict_colour(verdict)))
    }

    /// A verdict's word, as wide as the longest.
    pub(crate) fn word(self, verdict: &Verdict) -> String {
        let word = format!("{:18}", verdict.word());
        self.coloured(&word, verdict_colour(verdict))
    }

    /// What stands out.
    pub(crate) fn strong(self, text: &str) -> String {
        self.painted(text, Ansi::new().bold())
    }

    /// What stays behind.
    pub(crate) fn quiet(self, text: &str) -> String {
        self.painted(text, Ansi::new().dimmed())
    }

    /// What must be.
    pub(crate) fn wanted(self, text: &str) -> String {
        self.coloured(text, AnsiColor::Green)
    }

    /// What was instead.
    pub(crate) fn unwanted(self, text: &str) -> String {
        self.coloured(text, AnsiColor::Red)
    }

    fn coloured(self, text: &str, colour: AnsiColor) -> String {
        self.painted(text, Ansi::new().fg_color(Some(colour.into())))
    }

    fn painted(self, text: &str, ansi: Ansi) -> String {
        if self.colour {
            format!("{}{text}{}", ansi.render(), ansi.render_reset())
        } else {
            text.to_owned()
        }
    }
}

fn verdict_colour(verdict: &Verdict) -> AnsiColor {
    match verdict {
        Verdict::Passed => AnsiColor::Green,
        Verdict::NotAttempted | Verdict::Unavailable { .. } => AnsiColor::Yellow,
        Verdict::GraderError { .. } => AnsiColor::Magenta,
        _ => AnsiColor::Red,
    }
}
