//! Hostile bytes for the parts that read what others wrote; bounded, as a part of the tests.
//!
//! `cargo bolero test <name>` runs the same targets with a fuzzer for as long as you like.

use bolero::check;
use cap::Cap;
use std::alloc::System;

/// Most memory that the test program may hold at once, in bytes.
const MEMORY: usize = 512 << 20;

/// Ends the test program when something allocates beyond [`MEMORY`].
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, MEMORY);

/// Inputs for each target.
const ITERATIONS: usize = 20_000;

/// Runs `target` on random bytes.
pub(crate) fn bytes(target: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    check!()
        .with_iterations(ITERATIONS)
        .for_each(|bytes: &[u8]| target(bytes));
}

/// Runs `target` on `seed` with pieces taken out, changed, doubled and put in.
pub(crate) fn mutated(seed: &[u8], target: impl Fn(&[u8]) + std::panic::RefUnwindSafe) {
    let changes = bolero::produce::<Vec<(u16, u8, u8)>>()
        .with()
        .len(0..8_usize);
    check!()
        .with_generator(changes)
        .with_iterations(ITERATIONS)
        .for_each(|changes| {
            let mut bytes = seed.to_owned();
            for change in changes {
                apply(&mut bytes, *change);
            }
            target(&bytes);
        });
}

fn apply(bytes: &mut Vec<u8>, (place, kind, value): (u16, u8, u8)) {
    if bytes.is_empty() {
        return bytes.push(value);
    }
    let place = usize::from(place) % bytes.len();
    let end = (place + usize::from(value)).min(bytes.len());
    match kind % 5 {
        0 => bytes[place] = value,
        1 => bytes.insert(place, value),
        2 => drop(bytes.drain(place..end)),
        3 => bytes.truncate(place),
        _ => {
            let piece = bytes[place..end].to_owned();
            bytes.splice(place..place, piece);
        }
    }
}
