//! What a judge found.

use std::fmt::Debug;
use wire::wire;

wire! {
    /// One thing that is not as it must be.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Mismatch {
        /// What was looked at, empty where the case's title says it.
        pub what: String,
        /// What it must be.
        pub expected: String,
        /// What it was.
        pub got: String,
        /// The likely cause, empty where the judge names none.
        pub cause: String,
    }
}

/// The result of a judge: nothing wrong, or everything that is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct Check {
    /// What is wrong.
    pub mismatches: Vec<Mismatch>,
}

impl Check {
    /// Nothing wrong.
    pub fn pass() -> Self {
        Self::default()
    }

    /// Something wrong that is no comparison: `expected` and `got` in words.
    pub fn fail(expected: impl Into<String>, got: impl Into<String>) -> Self {
        let mismatch = Mismatch {
            what: String::new(),
            expected: expected.into(),
            got: got.into(),
            cause: String::new(),
        };
        Self {
            mismatches: vec![mismatch],
        }
    }

    /// Names what was looked at, where it has no name yet.
    pub fn named(mut self, what: impl Into<String>) -> Self {
        let what = what.into();
        for mismatch in &mut self.mismatches {
            if mismatch.what.is_empty() {
                mismatch.what.clone_from(&what);
            }
        }
        self
    }

    /// Names the likely cause, where none is named yet.
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        let cause = cause.into();
        for mismatch in &mut self.mismatches {
            if mismatch.cause.is_empty() {
                mismatch.cause.clone_from(&cause);
            }
        }
        self
    }

    /// Both.
    pub fn and(mut self, other: Self) -> Self {
        self.mismatches.extend(other.mismatches);
        self
    }

    /// Looks further only if nothing is wrong so far.
    pub fn and_then(self, further: impl FnOnce() -> Self) -> Self {
        if self.passed() { further() } else { self }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.mismatches.is_empty()
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
    Check::fail(format!("{expected:#?}"), format!("{got:#?}"))
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
}
