//! Verdicts that several students of a class share, because they handed in the same.

use super::{Found, Key};
use crate::record::KataResult;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// The verdicts that more than one student of a class will need.
///
/// Only passes are shared: what else is said names files of who handed them in.
#[derive(Debug)]
pub(crate) struct OfClass {
    shared: Mutex<HashMap<Key, Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    /// How many students have not yet asked for it.
    needed: usize,
    /// What becomes of the first submission, once a student has asked for it.
    first: Option<watch::Sender<First>>,
}

/// What became of the first of equal submissions.
#[derive(Debug, Clone, Default)]
enum First {
    #[default]
    UnderWay,
    Passed(Box<KataResult>),
    NotPassed,
}

/// A verdict on its way.
#[derive(Debug)]
pub(crate) struct UnderWay(watch::Receiver<First>);

impl UnderWay {
    /// Waits for it. `None` when it is none that can be shared.
    pub(crate) async fn result(mut self) -> Option<KataResult> {
        let first = self.0.wait_for(|first| !matches!(first, First::UnderWay));
        match first.await.as_deref() {
            Ok(First::Passed(result)) => Some(KataResult::clone(result)),
            _ => None,
        }
    }
}

impl OfClass {
    /// For a class that hands in submissions with these keys.
    pub(crate) fn new(keys: impl IntoIterator<Item = Key>) -> Self {
        let mut shared: HashMap<Key, Shared> = HashMap::new();
        for key in keys {
            shared.entry(key).or_default().needed += 1;
        }
        shared.retain(|_, one| one.needed > 1);
        Self {
            shared: Mutex::new(shared),
        }
    }

    /// The verdict, if another student's is there or on its way. Who finds nothing is expected
    /// to [`put`](Self::put) a verdict, without waiting for anybody.
    pub(super) fn find(&self, key: &Key) -> Found {
        let mut all = self.all();
        let Some(shared) = all.get_mut(key) else {
            return Found::Nothing;
        };
        shared.needed = shared.needed.saturating_sub(1);
        let Some(first) = &shared.first else {
            shared.first = Some(watch::Sender::default());
            return Found::Nothing;
        };
        let is_last = shared.needed == 0;
        let now = first.borrow().clone();
        let found = match now {
            First::UnderWay => return Found::UnderWay(UnderWay(first.subscribe())),
            First::Passed(result) => Found::Kept(result),
            First::NotPassed => Found::Nothing,
        };
        if is_last {
            all.remove(key);
        }
        found
    }

    /// Shares a verdict, if anybody will need it.
    pub(super) fn put(&self, key: &Key, result: &KataResult) {
        let can_be_shared = result.verdict.is_passed() && result.compiler.is_empty();
        let mut all = self.all();
        let Some(Shared {
            needed,
            first: Some(first),
        }) = all.get(key)
        else {
            return;
        };
        first.send_replace(if can_be_shared {
            First::Passed(result.clone().into())
        } else {
            First::NotPassed
        });
        if *needed == 0 {
            all.remove(key);
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Key, Shared>> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Verdict;

    fn key(name: &str) -> Key {
        Key(name.to_owned())
    }

    fn result(verdict: Verdict) -> KataResult {
        KataResult {
            kata: "file-modes".to_owned(),
            track: "files".to_owned(),
            title: String::new(),
            verdict,
            seed: 1,
            kept: false,
            points: 1,
            max_points: 1,
            time_ms: 1,
            warnings: Vec::new(),
            compiler: Vec::new(),
            cases: Vec::new(),
        }
    }

    fn is_nothing(found: &Found) -> bool {
        matches!(found, Found::Nothing)
    }

    #[test]
    fn a_pass_is_there_for_all_who_handed_in_the_same_and_then_forgotten() {
        let class = OfClass::new(["same", "same", "same", "own"].map(key));
        assert!(is_nothing(&class.find(&key("same"))));
        class.put(&key("same"), &result(Verdict::Passed));
        for _ in 0..2 {
            let Found::Kept(result) = class.find(&key("same")) else {
                panic!("the pass is not there");
            };
            assert_eq!(result.verdict, Verdict::Passed);
        }
        assert!(class.all().is_empty());
    }

    #[tokio::test]
    async fn who_comes_while_the_first_is_graded_waits_and_gets_a_pass_but_nothing_else() {
        for (verdict, is_shared) in [(Verdict::Passed, true), (Verdict::Failed, false)] {
            let class = OfClass::new(["same", "same"].map(key));
            assert!(is_nothing(&class.find(&key("same"))));
            let Found::UnderWay(under_way) = class.find(&key("same")) else {
                panic!("nobody is at it");
            };
            class.put(&key("same"), &result(verdict));
            assert_eq!(under_way.result().await.is_some(), is_shared);
            assert!(class.all().is_empty());
        }
    }

    #[test]
    fn what_only_one_handed_in_and_what_did_not_pass_is_not_shared() {
        let class = OfClass::new(["same", "same", "own"].map(key));
        class.put(&key("own"), &result(Verdict::Passed));
        assert!(is_nothing(&class.find(&key("own"))));
        assert!(is_nothing(&class.find(&key("same"))));
        class.put(&key("same"), &result(Verdict::Failed));
        assert!(is_nothing(&class.find(&key("same"))));
    }
}
