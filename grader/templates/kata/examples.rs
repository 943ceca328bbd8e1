//! The contract by example: `cargo test` in this folder runs it.

use new_kata::double;

#[test]
fn a_number_is_doubled() {
    assert_eq!(double(21), 42);
}
