//! What the crate is, in a sentence.

/// Twice the number.
pub fn double(number: u64) -> u64 {
    number * 2
}
