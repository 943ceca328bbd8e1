//! Judges what several callers of one thing saw, whatever order they came in.

use crate::{Judge, Seen, Shown, Step};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

/// What may be seen after a step: so much of it is told at most.
const MAX_WAYS: usize = 8;
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

type Calls<'a, S> = BTreeMap<u8, &'a <S as Scene>::Call>;

impl<S: Scene> Moment<S> {
    /// What comes of a step at once.
    fn take(&mut self, step: &Step<S::Call>) -> Seen {
        let (caller, way) = match step {
            Step::Start(caller, _) => {
                self.waiting.insert(*caller);
                return Seen::new();
            }
            Step::Leave(caller, number) => (*caller, Ok(*number)),
            Step::Fall(caller, number) => (*caller, Err(*number)),
        };
        let answer = self.scene.come_out(caller, way);
        answer.map(|answer| (caller, answer)).into_iter().collect()
    }

    /// Each call that may be answered now, and how it is then.
    fn answers(&self, calls: &Calls<'_, S>) -> Vec<(u8, Shown, Self)> {
        let answered = self.waiting.iter().filter_map(|caller| {
            let mut next = self.clone();
            next.waiting.remove(caller);
            let answer = next.scene.answer(*caller, calls[caller])?;
            Some((*caller, answer, next))
        });
        answered.collect()
    }

    fn may_rest(&self, calls: &Calls<'_, S>) -> bool {
        let waiting: Vec<_> = self.waiting.iter().map(|caller| calls[caller]).collect();
        self.scene.may_wait(&waiting)
    }

    /// How it may be after exactly this was seen.
    fn follow(
        self,
        left: &Seen,
        calls: &Calls<'_, S>,
        tried: &mut Vec<Self>,
        ends: &mut Vec<Self>,
    ) {
        if tried.contains(&self) {
            return;
        }
        tried.push(self.clone());
        for (caller, answer, next) in self.answers(calls) {
            let mut left = left.clone();
            if taken(&mut left, &(caller, answer)) {
                next.follow(&left, calls, tried, ends);
            }
        }
        if left.is_empty() && self.may_rest(calls) {
            ends.push(self);
        }
    }

    /// Everything that may be seen next.
    fn explore(self, seen: Seen, calls: &Calls<'_, S>, ways: &mut BTreeSet<Seen>) {
        for (caller, answer, next) in self.answers(calls) {
            if ways.len() < MAX_WAYS {
                let mut seen = seen.clone();
                seen.push((caller, answer));
                seen.sort();
                next.explore(seen, calls, ways);
            }
        }
        if self.may_rest(calls) {
            ways.insert(seen);
        }
    }
}

fn taken(left: &mut Seen, one: &(u8, Shown)) -> bool {
    let place = left.iter().position(|other| other == one);
    place.map(|place| left.remove(place)).is_some()
}

/// The first step after which something else was seen than what may be, and what may be.
fn first_wrong<S: Scene>(
    scene: &S,
    steps: &[Step<S::Call>],
    got: &[Seen],
) -> Option<(usize, BTreeSet<Seen>)> {
    let calls = steps.iter().filter_map(|step| match step {
        Step::Start(caller, call) => Some((*caller, call)),
        Step::Leave(..) | Step::Fall(..) => None,
    });
    let calls: Calls<'_, S> = calls.collect();
    let mut moments = vec![Moment {
        scene: scene.clone(),
        waiting: BTreeSet::new(),
    }];
    for (at, step) in steps.iter().enumerate() {
        let (mut tried, mut ends) = (Vec::new(), Vec::new());
        for mut moment in moments.clone() {
            let mut left = got.get(at).cloned().unwrap_or_default();
            let first = moment.take(step);
            if at < got.len() && first.iter().all(|one| taken(&mut left, one)) {
                moment.follow(&left, &calls, &mut tried, &mut ends);
            }
        }
        if ends.is_empty() {
            let mut ways = BTreeSet::new();
            for mut moment in moments {
                let first = moment.take(step);
                moment.explore(first, &calls, &mut ways);
            }
            return Some((at, ways));
        }
        moments = ends;
    }
    (got.len() > steps.len()).then(|| (steps.len(), BTreeSet::from([Seen::new()])))
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
        let expected: Vec<String> = ways.iter().map(told).collect();
        let mut look = self.require(story.join("\n"), false, expected.join("\nor\n"), seen);
        let is_restless = got
            .iter()
            .skip(at)
            .flatten()
            .any(|(caller, _)| *caller == 0);
        look.because_if(
            is_restless,
            "to wait is to sleep; trying again and again keeps a processor busy",
        );
        let behind = ways
            .iter()
            .all(|way| way.len() > got.get(at).map_or(0, Vec::len));
        look.because_if(
            !is_restless && behind && got.len() > at && !is_anybody_inside(&steps[..=at], &got[..=at]),
            "nobody is inside a call any more, and still some wait: for each other, or for a wake-up \
             that nobody sends",
        );
        for (mistaken, cause) in mistaken {
            look.because_if(first_wrong(&mistaken, steps, got).is_none(), cause);
        }
    }
}

/// Whether a caller who went inside has not come out again.
fn is_anybody_inside<C>(steps: &[Step<C>], got: &[Seen]) -> bool {
    let mut inside = BTreeSet::new();
    for (step, seen) in steps.iter().zip(got) {
        for (caller, what) in seen {
            if what.text() == suite_drive::INSIDE {
                inside.insert(*caller);
            }
        }
        if let Step::Leave(caller, _) | Step::Fall(caller, _) = step {
            inside.remove(caller);
        }
    }
    !inside.is_empty()
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
            assert!(what.ends_with("caller-1 goes on with n = 5"), "{what}");
            assert!(expected.contains("\nor\n"), "{expected}");
        }
        assert!(noted(std::slice::from_ref(&first)).is_some());
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

    #[test]
    fn that_everybody_waits_for_each_other_is_told() {
        let inside = seen(&[(1, "is inside")]);
        let got = [inside, seen(&[]), seen(&[]), seen(&[(1, "Ok(5)")])];
        let cause = noted(&got).unwrap().2;
        assert!(cause.contains("for each other"), "{cause}");
    }
}
