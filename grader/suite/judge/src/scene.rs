//! Judges what several callers of one thing saw, whatever order they came in.

use crate::{Judge, Look, Seen, Shown, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

/// Letters of a step that are told.
const CUT: usize = 120;

/// What a README promises to callers who use one thing at the same time.
pub trait Scene: Clone + PartialEq {
    /// What can be called.
    type Call: Debug;

    /// A caller who has been inside a call goes on with a number, or panics with it: what the call
    /// gives then. `None` if this caller is not inside.
    fn come_out(&mut self, caller: u8, way: Result<u64, u64>) -> Option<Shown>;

    /// What a call that waits can be answered now: `None` if it must wait. That it is inside counts as
    /// an answer.
    fn answer(&mut self, caller: u8, call: &Self::Call) -> Option<Shown>;

    /// Whether all of these calls may go on waiting while nothing else happens.
    fn may_wait(&self, calls: &[&Self::Call]) -> bool;
}

/// A scene, and who waits for an answer.
#[derive(Clone, PartialEq)]
struct Moment<S> {
    scene: S,
    waiting: BTreeSet<u8>,
}

type Ways<S> = BTreeMap<Seen, Vec<Moment<S>>>;

impl<S: Scene> Moment<S> {
    /// Everything that may come of a step, and how it is then.
    fn after(mut self, step: &Step<S::Call>, calls: &BTreeMap<u8, &S::Call>, ways: &mut Ways<S>) {
        let (caller, way) = match step {
            Step::Start(caller, _) => {
                self.waiting.insert(*caller);
                return self.go_on(Seen::new(), calls, ways);
            }
            Step::Leave(caller, number) => (*caller, Ok(*number)),
            Step::Fall(caller, number) => (*caller, Err(*number)),
        };
        let came_out = self.scene.come_out(caller, way);
        let seen = came_out
            .map(|answer| (caller, answer))
            .into_iter()
            .collect();
        self.go_on(seen, calls, ways);
    }

    fn go_on(self, seen: Seen, calls: &BTreeMap<u8, &S::Call>, ways: &mut Ways<S>) {
        for caller in &self.waiting {
            let mut next = self.clone();
            next.waiting.remove(caller);
            if let Some(answer) = next.scene.answer(*caller, calls[caller]) {
                let mut seen = seen.clone();
                seen.push((*caller, answer));
                seen.sort();
                next.go_on(seen, calls, ways);
            }
        }
        let waiting: Vec<_> = self.waiting.iter().map(|caller| calls[caller]).collect();
        if self.scene.may_wait(&waiting) {
            let same = ways.entry(seen).or_default();
            if !same.contains(&self) {
                same.push(self);
            }
        }
    }
}

/// The first step after which something else was seen than what may be, and what may be.
fn first_wrong<S: Scene>(
    scene: &S,
    steps: &[Step<S::Call>],
    got: &[Seen],
) -> Option<(usize, Vec<Seen>)> {
    let calls = steps.iter().filter_map(|step| match step {
        Step::Start(caller, call) => Some((*caller, call)),
        Step::Leave(..) | Step::Fall(..) => None,
    });
    let calls: BTreeMap<u8, &S::Call> = calls.collect();
    let mut moments = vec![Moment {
        scene: scene.clone(),
        waiting: BTreeSet::new(),
    }];
    for (at, step) in steps.iter().enumerate() {
        let mut ways = Ways::new();
        for moment in moments {
            moment.after(step, &calls, &mut ways);
        }
        match got.get(at).and_then(|seen| ways.remove(seen)) {
            Some(next) => moments = next,
            None => return Some((at, ways.into_keys().collect())),
        }
    }
    (got.len() > steps.len()).then(|| (steps.len(), vec![Seen::new()]))
}

impl Judge {
    /// Looks at what was seen after each step of a scene, and notes the first step after which that is
    /// none of what the README allows, in whatever order the callers came. `opened` tells how the scene
    /// begins. The cause is that of the mistaken scene that allows all of it, if there is one.
    pub fn scene<S: Scene>(
        &mut self,
        opened: impl Into<String>,
        scene: &S,
        mistaken: impl IntoIterator<Item = (S, &'static str)>,
        steps: &[Step<S::Call>],
        got: &[Seen],
    ) {
        let Some((at, ways)) = first_wrong(scene, steps, got) else {
            return;
        };
        let mut story = vec![opened.into()];
        let until = steps.iter().take(at + 1);
        story.extend(until.map(|step| crate::judge::brief(step, CUT)));
        let seen = got.get(at).map_or("nothing".to_owned(), told);
        let ways: Vec<String> = ways.iter().map(told).collect();
        let mut look = self.require(story.join("\n"), false, ways.join("\nor\n"), seen);
        restless(&mut look, &got[at.min(got.len())..]);
        for (mistaken, cause) in mistaken {
            look.because_if(first_wrong(&mistaken, steps, got).is_none(), cause);
        }
    }
}

fn restless(look: &mut Look<'_>, got: &[Seen]) {
    let mut seen = got.iter().flatten();
    look.because_if(
        seen.any(|(caller, _)| *caller == 0),
        "to wait is to sleep; trying again and again keeps a processor busy",
    );
}

fn told(seen: &Seen) -> String {
    let lines = seen.iter().map(|(caller, what)| match caller {
        0 => format!("does not sleep: {what:?}"),
        caller => format!("caller-{caller}: {what:?}"),
    });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return "no call comes back".to_owned();
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lock: one caller is inside, the others wait. `spare` keys let more of them in.
    #[derive(Clone, PartialEq)]
    struct Lock {
        spare: usize,
        inside: BTreeSet<u8>,
    }

    impl Scene for Lock {
        type Call = ();
        fn come_out(&mut self, caller: u8, way: Result<u64, u64>) -> Option<Shown> {
            let inside = self.inside.remove(&caller);
            inside.then(|| Shown::of(&way))
        }
        fn answer(&mut self, caller: u8, (): &()) -> Option<Shown> {
            let free = self.inside.len() <= self.spare;
            free.then(|| {
                self.inside.insert(caller);
                Shown::new("is inside")
            })
        }
        fn may_wait(&self, calls: &[&()]) -> bool {
            calls.is_empty() || self.inside.len() > self.spare
        }
    }

    fn lock(spare: usize) -> Lock {
        let inside = BTreeSet::new();
        Lock { spare, inside }
    }

    fn seen(seen: &[(u8, &str)]) -> Seen {
        let seen = seen.iter();
        seen.map(|(caller, what)| (*caller, Shown::new(*what)))
            .collect()
    }

    const STEPS: [Step<()>; 4] = [
        Step::Start(1, ()),
        Step::Start(2, ()),
        Step::Start(3, ()),
        Step::Leave(1, 5),
    ];

    fn noted(got: &[Seen]) -> Option<(String, String, String)> {
        let mut judge = Judge::default();
        judge.scene("a lock", &lock(0), [(lock(1), "two keys")], &STEPS, got);
        let (mismatches, _) = judge.into_check().into_mismatches();
        let only = mismatches.first()?;
        let texts = [&only.what, &only.expected, &only.cause].map(ToString::to_string);
        let [what, expected, cause] = texts;
        Some((what, expected, cause))
    }

    #[test]
    fn whoever_comes_first_may_go_first() {
        for next in [2, 3] {
            let last = seen(&[(1, "Ok(5)"), (next, "is inside")]);
            let got = [seen(&[(1, "is inside")]), seen(&[]), seen(&[]), last];
            assert_eq!(noted(&got), None, "caller-{next}");
        }
    }

    #[test]
    fn nobody_comes_too_early_is_forgotten_or_comes_twice() {
        let first = seen(&[(1, "is inside")]);
        let both = seen(&[(1, "Ok(5)"), (2, "is inside"), (3, "is inside")]);
        let nobody = seen(&[(1, "Ok(5)")]);
        for last in [both, nobody] {
            let got = [first.clone(), seen(&[]), seen(&[]), last];
            let (what, expected, _) = noted(&got).unwrap();
            assert!(what.ends_with("caller-1 goes on with 5"), "{what}");
            assert!(expected.contains("\nor\n"), "{expected}");
        }
        assert!(noted(&[first.clone()]).is_some());
        let early = [first, seen(&[(2, "is inside")])];
        assert_eq!(noted(&early).unwrap().1, "no call comes back");
    }

    #[test]
    fn a_mistake_is_told_only_where_it_explains_every_step() {
        let inside = |caller| seen(&[(caller, "is inside")]);
        let last = seen(&[(1, "Ok(5)"), (3, "is inside")]);
        let got = [inside(1), inside(2), seen(&[]), last];
        assert_eq!(noted(&got).unwrap().2, "two keys");
        let got = [inside(1), inside(2), inside(3), seen(&[])];
        assert_eq!(noted(&got).unwrap().2, "");
    }
}
