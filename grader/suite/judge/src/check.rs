//! What a judge found.

use crate::Excerpt;
use std::fmt::Debug;
use wire::wire;

/// Mismatches that are told; the others are counted.
const MAX_MISMATCHES: usize = 50;

wire! {
    /// One thing that is not as it must be.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Mismatch {
        /// What was looked at, empty where the case's title says it.
        pub what: Excerpt,
        /// What it must be.
        pub expected: Excerpt,
        /// What it was.
        pub got: Excerpt,
        /// The cause, which the difference proves; empty where the judge names none.
        pub cause: Excerpt,
        /// What is easily missed about the property, whatever the cause is; may be empty.
        pub note: Excerpt,
    }
}

/// The result of a judge: nothing wrong, or everything that is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Check {
    mismatches: Vec<Mismatch>,
    /// Mismatches besides these.
    left_out: usize,
}

impl Check {
    /// Nothing wrong.
    pub fn pass() -> Self {
        Self::default()
    }

    /// Something wrong that is no comparison: `expected` and `got` in words.
    pub fn fail(expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self::mismatch(Excerpt::new(expected), Excerpt::new(got))
    }

    fn mismatch(expected: Excerpt, got: Excerpt) -> Self {
        let mismatch = Mismatch {
            what: Excerpt::default(),
            expected,
            got,
            cause: Excerpt::default(),
            note: Excerpt::default(),
        };
        Self {
            mismatches: vec![mismatch],
            left_out: 0,
        }
    }

    /// Names what was looked at, where it has no name yet.
    pub fn named(mut self, what: impl Into<String>) -> Self {
        let what = Excerpt::new(what);
        for mismatch in &mut self.mismatches {
            if mismatch.what.is_empty() {
                mismatch.what.clone_from(&what);
            }
        }
        self
    }

    /// Adds what is easily missed about the property, where nothing is said of it yet. It must hold
    /// whatever the mistake was.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        let note = Excerpt::new(note);
        for mismatch in &mut self.mismatches {
            if mismatch.note.is_empty() {
                mismatch.note.clone_from(&note);
            }
        }
        self
    }

    /// Both.
    pub fn and(mut self, other: Self) -> Self {
        let room = MAX_MISMATCHES.saturating_sub(self.mismatches.len());
        let over = other.mismatches.len().saturating_sub(room);
        self.left_out += other.left_out + over;
        self.mismatches
            .extend(other.mismatches.into_iter().take(room));
        self
    }

    /// Looks further only if nothing is wrong so far.
    pub fn and_then(self, further: impl FnOnce() -> Self) -> Self {
        if self.passed() { further() } else { self }
    }

    /// How much is wrong.
    pub(crate) fn noted(&self) -> usize {
        self.mismatches.len() + self.left_out
    }

    /// Names the likely cause of everything behind the first `from`, where none is named yet.
    pub(crate) fn explain(&mut self, from: usize, cause: &str) {
        for mismatch in self.mismatches.iter_mut().skip(from) {
            if mismatch.cause.is_empty() {
                mismatch.cause = Excerpt::new(cause);
            }
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.mismatches.is_empty()
    }

    /// What is wrong, and how much more is.
    pub(crate) fn into_mismatches(self) -> (Vec<Mismatch>, usize) {
        (self.mismatches, self.left_out)
    }
}

/// All of them.
impl FromIterator<Check> for Check {
    fn from_iter<I: IntoIterator<Item = Check>>(checks: I) -> Self {
        checks.into_iter().fold(Self::pass(), Self::and)
    }
}

/// Passes when `got` equals `expected`.
pub fn equal<T, U>(got: &T, expected: &U) -> Check
where
    T: PartialEq<U> + Debug + ?Sized,
    U: Debug + ?Sized,
{
    if got == expected {
        return Check::pass();
    }
    Check::mismatch(Excerpt::of_debug(expected), Excerpt::of_debug(got))
}

/// Judges each element of `got` by the element of `expected` at its place. Fails, too, when there
/// are more or fewer of them, which a `zip` would forget.
pub fn each<T, U>(expected: &[T], got: &[U], judge: impl Fn(&T, &U) -> Check) -> Check {
    let pairs = expected.iter().zip(got);
    let judged: Check = pairs.map(|(expected, got)| judge(expected, got)).collect();
    judged.and(equal(&got.len(), &expected.len()).named("how many there are"))
}

/// Passes when `holds`; otherwise `expected` says in words what must hold.
pub fn check(holds: bool, expected: impl Into<String>, got: impl Into<String>) -> Check {
    if holds {
        return Check::pass();
    }
    Check::fail(expected, got)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_too_short_or_too_long_fails_whatever_its_elements_are() {
        let same = |expected: &u8, got: &u8| equal(got, expected);
        assert!(each(&[1, 2], &[1, 2], same).passed());
        for got in [&[][..], &[1], &[1, 2, 3], &[2, 2]] {
            assert!(!each(&[1, 2], got, same).passed(), "{got:?}");
        }
    }

    #[test]
    fn the_first_mismatches_are_told_and_all_are_counted() {
        let check: Check = (0..1000).map(|n| equal(&n, &-1)).collect();
        let again = Check::pass().and(check);
        let (mismatches, left_out) = again.into_mismatches();
        assert_eq!(mismatches.len() + left_out, 1000);
        assert_eq!(mismatches.len(), MAX_MISMATCHES);
        assert_eq!(mismatches[49].got.to_string(), "49");
    }

    #[test]
    fn the_first_name_and_the_first_note_stay() {
        let check = equal(&1, &2).named("a").named("b").note("c").note("d");
        let (mismatches, _) = check.into_mismatches();
        assert_eq!(mismatches[0].what.to_string(), "a");
        assert_eq!(mismatches[0].note.to_string(), "c");
    }
}
