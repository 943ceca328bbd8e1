//! How much a cage shuts in, and what the user asked for.

use crate::error::{Error, Result};
use clap::ValueEnum;
use suite_judge::wire;

wire! {
    /// How much a cage shuts in, from most to least.
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
                "Landlock only (files outside are shut off by Landlock, system calls by seccomp; \
                 the network is not the cage's own)"
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

/// What to do where the full cage cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CageChoice {
    /// Refuse to grade
    Required,
    /// Take the strongest there is, and say which
    Best,
    /// Limits only
    Off,
}

impl CageChoice {
    /// Best at home, required in CI, where the code is somebody else's.
    pub(crate) fn usual() -> Self {
        if std::env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false") {
            Self::Required
        } else {
            Self::Best
        }
    }

    /// The level to use, given the strongest that can be had and what stronger ones lack.
    ///
    /// # Errors
    /// When the full cage is required and cannot be had.
    pub(crate) fn level(self, strongest: Level, missing: &[(Level, String)]) -> Result<Level> {
        match self {
            Self::Off if strongest == Level::Bare => Ok(Level::Bare),
            Self::Off => Ok(Level::Limits),
            Self::Required if strongest != Level::Full => Err(Error::grader(
                format!(
                    "the full cage is required and cannot be had here: {}",
                    missing
                        .first()
                        .map_or("not on this platform", |(_, why)| why.as_str())
                ),
                missing.first().map_or_else(
                    || "grade on Linux, or use --cage=best for code that you trust".to_owned(),
                    |(_, why)| remedy(why),
                ),
            )),
            Self::Required | Self::Best => Ok(strongest),
        }
    }
}

/// The command that gives the full cage what it lacks, from the step at which it failed.
pub(crate) fn remedy(why: &str) -> String {
    let remedy = if why.contains("uid_map") || why.contains("setgroups") {
        "allow user namespaces to programs without a profile: `sudo sysctl -w \
         kernel.apparmor_restrict_unprivileged_userns=0`"
    } else if why.contains("No space left") {
        "allow user namespaces: `sudo sysctl -w user.max_user_namespaces=10000`"
    } else if why.contains("unshare") {
        "allow user namespaces: `sudo sysctl -w kernel.unprivileged_userns_clone=1`; in a \
         container start it with `--security-opt seccomp=unconfined` or with a profile that \
         allows `unshare` and `mount`"
    } else if why.contains("mount") || why.contains("pivot_root") || why.contains("/proc") {
        "in a container, start it with `--security-opt apparmor=unconfined --security-opt \
         systempaths=unconfined`"
    } else {
        "a Linux kernel from 6.1 on with user namespaces and Landlock has all of it"
    };
    format!("{remedy}; or use --cage=best for code that you trust")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn required_refuses_anything_but_the_full_cage_and_says_what_to_do() {
        let missing = [(Level::Full, "unshare: Operation not permitted".to_owned())];
        let refused = CageChoice::Required.level(Level::Landlock, &missing);
        let said = refused.unwrap_err().to_string();
        assert!(said.contains("unprivileged_userns_clone"), "{said}");
        assert_eq!(
            CageChoice::Required.level(Level::Full, &[]).unwrap(),
            Level::Full
        );
    }

    #[test]
    fn best_takes_what_there_is_and_off_takes_limits() {
        assert_eq!(
            CageChoice::Best.level(Level::Landlock, &[]).unwrap(),
            Level::Landlock
        );
        assert_eq!(
            CageChoice::Off.level(Level::Full, &[]).unwrap(),
            Level::Limits
        );
        assert_eq!(
            CageChoice::Off.level(Level::Bare, &[]).unwrap(),
            Level::Bare
        );
    }
}
