//! How strong a sandbox is, and what the user asked for.

use super::obstacle::NotOpened;
use crate::error::{Error, Result};
use clap::ValueEnum;
use std::time::Duration;
use wire::wire;

wire! {
    /// How strong a sandbox is, the strongest first.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Level {
        /// Namespaces, Landlock, seccomp, limits.
        Full,
        /// Landlock, seccomp, limits.
        Landlock,
        /// Limits only.
        Limits,
        /// Time and output only.
        Bare
    }
}

impl Level {
    /// What it protects from, in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Full => {
                "full (own namespaces, private read-only root, loopback network only, Landlock, \
                 seccomp, limits)"
            }
            Self::Landlock => {
                "Landlock only (files outside are kept away by Landlock, system calls by seccomp; \
                 the network is not the sandbox's own)"
            }
            Self::Limits => {
                "limits only (your files and your network are within reach of student code; grade \
                 only code that you would also run)"
            }
            Self::Bare => {
                "none (student code is ended after its time, and that is all; grade only code \
                 that you would also run)"
            }
        }
    }
}

/// What sandbox can be had here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Possible {
    /// The strongest level.
    pub(crate) level: Level,
    /// What each stronger one failed at, the strongest first.
    pub(crate) missing: Vec<NotOpened>,
    /// How long it took to make one.
    pub(crate) made_in: Duration,
}

/// What to do where the full sandbox cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Strictness {
    /// Refuse to grade
    Required,
    /// Take the strongest there is, and say which
    Best,
    /// Limits only
    Off,
}

impl Strictness {
    /// Best at home, required in CI, where the code is somebody else's.
    pub(crate) fn usual() -> Self {
        if std::env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false") {
            Self::Required
        } else {
            Self::Best
        }
    }

    /// The level to use, given what can be had.
    ///
    /// # Errors
    /// When the full sandbox is required and cannot be had.
    pub(crate) fn level(self, possible: &Possible) -> Result<Level> {
        let (strongest, missing) = (possible.level, possible.missing.first());
        match self {
            Self::Off if strongest == Level::Bare => Ok(Level::Bare),
            Self::Off => Ok(Level::Limits),
            Self::Required if strongest != Level::Full => Err(Error::grader(
                format!(
                    "the full sandbox is required and cannot be had here: {}",
                    missing.map_or("not on this platform", |missing| missing.why.as_str())
                ),
                missing.map_or_else(
                    || "grade on Linux, or use --sandbox=best for code that you trust".to_owned(),
                    NotOpened::remedy,
                ),
            )),
            Self::Required | Self::Best => Ok(strongest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::obstacle::Obstacle;
    use super::*;

    fn possible(level: Level, missing: &[Obstacle]) -> Possible {
        let missing = missing.iter().map(|obstacle| NotOpened {
            obstacle: *obstacle,
            why: "Operation not permitted".to_owned(),
        });
        Possible {
            level,
            missing: missing.collect(),
            made_in: Duration::ZERO,
        }
    }

    #[test]
    fn required_refuses_anything_but_the_full_sandbox_and_says_what_to_do() {
        let less = possible(Level::Landlock, &[Obstacle::Namespaces]);
        let refused = Strictness::Required.level(&less);
        let said = refused.unwrap_err().to_string();
        assert!(said.contains("unprivileged_userns_clone"), "{said}");
        let full = possible(Level::Full, &[]);
        assert_eq!(Strictness::Required.level(&full).unwrap(), Level::Full);
    }

    #[test]
    fn best_takes_what_there_is_and_off_takes_limits() {
        for (choice, there_is, taken) in [
            (Strictness::Best, Level::Landlock, Level::Landlock),
            (Strictness::Off, Level::Full, Level::Limits),
            (Strictness::Off, Level::Bare, Level::Bare),
        ] {
            assert_eq!(choice.level(&possible(there_is, &[])).unwrap(), taken);
        }
    }
}
