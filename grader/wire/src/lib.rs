//! How values travel between grader, driver, oracle and sandbox.
//!
//! The encoding is canonical: a value has exactly one encoding, integers are checked, a
//! length is bounded by the bytes that are really there before anything is allocated.
//! Bytes that a driver sends are hostile until they are decoded.
//!
//! What is generic here is compiled anew for every type of every driver, in every grade. So it
//! is plain loops and matches: `?` and iterators are functions of their own for every type.

#![expect(
    clippy::question_mark,
    clippy::manual_map,
    reason = "`?` and `map` are compiled anew for every type"
)]

mod hidden;
mod wire_macro;

pub use hidden::Hidden;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A value that can travel between driver and oracle.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot travel between driver and oracle",
    label = "not a wire type",
    note = "use integers, `bool`, `char`, `f64`, `String`, `Vec`, `Option`, `Result`, tuples, arrays, maps, or a type made with `wire!`"
)]
pub trait Wire: Sized {
    /// Appends the encoding of `self` to `out`.
    fn put(&self, out: &mut Vec<u8>);

    /// Takes one value off the front of `bytes`; `None` if they do not hold one.
    fn take(bytes: &mut &[u8]) -> Option<Self>;

    /// The encoding of `self`.
    fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.put(&mut out);
        out
    }

    /// The value that `bytes` hold; `None` if there is none, or something behind it.
    #[must_use]
    fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        let value = Self::take(&mut bytes);
        if bytes.is_empty() { value } else { None }
    }
}

/// Fails to compile, at the type, unless both types can travel.
pub const fn travels<I: Wire, R: Wire>() {}

fn take_array<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = bytes.split_first_chunk()?;
    *bytes = tail;
    Some(*head)
}

macro_rules! integers {
    ($($int:ty),*) => { $(
        impl Wire for $int {
            fn put(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                take_array(bytes).map(Self::from_le_bytes)
            }
        }
    )* };
}
integers!(u8, u16, u32, u64, u128, i8, i16, i32, i64, i128);

impl Wire for usize {
    fn put(&self, out: &mut Vec<u8>) {
        (*self as u64).put(out);
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        u64::take(bytes)?.try_into().ok()
    }
}

impl Wire for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        match u8::take(bytes)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Wire for char {
    fn put(&self, out: &mut Vec<u8>) {
        u32::from(*self).put(out);
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        u32::take(bytes)?.try_into().ok()
    }
}

/// Bit for bit, so that NaN and the two zeros arrive as they left.
impl Wire for f64 {
    fn put(&self, out: &mut Vec<u8>) {
        self.to_bits().put(out);
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        u64::take(bytes).map(Self::from_bits)
    }
}

/// One byte, so that a list of units is as long as it says.
impl Wire for () {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(0);
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        (u8::take(bytes)? == 0).then_some(())
    }
}

fn put_len(len: usize, out: &mut Vec<u8>) {
    len.put(out);
}

/// A length that the remaining bytes can hold: every element takes at least one.
fn take_len(bytes: &mut &[u8]) -> Option<usize> {
    usize::take(bytes).filter(|len| *len <= bytes.len())
}

impl Wire for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_len(self.len(), out);
        out.extend_from_slice(self.as_bytes());
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let len = take_len(bytes)?;
        let (head, tail) = bytes.split_at_checked(len)?;
        *bytes = tail;
        std::str::from_utf8(head).ok().map(str::to_owned)
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_len(self.len(), out);
        put_all(self, out);
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let Some(len) = take_len(bytes) else {
            return None;
        };
        take_all(len, bytes)
    }
}

fn put_all<T: Wire>(items: &[T], out: &mut Vec<u8>) {
    let mut at = 0;
    while at < items.len() {
        items[at].put(out);
        at += 1;
    }
}

fn take_all<T: Wire>(mut left: usize, bytes: &mut &[u8]) -> Option<Vec<T>> {
    // Not with_capacity: an element may be far larger in memory than on the wire.
    let mut items = Vec::new();
    while left > 0 {
        let Some(item) = T::take(bytes) else {
            return None;
        };
        items.push(item);
        left -= 1;
    }
    Some(items)
}

impl<T: Wire, const N: usize> Wire for [T; N] {
    fn put(&self, out: &mut Vec<u8>) {
        put_all(self, out);
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let Some(items) = take_all(N, bytes) else {
            return None;
        };
        items.try_into().ok()
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => {
                true.put(out);
                value.put(out);
            }
            None => false.put(out),
        }
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        match bool::take(bytes) {
            Some(true) => match T::take(bytes) {
                Some(value) => Some(Some(value)),
                None => None,
            },
            Some(false) => Some(None),
            None => None,
        }
    }
}

