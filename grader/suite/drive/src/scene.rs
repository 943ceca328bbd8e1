//! Several callers who use one thing at the same time, moved on step by step.

use crate::{Settled, Shown, settle, spawn};
use std::any::Any;
use std::fmt::{self, Debug};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use wire::Wire;

/// What happens next in a scene.
#[derive(Clone, PartialEq, Eq)]
pub enum Step<C> {
    /// A caller, on a thread of its own, begins a call.
    Start(u8, C),
    /// A caller who is [`Inside`] its call goes on with this number.
    Leave(u8, u64),
    /// A caller who is [`Inside`] its call panics with this number.
    Fall(u8, u64),
}

impl<C: Debug> Debug for Step<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(caller, call) => write!(f, "caller-{caller}: {call:?}"),
            Self::Leave(caller, number) => write!(f, "caller-{caller} goes on with n = {number}"),
            Self::Fall(caller, number) => write!(f, "caller-{caller} panics there with {number}"),
        }
    }
}

impl<C: Wire> Wire for Step<C> {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Start(caller, call) => {
                0_u8.put(out);
                caller.put(out);
                call.put(out);
            }
            Self::Leave(caller, number) => (1_u8, *caller, *number).put(out),
            Self::Fall(caller, number) => (2_u8, *caller, *number).put(out),
        }
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (kind, caller) = <(u8, u8)>::take(bytes)?;
        Some(match kind {
            0 => Self::Start(caller, C::take(bytes)?),
            1 => Self::Leave(caller, u64::take(bytes)?),
            2 => Self::Fall(caller, u64::take(bytes)?),
            _ => return None,
        })
    }
}

/// What came of one step: callers who are inside now, or have their answer. Caller 0 tells of
/// threads that do not come to rest.
pub type Seen = Vec<(u8, Shown)>;

/// What is seen of a caller who is inside.
pub const INSIDE: &str = "is inside";

/// How a caller who is inside comes out again.
type Way = Result<u64, u64>;

/// Lets a driver's closure stay inside a call of the student's code.
#[derive(Debug)]
pub struct Inside {
    caller: u8,
    seen: Sender<(u8, Shown)>,
    opened: Receiver<Way>,
}

impl Inside {
    /// Tells that the caller is inside, and waits there for its [`Step::Leave`] or [`Step::Fall`].
    ///
    /// # Panics
    /// When it is [`Step::Fall`].
    #[must_use]
    pub fn stay(&self) -> u64 {
        let _ = self.seen.send((self.caller, Shown::new(INSIDE)));
        match self.opened.recv() {
            Ok(Ok(number)) => number,
            Ok(Err(number)) => resume_unwind(Box::new(number)),
            Err(_) => 0,
        }
    }
}

/// What `body` gives, or the number that it panics with.
pub fn caught(body: impl FnOnce() -> Shown) -> Shown {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| panicked(&*payload))
}

fn panicked(payload: &(dyn Any + Send)) -> Shown {
    payload.downcast_ref::<u64>().map_or_else(
        || Shown::new("a panic with another payload"),
        |number| Shown::new(format!("a panic with {number}")),
    )
}

/// Plays a scene: after each step, waits until every thread has come as far as it can. A call that
/// never comes back is left alone, and so is a scene with a thread that does not come to rest.
///
/// # Panics
/// With a panic of the student's code.
pub fn play<T, C>(thing: T, steps: &[Step<C>], ask: fn(&T, &C, &Inside) -> Shown) -> Vec<Seen>
where
    T: Send + Sync + 'static,
    C: Clone + Send + 'static,
{
    let thing = Arc::new(thing);
    let (tell, told) = mpsc::channel();
    let mut cast = Cast::default();
    let mut all = Vec::new();
    for step in steps {
        match step {
            Step::Start(caller, call) => {
                let (door, opened) = mpsc::channel();
                let inside = Inside {
                    caller: *caller,
                    seen: tell.clone(),
                    opened,
                };
                let (thing, call) = (Arc::clone(&thing), call.clone());
                let answer = Box::new(move || {
                    let answer = ask(&thing, &call, &inside);
                    let _ = inside.seen.send((inside.caller, answer));
                });
                cast.start(*caller, door, answer);
            }
            Step::Leave(caller, number) => cast.open(*caller, Ok(*number)),
            Step::Fall(caller, number) => cast.open(*caller, Err(*number)),
        }
        let settled = settle();
        let mut seen: Seen = told.try_iter().collect();
        seen.sort();
        all.push(seen);
        if let Settled::Restless(threads) = settled {
            all.push(vec![(0, Shown::new(threads))]);
            return all;
        }
    }
    cast.end();
    all
}

/// Plays one scene after the other, up to the first with a thread that does not come to rest.
pub fn play_all<S>(scenarios: &[S], play: fn(&S) -> Vec<Seen>) -> Vec<Vec<Seen>> {
    let mut all = Vec::new();
    for (index, scenario) in scenarios.iter().enumerate() {
        crate::reached(index);
        let seen = play(scenario);
        let restless = seen.iter().flatten().any(|(caller, _)| *caller == 0);
        all.push(seen);
        if restless {
            break;
        }
    }
    all
}

/// The callers of a scene.
#[derive(Default)]
struct Cast {
    doors: Vec<(u8, Sender<Way>)>,
    threads: Vec<JoinHandle<()>>,
}

impl Cast {
    fn start(&mut self, caller: u8, door: Sender<Way>, call: Box<dyn FnOnce() + Send>) {
        self.doors.push((caller, door));
        self.threads.push(spawn(&format!("caller-{caller}"), call));
    }

    fn open(&self, caller: u8, way: Way) {
        for (owner, door) in &self.doors {
            if *owner == caller {
                let _ = door.send(way);
            }
        }
    }

    fn end(self) {
        for thread in self.threads {
            if thread.is_finished()
                && let Err(payload) = thread.join()
            {
                resume_unwind(payload);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_travel_and_are_told_in_words() {
        let steps = [Step::Start(1, 7_u64), Step::Leave(1, 5), Step::Fall(2, 6)];
        for step in &steps {
            assert_eq!(Step::from_bytes(&step.to_bytes()).as_ref(), Some(step));
        }
        assert_eq!(
            Step::<u64>::from_bytes(&(9_u8, 1_u8, 1_u64).to_bytes()),
            None
        );
        let told = format!("{steps:?}");
        assert_eq!(
            told,
            "[caller-1: 7, caller-1 goes on with n = 5, caller-2 panics there with 6]"
        );
    }

    #[test]
    fn a_panic_is_told_by_the_number_that_the_driver_panics_with() {
        let told = caught(|| resume_unwind(Box::new(3_u64)));
        assert_eq!(told, Shown::new("a panic with 3"));
        let other = caught(|| crate::unwind());
        assert_eq!(other, Shown::new("a panic with another payload"));
    }
}
