//! Verdicts that several students of a class share, because they handed in the same.

use super::Key;
use crate::record::KataResult;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The verdicts that more than one student of a class will need.
///
/// Only passes are shared: what else is said names files of who handed them in.
#[derive(Debug)]
pub(crate) struct OfClass {
    shared: Mutex<HashMap<Key, Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    /// How many students still need it.
    needed: usize,
    result: Option<KataResult>,
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

    /// The verdict, if another student's is there.
    pub(super) fn get(&self, key: &Key) -> Option<KataResult> {
        let mut all = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = all.get_mut(key)?;
        shared.needed = shared.needed.saturating_sub(1);
        let result = shared.result.clone();
        if shared.needed == 0 {
            all.remove(key);
        }
        result
    }

    /// Shares a verdict, if anybody will need it.
    pub(super) fn put(&self, key: &Key, result: &KataResult) {
        if !result.verdict.is_passed() || !result.compiler.is_empty() {
            return;
        }
        let mut all = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shared) = all.get_mut(key) {
            shared.result = Some(result.clone());
        }
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

    #[test]
    fn a_pass_is_there_for_all_who_handed_in_the_same_and_then_forgotten() {
        let class = OfClass::new(["same", "same", "same", "own"].map(key));
        assert_eq!(class.get(&key("same")), None);
        class.put(&key("same"), &result(Verdict::Passed));
        assert_eq!(class.get(&key("same")).unwrap().verdict, Verdict::Passed);
        assert!(class.get(&key("same")).is_some());
        assert_eq!(class.get(&key("same")), None);
    }

    #[test]
    fn what_only_one_handed_in_and_what_did_not_pass_is_not_shared() {
        let class = OfClass::new(["same", "same", "own"].map(key));
        class.put(&key("own"), &result(Verdict::Passed));
        class.put(&key("same"), &result(Verdict::Failed));
        assert_eq!(class.get(&key("own")), None);
        assert_eq!(class.get(&key("same")), None);
    }
}
