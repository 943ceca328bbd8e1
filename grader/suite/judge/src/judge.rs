//! The recording judge: looks at one thing after another and notes what is not as it must be.

use crate::{Check, Shown, equal};
use std::fmt::Debug;

/// Calls that are told in a row.
const IN_A_ROW: usize = 8;
/// Letters of a call that are told.
const CUT: usize = 120;
/// Calls that are told before the one that differs, where some before them are left out.
const BEFORE: usize = 3;

/// What a README promises, in memory: answers every call as the student's code must.
pub trait Model: Default {
    /// What can be called.
    type Call: Debug;

    /// What a call gives.
    fn call(&mut self, call: &Self::Call) -> Shown;

    /// Whether what was called before does not matter any more.
    #[must_use]
    fn starts_afresh(_call: &Self::Call) -> bool {
        false
    }

    /// Models with a mistake whose effect is known in full, each with the cause that a student who
    /// made it is told.
    #[must_use]
    fn mistaken() -> Vec<(Self, &'static str)> {
        Vec::new()
    }
}

/// Records what a `judge` block finds. The answer is right if nothing was noted.
#[derive(Debug, Default)]
pub struct Judge {
    found: Check,
}

impl Judge {
    /// Notes when `got` is not `expected`. `what` names what was looked at.
    pub fn eq<T, U>(&mut self, what: impl Into<String>, got: &T, expected: &U) -> Look<'_>
    where
        T: PartialEq<U> + Debug + ?Sized,
        U: Debug + ?Sized,
    {
        self.note(equal(got, expected).named(what))
    }

    /// Notes when a value in Rust's own notation is not this one.
    pub fn is(
        &mut self,
        what: impl Into<String>,
        got: &Shown,
        expected: impl Into<String>,
    ) -> Look<'_> {
        self.eq(what, got, &Shown::new(expected))
    }

    /// Notes when something does not hold: what must be, and what was, in words.
    pub fn require(
        &mut self,
        what: impl Into<String>,
        holds: bool,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Look<'_> {
        self.note(crate::check(holds, expected, got).named(what))
    }

    /// Looks at each element of `got` beside the element of `expected` at its place, and notes when
    /// there are more or fewer of them. `what` names them together.
    pub fn each<T, U>(
        &mut self,
        what: &str,
        got: &[T],
        expected: &[U],
        mut look: impl FnMut(&mut Self, &T, &U),
    ) {
        for (got, expected) in got.iter().zip(expected) {
            look(self, got, expected);
        }
        self.eq(format!("how many {what}"), &got.len(), &expected.len());
    }

    /// Looks at what a sequence of calls gave beside what the model gives, and notes the first call
    /// that differs, with the calls before it that matter. The cause is that of the mistaken model that gives
    /// exactly these answers, if there is one.
    pub fn model<M: Model>(&mut self, calls: &[M::Call], gave: &[Shown]) {
        let answers =
            |mut model: M| -> Vec<Shown> { calls.iter().map(|call| model.call(call)).collect() };
        let expected = answers(M::default());
        let differs = |at: &usize| gave.get(*at) != expected.get(*at);
        let Some(at) = (0..gave.len().max(calls.len())).find(differs) else {
            return;
        };
        let answer = |all: &[Shown]| all.get(at).cloned().unwrap_or(Shown::new("nothing"));
        let what = steps::<M>(calls, at);
        let mut look = self.eq(what, &answer(gave), &answer(&expected));
        for (mistaken, cause) in M::mistaken() {
            look.because_if(answers(mistaken) == gave, cause);
        }
    }

    /// Whether nothing has been noted so far.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.found.passed()
    }

    /// Takes over what was found elsewhere.
    pub fn note(&mut self, found: Check) -> Look<'_> {
        let from = self.found.noted();
        self.found = std::mem::take(&mut self.found).and(found);
        Look {
            found: &mut self.found,
            from,
        }
    }

    pub(crate) fn into_check(self) -> Check {
        self.found
    }
}

/// What one look has noted.
#[derive(Debug)]
pub struct Look<'j> {
    found: &'j mut Check,
    /// What was noted before it.
    from: usize,
}

impl Look<'_> {
    /// Whether it noted nothing.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.found.noted() == self.from
    }

    /// Names the cause, where none is named yet. Only for what nothing else can cause.
    pub fn because(&mut self, cause: impl Into<String>) -> &mut Self {
        self.found.explain(self.from, &cause.into());
        self
    }

    /// Names the cause if the difference is what this mistake produces, and no cause is named yet.
    pub fn because_if(&mut self, is_so: bool, cause: impl Into<String>) -> &mut Self {
        if is_so { self.because(cause) } else { self }
    }
}

