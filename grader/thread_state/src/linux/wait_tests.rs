use super::*;

const REST: &[u8] = b"\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t12\nPPid:\t7\n\
    voluntary_ctxt_switches:\t40\nnonvoluntary_ctxt_switches:\t2\n";

#[test]
fn status_survives_any_name_and_sums_both_kinds_of_switch() {
    let status = |name: &[u8]| parse_status(&[b"Name:\t", name, REST].concat());
    let named = |name: &str| {
        Some(Status {
            name: name.into(),
            state: b'S',
            parent: 7,
            activity: 42,
        })
    };
    assert_eq!(status(b"cat"), named("cat"));
    assert_eq!(status(b""), named(""));
    assert_eq!(status("straß".as_bytes()), named("straß"));
    assert_eq!(status(b"cut \xc3"), named("cut \u{fffd}"));
    assert_eq!(status(b"State:\tR"), named("State:\tR"));
    assert_eq!(status(br"a\nState:"), named("a\nState:"));
    assert_eq!(status(br"a\\nb\\\n"), named("a\\nb\\\n"));
}

#[test]
fn broken_status_is_refused() {
    let whole = [b"Name:\tx".as_slice(), REST].concat();
    let lines: Vec<&[u8]> = whole.split_inclusive(|&byte| byte == b'\n').collect();
    for needed in [0, 2, 4, 5, 6] {
        let mut lines = lines.clone();
        let missing = lines.remove(needed);
        assert_eq!(parse_status(&lines.concat()), None, "without {missing:?}");
    }
}

#[test]
fn calls_are_read() {
    assert_eq!(parse_call("running\n"), Some(Call::Running));
    assert_eq!(parse_call("-1 0x7ffc 0x7f1b\n"), Some(Call::Outside));
    let text = "202 0x1 0x80 0xffffffff 0x0 0x0 0x6 0x7ffc 0x7f1b\n";
    let args = [1, 0x80, 0xffff_ffff, 0, 0, 6];
    assert_eq!(parse_call(text), Some(Call::In { nr: 202, args }));
    for text in ["", "walking", "3 0x1", "3 1 2 3 4 5 6"] {
        assert_eq!(parse_call(text), None, "{text:?}");
    }
}

#[test]
fn links_are_read() {
    assert_eq!(parse_link("pipe:[31]"), Some(Object::Pipe(31)));
    assert_eq!(parse_link("socket:[7]"), Some(Object::Socket(7)));
    assert_eq!(parse_link("anon_inode:[timerfd]"), Some(Object::Timer));
    for target in [
        "/dev/null",
        "anon_inode:[eventpoll]",
        "pipe:[x]",
        "pipe:[1",
        "/pipe:[1]",
    ] {
        assert_eq!(parse_link(target), None, "{target}");
    }
}

/// The wait in a call of this kind and form; descriptor 3 is a pipe, 4 a socket.
fn wait(kind: Kind, args: [u64; 6]) -> Wait {
    let nr = (0..500).find(|&nr| calls::kind(nr) == Some(kind)).unwrap();
    classify(Call::In { nr, args }, |fd| match fd {
        3 => Some(Object::Pipe(30)),
        4 => Some(Object::Socket(40)),
        5 => Some(Object::Timer),
        _ => None,
    })
}

#[test]
fn futex_operations() {
    for operation in [0, 6, 9, 11, 13, 0x80, 0x189] {
        assert_eq!(wait(Kind::Futex, [1, operation, 0, 0, 0, 0]), Wait::Lock);
        assert_eq!(wait(Kind::Futex, [1, operation, 0, 8, 0, 0]), Wait::Timer);
    }
    let wake = wait(Kind::Futex, [1, 0x81, 0, 0, 0, 0]);
    assert!(matches!(wake, Wait::Other { .. }));
}

#[test]
fn timeouts() {
    let epoll = Kind::Millis(3, Endless::Poll);
    // Only the low half counts, and its sign decides.
    assert_eq!(wait(epoll, [0, 0, 0, 0xffff_ffff, 0, 0]), Wait::Poll);
    assert_eq!(wait(epoll, [0, 0, 0, u64::MAX, 0, 0]), Wait::Poll);
    assert_eq!(
        wait(epoll, [0, 0, 0, 0xffff_ffff_0000_0064, 0, 0]),
        Wait::Timer
    );
    let ppoll = Kind::Pointer(2, Endless::Poll);
    assert_eq!(wait(ppoll, [0; 6]), Wait::Poll);
    assert_eq!(wait(ppoll, [0, 0, 8, 0, 0, 0]), Wait::Timer);
    let sigwait = Kind::Pointer(2, Endless::Other);
    assert!(matches!(wait(sigwait, [0; 6]), Wait::Other { .. }));
    assert_eq!(wait(Kind::Sleep, [0; 6]), Wait::Timer);
}

#[test]
fn descriptors() {
    let pipe = |direction| Wait::Pipe {
        fd: 3,
        inode: 30,
        direction,
    };
    assert_eq!(wait(Kind::Read, [3, 0, 0, 0, 0, 0]), pipe(Direction::Read));
    assert_eq!(
        wait(Kind::Write, [3, 0, 0, 0, 0, 0]),
        pipe(Direction::Write)
    );
    assert_eq!(
        wait(Kind::Read, [4, 0, 0, 0, 0, 0]),
        Wait::Socket { fd: 4, inode: 40 }
    );
    assert_eq!(wait(Kind::Read, [5, 0, 0, 0, 0, 0]), Wait::Timer);
    assert!(matches!(
        wait(Kind::Read, [9, 0, 0, 0, 0, 0]),
        Wait::Other { .. }
    ));
    assert_eq!(
        wait(Kind::Splice, [3, 0, 9, 0, 0, 0]),
        pipe(Direction::Read)
    );
    assert_eq!(
        wait(Kind::Splice, [9, 0, 3, 0, 0, 0]),
        pipe(Direction::Write)
    );
    assert!(matches!(
        wait(Kind::Splice, [3, 0, 4, 0, 0, 0]),
        Wait::Other { .. }
    ));
}

#[test]
fn outside_of_known_calls() {
    let none = |_| None;
    assert_eq!(classify(Call::Running, none), Wait::Running);
    assert_eq!(classify(Call::Outside, none), Wait::Other { syscall: -1 });
    let unknown = Call::In {
        nr: 9999,
        args: [0; 6],
    };
    assert_eq!(classify(unknown, none), Wait::Other { syscall: 9999 });
}
