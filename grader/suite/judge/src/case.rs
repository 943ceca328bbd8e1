//! The deciding half of one case.

use crate::{Check, Mismatch, Rng};
use std::fmt::Debug;
use suite_drive::{Event, Wire, wire};

/// The deciding half of one case.
#[derive(Clone, Copy)]
pub struct Case {
    /// Its name, a sentence in `snake_case`.
    pub name: &'static str,
    /// The property it holds the student's code to.
    pub title: &'static str,
    /// What it is worth.
    pub points: u32,
    /// How it is decided.
    pub half: Half,
}

/// How a case is decided.
#[derive(Clone, Copy)]
pub enum Half {
    /// By running it.
    Act {
        /// Draws the input, encoded.
        draw: fn(Rng) -> Vec<u8>,
        /// Judges an answer to the input of the same source.
        judge: fn(Rng, &[u8]) -> Judgement,
        /// Whether it rests on events that the process only claims.
        claims: bool,
    },
    /// By the compiler, which must refuse a program at a marked line.
    CompileFail,
}

wire! {
    /// What an answer is worth.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Judgement {
        /// As it must be.
        Right,
        /// Not as it must be.
        Wrong(Wrong),
        /// The bytes are no answer to this case.
        Malformed
    }
}

wire! {
    /// Why an answer is wrong.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Wrong {
        /// The input, as a judge's author would print it.
        pub input: String,
        /// Everything that is not as it must be.
        pub mismatches: Vec<Mismatch>,
        /// What the driver saw happen, in order.
        pub events: Vec<Event>,
    }
}

/// Whether a judge looks at the parameter of this name.
#[must_use]
pub const fn is_used(name: &str) -> bool {
    name.as_bytes()[0] != b'_'
}

/// Draws and encodes.
pub fn draw<I: Wire>(input: fn(&mut Rng) -> I, mut rng: Rng) -> Vec<u8> {
    input(&mut rng).to_bytes()
}

/// Decodes an answer and judges it against the input drawn from `rng`.
pub fn decide<I: Wire + Debug, R: Wire>(
    input: fn(&mut Rng) -> I,
    judge: fn(&I, &R, &[Event]) -> Check,
    mut rng: Rng,
    answer: &[u8],
) -> Judgement {
    let Some((got, events)) = <(R, Vec<Event>)>::from_bytes(answer) else {
        return Judgement::Malformed;
    };
    let input = input(&mut rng);
    let check = judge(&input, &got, &events);
    if check.passed() {
        return Judgement::Right;
    }
    Judgement::Wrong(Wrong {
        input: format!("{input:#?}"),
        mismatches: check.mismatches,
        events,
    })
}