/// A call and those before it that matter, each on a line.
pub(crate) fn steps<M: Model>(calls: &[M::Call], at: usize) -> String {
    let Some(until) = calls.get(..=at) else {
        return "after the last call".to_owned();
    };
    let from = until.iter().rposition(M::starts_afresh).unwrap_or(0);
    let matter: Vec<String> = until[from..].iter().map(|call| brief(call, CUT)).collect();
    if matter.len() <= IN_A_ROW {
        return matter.join("\n");
    }
    let (before, row) = matter.split_at(matter.len() - BEFORE - 1);
    let left_out = before.len() - 1;
    format!("{}\n… {left_out} calls …\n{}", before[0], row.join("\n"))
}

/// The debug form of a value, without its middle if it is longer than this.
pub(crate) fn brief(value: impl Debug, longest: usize) -> String {
    let text = format!("{value:?}");
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= longest {
        return text;
    }
    let head: String = letters[..longest / 3].iter().collect();
    let tail: String = letters[letters.len() - longest / 3..].iter().collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn causes(judge: Judge) -> Vec<String> {
        let (mismatches, _) = judge.into_check().into_mismatches();
        let causes = mismatches.iter().map(|mismatch| mismatch.cause.to_string());
        causes.collect()
    }

    #[test]
    fn a_cause_belongs_to_the_look_that_it_is_named_for() {
        let mut judge = Judge::default();
        judge.eq("one", &1, &2);
        judge
            .eq("two", &1, &2)
            .because_if(false, "no")
            .because("yes");
        judge.eq("three", &1, &2).because("first").because("second");
        assert!(judge.eq("four", &1, &1).because("never").passed());
        assert_eq!(causes(judge), ["", "yes", "first"]);
    }

    /// Counts; `0` starts again.
    #[derive(Default)]
    struct Counter(u64);

    impl Model for Counter {
        type Call = u64;
        fn call(&mut self, more: &u64) -> Shown {
            self.0 = if *more == 0 { 0 } else { self.0 + more };
            Shown::of(&self.0)
        }
        fn starts_afresh(more: &u64) -> bool {
            *more == 0
        }
        fn mistaken() -> Vec<(Self, &'static str)> {
            vec![(Self(1), "starts at 1")]
        }
    }

    fn told(calls: &[u64], gave: &[u64]) -> (String, String) {
        let mut judge = Judge::default();
        let gave: Vec<Shown> = gave.iter().map(Shown::of).collect();
        judge.model::<Counter>(calls, &gave);
        let (mismatches, _) = judge.into_check().into_mismatches();
        let [only] = mismatches.as_slice() else {
            panic!("{mismatches:?}");
        };
        (only.what.to_string(), only.cause.to_string())
    }

    #[test]
    fn the_first_call_that_differs_is_told_with_those_that_matter_for_it() {
        let what = |calls: &[u64], gave: &[u64]| told(calls, gave).0;
        assert_eq!(what(&[5, 0, 2, 3, 1], &[5, 0, 2, 7, 9]), "0\n2\n3");
        let (ones, mut counted) = ([1; 12], (1..=12).collect::<Vec<u64>>());
        counted[10] = 0;
        assert_eq!(what(&ones, &counted), "1\n… 6 calls …\n1\n1\n1\n1");
        assert_eq!(what(&[1, 1], &[1]), "1\n1");
        assert_eq!(what(&[1], &[1, 1]), "after the last call");
    }

    #[test]
    fn the_call_that_did_not_return_is_told_with_those_that_matter_for_it() {
        let told = |reached| {
            let rng = crate::Rng::new(1, "kata", "case");
            crate::describe_calls::<Counter>(|_| vec![5, 0, 2, 3], rng, reached).to_string()
        };
        assert_eq!(told(Some(2)), "0\n2    <- did not return");
        assert_eq!(told(Some(4)), "");
        assert_eq!(told(None), "");
    }

    #[test]
    fn a_mistake_is_told_only_where_every_answer_is_its_own() {
        assert_eq!(told(&[1, 1], &[2, 3]).1, "starts at 1");
        assert_eq!(told(&[1, 1], &[2, 4]).1, "");
    }

    #[test]
    fn lists_of_different_lengths_differ_whatever_their_elements_are() {
        for got in [&[][..], &[1], &[1, 2, 3]] {
            let mut judge = Judge::default();
            judge.each("numbers", got, &[1, 2], |judge, got, expected| {
                judge.eq("a number", got, expected);
            });
            assert!(!judge.passed(), "{got:?}");
        }
    }
}