impl<T: Wire, E: Wire> Wire for Result<T, E> {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Ok(value) => {
                true.put(out);
                value.put(out);
            }
            Err(error) => {
                false.put(out);
                error.put(out);
            }
        }
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        match bool::take(bytes) {
            Some(true) => match T::take(bytes) {
                Some(value) => Some(Ok(value)),
                None => None,
            },
            Some(false) => match E::take(bytes) {
                Some(error) => Some(Err(error)),
                None => None,
            },
            None => None,
        }
    }
}

impl<T: Wire + Ord> Wire for BTreeSet<T> {
    fn put(&self, out: &mut Vec<u8>) {
        put_len(self.len(), out);
        for item in self {
            item.put(out);
        }
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let Some(mut left) = take_len(bytes) else {
            return None;
        };
        let mut items = Self::new();
        while left > 0 {
            let Some(item) = T::take(bytes) else {
                return None;
            };
            if let Some(last) = items.last()
                && *last >= item
            {
                return None;
            }
            items.insert(item);
            left -= 1;
        }
        Some(items)
    }
}

impl<K: Wire + Ord, V: Wire> Wire for BTreeMap<K, V> {
    fn put(&self, out: &mut Vec<u8>) {
        put_len(self.len(), out);
        for (key, value) in self {
            key.put(out);
            value.put(out);
        }
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let Some(mut left) = take_len(bytes) else {
            return None;
        };
        let mut items = Self::new();
        while left > 0 {
            let (Some(key), Some(value)) = (K::take(bytes), V::take(bytes)) else {
                return None;
            };
            if let Some((last, _)) = items.last_key_value()
                && *last >= key
            {
                return None;
            }
            items.insert(key, value);
            left -= 1;
        }
        Some(items)
    }
}

impl Wire for Duration {
    fn put(&self, out: &mut Vec<u8>) {
        self.as_secs().put(out);
        self.subsec_nanos().put(out);
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (secs, nanos) = (u64::take(bytes)?, u32::take(bytes)?);
        (nanos < 1_000_000_000).then(|| Self::new(secs, nanos))
    }
}

macro_rules! tuples {
    ($(($($name:ident $index:tt),+))*) => { $(
        impl<$($name: Wire),+> Wire for ($($name,)+) {
            fn put(&self, out: &mut Vec<u8>) {
                $(self.$index.put(out);)+
            }
            #[expect(non_snake_case, reason = "a tuple's types are all the names there are")]
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                $(let Some($name) = $name::take(bytes) else { return None };)+
                Some(($($name,)+))
            }
        }
    )* };
}
tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Debug;

    #[track_caller]
    fn travels_and_is_canonical<T: Wire + PartialEq + Debug>(value: &T) {
        let bytes = value.to_bytes();
        assert_eq!(T::from_bytes(&bytes).as_ref(), Some(value));
        for cut in 0..bytes.len() {
            assert_eq!(T::from_bytes(&bytes[..cut]), None, "cut at {cut}");
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(T::from_bytes(&longer), None, "one byte too many");
    }

    #[test]
    fn every_wire_type_arrives_as_it_left_and_nothing_else_does() {
        travels_and_is_canonical(&(1_u8, -2_i64, u128::MAX, usize::MAX, 'é', 0.5_f64));
        travels_and_is_canonical(&vec![Some("你好".to_owned()), None]);
        travels_and_is_canonical(&Ok::<Vec<()>, String>(vec![(), ()]));
        travels_and_is_canonical(&Err::<(), String>("no".to_owned()));
        travels_and_is_canonical(&BTreeMap::from([(1_u32, true), (2, false)]));
        travels_and_is_canonical(&BTreeSet::from(["a".to_owned(), "b".to_owned()]));
        travels_and_is_canonical(&([3_i16; 2], Duration::new(1, 999_999_999)));
        travels_and_is_canonical(&[vec![1_u8], vec![]]);
        travels_and_is_canonical(&[(); 0]);
    }

    #[test]
    fn a_length_beyond_the_bytes_is_refused_before_anything_is_allocated() {
        let claimed = usize::MAX.to_bytes();
        assert_eq!(Vec::<()>::from_bytes(&claimed), None);
        assert_eq!(Vec::<u64>::from_bytes(&claimed), None);
        assert_eq!(String::from_bytes(&claimed), None);
    }

    #[test]
    fn a_second_encoding_of_a_value_is_refused() {
        assert_eq!(bool::from_bytes(&[2]), None);
        assert_eq!(BTreeSet::<u8>::from_bytes(&vec![2_u8, 1].to_bytes()), None);
        assert_eq!(BTreeSet::<u8>::from_bytes(&vec![1_u8, 1].to_bytes()), None);
        for keys in [[2_u8, 1], [1, 1]] {
            let pairs = keys.map(|key| (key, true)).to_vec();
            assert_eq!(BTreeMap::<u8, bool>::from_bytes(&pairs.to_bytes()), None);
        }
        assert_eq!(Duration::from_bytes(&(0_u64, u32::MAX).to_bytes()), None);
    }
}
