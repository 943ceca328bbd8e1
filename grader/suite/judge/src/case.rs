//! The deciding half of one case.

use crate::judge::steps;
use crate::{Check, Excerpt, Judge, Mismatch, Model, Rng};
use std::fmt::Debug;
use suite_drive::{Event, Wire, wire};

/// Events that are told; the others are counted.
const MAX_EVENTS: usize = 200;
/// Longest text of an event, in bytes.
const MAX_EVENT: usize = 256;

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
        /// Tells the input of the same source, as far as the driver has come in it.
        describe: fn(Rng, Option<usize>) -> Excerpt,
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
        /// The input in Rust's debug form.
        pub input: Excerpt,
        /// What is not as it must be.
        pub mismatches: Vec<Mismatch>,
        /// Mismatches besides these.
        pub mismatches_left_out: usize,
        /// What the driver saw happen, in order.
        pub events: Vec<Event>,
        /// Events after these.
        pub events_left_out: usize,
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

/// Tells the whole input, in Rust's debug form.
pub fn describe<I: Debug>(input: fn(&mut Rng) -> I, mut rng: Rng, _: Option<usize>) -> Excerpt {
    Excerpt::of_debug(&input(&mut rng))
}

/// Tells the call that the driver has come to, and those before it that matter.
pub fn describe_calls<M: Model>(
    input: fn(&mut Rng) -> Vec<M::Call>,
    mut rng: Rng,
    reached: Option<usize>,
) -> Excerpt {
    let calls = input(&mut rng);
    let steps = reached
        .filter(|at| *at < calls.len())
        .map(|at| steps::<M>(&calls, at));
    steps.map_or_else(Excerpt::default, |steps| {
        Excerpt::new(format!("{steps}    <- did not return"))
    })
}

/// Tells the scene that the driver has come to.
pub fn describe_scenes<S: Debug>(
    input: fn(&mut Rng) -> Vec<S>,
    mut rng: Rng,
    reached: Option<usize>,
) -> Excerpt {
    let scenes = input(&mut rng);
    let reached = reached.and_then(|at| scenes.get(at));
    reached.map_or_else(Excerpt::default, |scene| Excerpt::of_debug(scene))
}

/// What a recording judge finds.
pub fn record(judge: impl FnOnce(&mut Judge)) -> Check {
    let mut found = Judge::default();
    judge(&mut found);
    found.into_check()
}

/// Decodes an answer and judges it against the input drawn from `rng`.
pub fn decide<I: Wire + Debug, R: Wire>(
    input: fn(&mut Rng) -> I,
    judge: fn(&I, &R, &[Event]) -> Check,
    rng: Rng,
    answer: &[u8],
) -> Judgement {
    decided(input, judge, rng, answer, |input| Excerpt::of_debug(input))
}

/// The same for calls: the few that matter are told with what differs.
pub fn decide_calls<I: Wire, R: Wire>(
    input: fn(&mut Rng) -> I,
    judge: fn(&I, &R, &[Event]) -> Check,
    rng: Rng,
    answer: &[u8],
) -> Judgement {
    decided(input, judge, rng, answer, |_| Excerpt::default())
}

fn decided<I, R: Wire>(
    input: fn(&mut Rng) -> I,
    judge: fn(&I, &R, &[Event]) -> Check,
    mut rng: Rng,
    answer: &[u8],
    told: fn(&I) -> Excerpt,
) -> Judgement {
    let Some((got, events)) = <(R, Vec<Event>)>::from_bytes(answer) else {
        return Judgement::Malformed;
    };
    let input = input(&mut rng);
    let check = judge(&input, &got, &events);
    if check.passed() {
        return Judgement::Right;
    }
    Judgement::Wrong(wrong(told(&input), check, events))
}

fn wrong(input: Excerpt, check: Check, mut events: Vec<Event>) -> Wrong {
    let events_left_out = events.len().saturating_sub(MAX_EVENTS);
    events.truncate(MAX_EVENTS);
    for event in &mut events {
        for text in [&mut event.thread, &mut event.what] {
            text.truncate(text.floor_char_boundary(MAX_EVENT));
        }
    }
    let (mismatches, mismatches_left_out) = check.into_mismatches();
    Wrong {
        input,
        mismatches,
        mismatches_left_out,
        events,
        events_left_out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::equal;

    #[test]
    fn the_judgement_on_a_million_wrong_values_is_short() {
        let answer: (Vec<u8>, Vec<Event>) = (vec![7; 1_000_000], Vec::new());
        let judged = decide::<u8, Vec<u8>>(
            |_| 0,
            |_, got, _| equal(got, &Vec::<u8>::new()).named(format!("{got:?}")),
            Rng::new(1, "kata", "case"),
            &answer.to_bytes(),
        );
        assert!(matches!(judged, Judgement::Wrong(_)));
        let bytes = judged.to_bytes().len();
        assert!(bytes < 64 << 10, "{bytes} bytes");
    }

    #[test]
    fn a_judgement_tells_the_first_events_and_counts_the_others() {
        let event = Event {
            thread: "é".repeat(1000),
            what: "started".to_owned(),
            id: 1,
        };
        let events = vec![event; 1000];
        let wrong = wrong(Excerpt::default(), Check::pass(), events);
        assert_eq!(wrong.events.len() + wrong.events_left_out, 1000);
        assert_eq!(wrong.events[0].thread, "é".repeat(MAX_EVENT / 2));
    }
}
