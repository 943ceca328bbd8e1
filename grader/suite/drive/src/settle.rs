//! Waiting until nothing moves any more, instead of sleeping and hoping.

use std::sync::OnceLock;

/// What [`settle`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// Every other thread of the case, its child processes included, sleeps in the kernel
    /// with no timer that could wake it.
    Still,
    /// After a bounded time these threads still ran, spun or slept on a timer.
    Restless(String),
}

impl Settled {
    /// Whether everything was still.
    #[must_use]
    pub fn is_still(&self) -> bool {
        matches!(self, Self::Still)
    }
}

/// Somebody who can see every thread of the case.
pub type Referee = Box<dyn Fn() -> Settled + Send + Sync>;

static REFEREE: OnceLock<Referee> = OnceLock::new();
static PROGRAM: OnceLock<String> = OnceLock::new();

/// Says who answers [`settle`]; the first one stays. For whoever runs cases, not for suites.
pub fn install_referee(referee: Referee) {
    let _ = REFEREE.set(referee);
}

/// Says which program plays the roles of [`crate::role`]; the first one stays.
pub fn set_program(program: String) {
    let _ = PROGRAM.set(program);
}

pub(crate) fn program() -> &'static str {
    PROGRAM.get().map_or("", String::as_str)
}

/// Waits until every other thread of the case is asleep for good, or a bounded time is over.
///
/// Replaces sleeps: start the student's call on a thread, settle, look whether it has come
/// through, release what it waits for.
pub fn settle() -> Settled {
    REFEREE.get().map_or_else(
        || Settled::Restless("nobody watches this process".to_owned()),
        |referee| referee(),
    )
}
