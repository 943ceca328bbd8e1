//! How far a case has come in its input, for the report on one that never answers.

use std::sync::OnceLock;

/// Somebody who wants to know.
pub type Listener = Box<dyn Fn(u64) + Send + Sync>;

static LISTENER: OnceLock<Listener> = OnceLock::new();

/// Says who hears of [`reached`]; the first one stays. For whoever runs cases, not for suites.
pub fn install_listener(listener: Listener) {
    let _ = LISTENER.set(listener);
}

/// Says that the case has come to the call of this index. If the case panics, hangs or is ended there,
/// its report shows the calls up to this one.
pub fn reached(index: usize) {
    if let Some(listener) = LISTENER.get() {
        listener(index as u64);
    }
}
