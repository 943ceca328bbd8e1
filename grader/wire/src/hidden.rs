//! What a judge knows about an input and a driver must not.

use crate::Wire;
use std::fmt;

/// A value that stays where it was drawn: on its way to a driver it is left out.
///
/// A judge gets its input drawn anew from the same seed, and so the value with it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hidden<T>(Option<T>);

impl<T> Hidden<T> {
    /// Hides a value.
    pub const fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// The value; `None` in a driver.
    pub const fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

/// Neither is it shown to a student, as a part of an input.
impl<T> fmt::Debug for Hidden<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

/// One byte, so that a list of them is as long as it says.
impl<T> Wire for Hidden<T> {
    fn put(&self, out: &mut Vec<u8>) {
        ().put(out);
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        <()>::take(bytes).map(|()| Self(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_value_is_neither_sent_nor_shown() {
        let input = (Hidden::new(4711_u64), "sent".to_owned());
        assert_eq!(input.0.get(), Some(&4711));
        let (hidden, sent) = <(Hidden<u64>, String)>::from_bytes(&input.to_bytes()).unwrap();
        assert_eq!((hidden.get(), sent.as_str()), (None, "sent"));
        assert!(!format!("{input:?}").contains("4711"));
    }
}
