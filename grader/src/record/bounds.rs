//! What keeps a report short, whatever a submission answers, prints or is called.

use super::{CaseResult, CompilerMessages, Failure, HappenedEvent, Warnings};
use crate::text::is_visible;
use serde::{Deserialize, Serialize};
use std::fmt;
use suite_judge::Excerpt;

/// What the texts of one kata's failures come to at most.
const TEXTS: usize = 384 << 10;
/// What the events of one kata come to at most.
const EVENTS: usize = 128 << 10;
/// What one event comes to besides its texts.
const EVENT: usize = 130;
/// What the mark in a text that is cut comes to at most.
const MARK: usize = 40;
/// What the compiler's messages about one kata come to at most.
const MESSAGES: usize = 64 << 10;
/// What one of them comes to at most.
const MESSAGE: usize = 16 << 10;
/// Warnings that a report has.
const WARNINGS: usize = 50;
/// What a name, for example of a file or a thread, comes to at most.
const NAME: usize = 1 << 10;

/// A text. If it is too long, it is cut in the middle, and a mark says how many bytes are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(from = "String", into = "String")]
pub(crate) struct Text(pub(super) Excerpt);

impl Text {
    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn shrink(&mut self, max: usize) {
        self.0.shrink(max, cost);
    }

    fn cost(&self) -> usize {
        self.0.cost(cost)
    }
}

impl From<Excerpt> for Text {
    fn from(excerpt: Excerpt) -> Self {
        Self(excerpt)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Excerpt::whole(text))
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.to_string()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A name, not too long.
pub(crate) fn name(text: impl Into<String>) -> String {
    let mut name = Text::from(text.into());
    name.shrink(NAME);
    name.to_string()
}

/// Bytes that a character takes in the form of a report in which it takes the most.
fn cost(letter: char) -> usize {
    match letter {
        '"' | '\'' | '&' | '<' | '>' => 6,
        '\\' | '\n' | '\t' => 2,
        letter if !is_visible(letter) => 6 * letter.len_utf16(),
        letter => letter.len_utf8(),
    }
}

fn cost_of(text: &str) -> usize {
    text.chars().map(cost).sum()
}

impl CompilerMessages {
    /// Takes one more, unless there is no room for it, or for one before it; whether it did.
    pub(crate) fn push(&mut self, message: impl Into<String>) -> bool {
        let mut message = Text::from(message.into());
        message.shrink(MESSAGE);
        let used: usize = self.messages.iter().map(|message| cost_of(message)).sum();
        let has_room = self.left_out == 0 && used + message.cost() + MARK <= MESSAGES;
        if has_room {
            self.messages.push(message.to_string());
        } else {
            self.left_out += 1;
        }
        has_room
    }
}

impl<T: Into<String>> FromIterator<T> for CompilerMessages {
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Self {
        let mut messages = Self::default();
        for message in all {
            messages.push(message);
        }
        messages
    }
}

impl FromIterator<String> for Warnings {
    fn from_iter<I: IntoIterator<Item = String>>(all: I) -> Self {
        let mut all = all.into_iter();
        Self {
            warnings: all.by_ref().take(WARNINGS).map(name).collect(),
            left_out: all.count(),
        }
    }
}

/// Cuts what the cases of one kata say down to its bounds. What one of them has too much is not
/// taken from another that has little.
pub(crate) fn shorten(cases: &mut [CaseResult]) {
    let mut failures: Vec<&mut Failure> = cases
        .iter_mut()
        .filter_map(|case| case.failure.as_mut())
        .collect();
    shorten_events(&mut failures);
    let mut texts: Vec<&mut Text> = failures
        .into_iter()
        .flat_map(|failure| failure.texts())
        .collect();
    let costs: Vec<usize> = texts.iter().map(|text| text.cost()).collect();
    let share = fair_share(&costs, TEXTS);
    for (text, cost) in texts.iter_mut().zip(costs) {
        if cost > share {
            text.shrink(share.saturating_sub(MARK));
        }
    }
}

fn shorten_events(failures: &mut [&mut Failure]) {
    let cost = |event: &HappenedEvent| EVENT + cost_of(&event.thread) + cost_of(&event.what);
    let costs = failures
        .iter()
        .map(|failure| failure.events.iter().map(cost).sum());
    let share = fair_share(&costs.collect::<Vec<usize>>(), EVENTS);
    for failure in failures {
        let mut spent = 0;
        let kept = failure.events.iter().take_while(|event| {
            spent += cost(event);
            spent <= share
        });
        let kept = kept.count();
        failure.events_left_out += failure.events.len() - kept;
        failure.events.truncate(kept);
    }
}

impl Failure {
    fn texts(&mut self) -> Vec<&mut Text> {
        let mut texts = vec![&mut self.input, &mut self.stdout, &mut self.stderr];
        for mismatch in &mut self.mismatches {
            texts.extend([
                &mut mismatch.what,
                &mut mismatch.expected,
                &mut mismatch.got,
                &mut mismatch.cause,
                &mut mismatch.note,
            ]);
        }
        texts.extend(self.panics.iter_mut().map(|panic| &mut panic.message));
        texts
    }
}

/// The most that one of these may have so that all together have at most `budget`, if whoever
/// needs less leaves the rest to the others.
fn fair_share(needs: &[usize], budget: usize) -> usize {
    let mut needs = needs.to_vec();
    needs.sort_unstable();
    let (mut left, mut sharers) = (budget, needs.len());
    for need in needs {
        if need > left / sharers {
            return left / sharers;
        }
        left -= need;
        sharers -= 1;
    }
    budget
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::flood::{case, flood};

    #[test]
    fn whoever_needs_little_leaves_the_rest_to_the_others() {
        for (needs, budget, share) in [
            (&[][..], 10, 10),
            (&[3, 4], 10, 10),
            (&[9, 9], 10, 5),
            (&[2, 9, 9], 10, 4),
            (&[9, 1, 100], 20, 10),
        ] {
            assert_eq!(fair_share(needs, budget), share, "{needs:?} of {budget}");
        }
    }

    #[test]
    fn a_flood_takes_nothing_from_a_case_that_says_little() {
        let small = case(Failure {
            input: "[1, 2]".to_owned().into(),
            stdout: "line\n".repeat(100).into(),
            ..Failure::default()
        });
        let mut cases = vec![flood('x'), small.clone(), flood('\u{1b}')];
        shorten(&mut cases);
        assert_eq!(cases[1], small);
    }

    #[test]
    fn the_first_messages_of_the_compiler_are_kept_and_the_others_are_counted() {
        let message = "\u{1b}[1merror\u{1b}[0m: long\n".repeat(20);
        let messages: CompilerMessages = (0..1000).map(|_| message.clone()).collect();
        assert!(messages.messages.len() > 20);
        assert_eq!(messages.messages.len() + messages.left_out, 1000);
        let json = serde_json::to_string(&messages).unwrap();
        assert!(json.len() < 80 << 10, "{} bytes", json.len());
        let long: CompilerMessages = ["x".repeat(1 << 20), "short".to_owned()]
            .into_iter()
            .collect();
        assert_eq!(long.left_out, 0);
        assert!(long.messages[0].contains("bytes left out"));
    }

    #[test]
    fn twenty_thousand_warnings_are_fifty_and_a_number() {
        let warnings: Warnings = (0..20_000).map(|n| format!("stray {n}")).collect();
        assert_eq!(warnings.warnings.len(), 50);
        assert_eq!(warnings.left_out, 19_950);
    }
}
