//! The contract by example: `cargo test` in this folder runs it.

use lost_update::Step::{Load, Store};
use lost_update::Teller::{First, Second};
use lost_update::{BadSchedule, outcomes, replay};
use std::collections::BTreeSet;

#[test]
fn a_schedule_can_lose_a_deposit() {
    let amounts = [5, 8];
    let one_by_one = [Load(First), Store(First), Load(Second), Store(Second)];
    assert_eq!(replay(0, amounts, &one_by_one), Ok(13));

    let mixed = [Load(First), Load(Second), Store(First), Store(Second)];
    assert_eq!(replay(0, amounts, &mixed), Ok(8));

    assert_eq!(outcomes(0, amounts), BTreeSet::from([5, 8, 13]));
}

#[test]
fn a_list_that_is_no_schedule_is_refused() {
    let stores_first = [Store(First), Load(First), Load(Second), Store(Second)];
    assert_eq!(replay(0, [5, 8], &stores_first), Err(BadSchedule));
    assert_eq!(
        replay(0, [5, 8], &[Load(First), Store(First)]),
        Err(BadSchedule)
    );
}
