//! The system calls a thread may sleep in, and where each has its timeout or descriptor.

/// How to read the arguments of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Always ends at a set time.
    Sleep,
    /// `futex`: the operation decides whether it waits.
    Futex,
    /// A pointer to the timeout is in this argument, null for none.
    Pointer(usize, Endless),
    /// The timeout in milliseconds is in this argument, a C `int`, negative for none.
    Millis(usize, Endless),
    /// Waits for a child.
    Child,
    /// Takes data from the descriptor in argument 0.
    Read,
    /// Gives data to the descriptor in argument 0.
    Write,
    /// Moves data from the descriptor in argument 0 to that in argument 2.
    Splice,
}

/// What a call with no timeout waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endless {
    Lock,
    Poll,
    Other,
}

/// What kind of call has the number `nr` on this architecture.
pub(crate) fn kind(nr: i64) -> Option<Kind> {
    let number = |call: &&Call| {
        if cfg!(target_arch = "x86_64") {
            call.0
        } else {
            call.1
        }
    };
    let call = CALLS.iter().find(|call| number(call) == nr)?;
    Some(call.2)
}

/// The number on `x86_64`, the number on `aarch64`, the kind.
type Call = (i64, i64, Kind);

/// No such call on this architecture; no call has this number.
const NONE: i64 = i64::MIN;

use Endless::{Lock, Other, Poll};
use Kind::{Child, Futex, Millis, Pointer, Read, Sleep, Splice, Write};

#[rustfmt::skip]
const CALLS: &[Call] = &[
    (202,   98, Futex),
    (449,  449, Pointer(3, Lock)),   // futex_waitv
    (455,  455, Pointer(4, Lock)),   // futex_wait
    ( 35,  101, Sleep),              // nanosleep
    (230,  115, Sleep),              // clock_nanosleep
    // After a stop and continue, this stands for an interrupted call with a timeout.
    (219,  128, Sleep),              // restart_syscall
    (  7, NONE, Millis(2, Poll)),    // poll
    (271,   73, Pointer(2, Poll)),   // ppoll
    ( 23, NONE, Pointer(4, Poll)),   // select
    (270,   72, Pointer(4, Poll)),   // pselect6
    (232, NONE, Millis(3, Poll)),    // epoll_wait
    (281,   22, Millis(3, Poll)),    // epoll_pwait
    (441,  441, Pointer(3, Poll)),   // epoll_pwait2
    (128,  137, Pointer(2, Other)),  // rt_sigtimedwait
    (220,  192, Pointer(3, Other)),  // semtimedop
    (242,  182, Pointer(4, Other)),  // mq_timedsend
    (243,  183, Pointer(4, Other)),  // mq_timedreceive
    (208,    4, Pointer(4, Other)),  // io_getevents
    (333,  292, Pointer(4, Other)),  // io_pgetevents
    ( 61,  260, Child),              // wait4
    (247,   95, Child),              // waitid
    (  0,   63, Read),               // read
    ( 19,   65, Read),               // readv
    ( 45,  207, Read),               // recvfrom
    ( 47,  212, Read),               // recvmsg
    (299,  243, Read),               // recvmmsg
    ( 43,  202, Read),               // accept
    (288,  242, Read),               // accept4
    ( 42,  203, Write),              // connect
    (  1,   64, Write),              // write
    ( 20,   66, Write),              // writev
    ( 44,  206, Write),              // sendto
    ( 46,  211, Write),              // sendmsg
    (307,  269, Write),              // sendmmsg
    (275,   76, Splice),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_number_stands_for_two_calls() {
        let mut seen = HashSet::new();
        for (x86, arm, _) in CALLS {
            assert!(seen.insert(("x86_64", *x86)), "{x86}");
            assert!(*arm == NONE || seen.insert(("aarch64", *arm)), "{arm}");
        }
    }
}
