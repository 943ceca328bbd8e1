//! Makes sense of what `/proc` says; reads no file itself.

use super::calls::{self, Endless, Kind};
use crate::{Direction, Wait};
use std::str::FromStr;

/// What `/proc/<pid>/task/<tid>/status` tells of a thread.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Status {
    pub(crate) name: String,
    pub(crate) state: u8,
    pub(crate) parent: u32,
    /// Its context switches.
    pub(crate) activity: u64,
}

/// Bytes, since a name may be cut in the middle of a character.
pub(crate) fn parse_status(status: &[u8]) -> Option<Status> {
    let mut lines = status.split(|&byte| byte == b'\n');
    // The kernel writes them in this order.
    let mut value = |key: &str| lines.find_map(|line| line.strip_prefix(key.as_bytes()));
    Some(Status {
        name: unescaped(value("Name:\t")?),
        state: *value("State:\t")?.first()?,
        parent: number(value("PPid:")?)?,
        activity: number::<u64>(value("voluntary_ctxt_switches:")?)?
            .wrapping_add(number(value("nonvoluntary_ctxt_switches:")?)?),
    })
}

fn number<N: FromStr>(text: &[u8]) -> Option<N> {
    str::from_utf8(text).ok()?.trim().parse().ok()
}

/// A name as its thread has set it: the kernel writes only `\n` and `\\` in other ways.
fn unescaped(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    let parts = name.split(r"\\").map(|part| part.replace(r"\n", "\n"));
    parts.collect::<Vec<_>>().join(r"\")
}

/// What `/proc/<pid>/task/<tid>/syscall` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Running,
    /// Blocked, but in no system call.
    Outside,
    In {
        nr: i64,
        args: [u64; 6],
    },
}

pub(crate) fn parse_call(text: &str) -> Option<Call> {
    let mut words = text.split_ascii_whitespace();
    let first = words.next()?;
    if first == "running" {
        return Some(Call::Running);
    }
    let nr: i64 = first.parse().ok()?;
    if nr < 0 {
        return Some(Call::Outside);
    }
    let mut args = [0; 6];
    for arg in &mut args {
        let word = words.next()?.strip_prefix("0x")?;
        *arg = u64::from_str_radix(word, 16).ok()?;
    }
    Some(Call::In { nr, args })
}

/// What a descriptor refers to, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    Pipe(u64),
    Socket(u64),
    Timer,
}

/// Reads the target of a link `/proc/<pid>/fd/<n>`.
pub(crate) fn parse_link(target: &str) -> Option<Object> {
    if target == "anon_inode:[timerfd]" {
        return Some(Object::Timer);
    }
    let (kind, rest) = target.split_once(":[")?;
    let inode = rest.strip_suffix(']')?.parse().ok()?;
    match kind {
        "pipe" => Some(Object::Pipe(inode)),
        "socket" => Some(Object::Socket(inode)),
        _ => None,
    }
}

/// What a thread in `call` waits for, if it is asleep; `object` resolves descriptors.
pub(crate) fn classify(call: Call, object: impl Fn(i32) -> Option<Object>) -> Wait {
    let (nr, args) = match call {
        Call::Running => return Wait::Running,
        Call::Outside => return Wait::Other { syscall: -1 },
        Call::In { nr, args } => (nr, args),
    };
    let other = Wait::Other { syscall: nr };
    let on = |fd: u64, direction| {
        let fd = int(fd);
        Some(blocked_on(object(fd)?, fd, direction))
    };
    match calls::kind(nr) {
        None => other,
        Some(Kind::Sleep) => Wait::Timer,
        Some(Kind::Child) => Wait::Child,
        Some(Kind::Futex) => futex(args[1], args[3]).unwrap_or(other),
        Some(Kind::Pointer(arg, endless)) => timed(args[arg] != 0, endless, nr),
        Some(Kind::Millis(arg, endless)) => timed(int(args[arg]) >= 0, endless, nr),
        Some(Kind::Read) => on(args[0], Direction::Read).unwrap_or(other),
        Some(Kind::Write) => on(args[0], Direction::Write).unwrap_or(other),
        Some(Kind::Splice) => match (on(args[0], Direction::Read), on(args[2], Direction::Write)) {
            (Some(wait), None) | (None, Some(wait)) => wait,
            // Either end may be the one that blocks, and nothing tells which.
            _ => other,
        },
    }
}

/// A C `int` argument: the upper half of its register means nothing.
#[expect(clippy::cast_possible_truncation, reason = "the upper half is noise")]
fn int(arg: u64) -> i32 {
    (arg as u32).cast_signed()
}

fn timed(finite: bool, endless: Endless, syscall: i64) -> Wait {
    match endless {
        _ if finite => Wait::Timer,
        Endless::Lock => Wait::Lock,
        Endless::Poll => Wait::Poll,
        Endless::Other => Wait::Other { syscall },
    }
}

fn futex(operation: u64, timeout: u64) -> Option<Wait> {
    /// Leaves out the flags for private futexes and for the clock.
    const COMMAND: u64 = 0x7f;
    /// `WAIT`, `LOCK_PI`, `WAIT_BITSET`, `WAIT_REQUEUE_PI`, `LOCK_PI2`.
    const WAITS: [u64; 5] = [0, 6, 9, 11, 13];
    WAITS
        .contains(&(operation & COMMAND))
        .then_some(if timeout == 0 {
            Wait::Lock
        } else {
            Wait::Timer
        })
}

fn blocked_on(object: Object, fd: i32, direction: Direction) -> Wait {
    match object {
        Object::Pipe(inode) => Wait::Pipe {
            fd,
            inode,
            direction,
        },
        Object::Socket(inode) => Wait::Socket { fd, inode },
        Object::Timer => Wait::Timer,
    }
}

#[cfg(test)]
#[path = "wait_tests.rs"]
mod tests;
