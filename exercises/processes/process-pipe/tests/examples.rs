//! The contract by example: `cargo test` in this folder runs it.

use process_pipe::{Peer, PipeError, Receiver, Sender, collect, duplex, exchange, simplex};
use std::process::Command;
use std::thread;

/// A child that answers every message with the message and `, said the parent`.
fn helper() -> Command {
    Command::new(env!("CARGO_BIN_EXE_process-pipe-helper"))
}

#[test]
fn a_message_is_its_length_and_its_bytes() {
    let mut bytes = Vec::new();
    Sender::new(&mut bytes).send(b"aew").unwrap();
    assert_eq!(bytes, [0, 0, 0, 3, b'a', b'e', b'w']);
}

#[test]
fn a_stream_may_end_between_messages_but_not_inside_one() {
    let mut receiver = Receiver::new(&b"\0\0\0\x02hi\0\0"[..]);
    assert_eq!(receiver.recv().unwrap(), Some(b"hi".to_vec()));
    assert!(matches!(receiver.recv(), Err(PipeError::Truncated)));
    assert!(matches!(receiver.recv(), Ok(None)));
}

#[test]
fn a_simplex_pipe_ends_when_its_sender_is_dropped() {
    let (mut sender, receiver) = simplex().unwrap();
    let sending = thread::spawn(move || {
        for message in ["a", "aew", "adf", "as"] {
            sender.send(message.as_bytes()).unwrap();
        }
    });
    let messages: Result<Vec<_>, _> = receiver.collect();
    assert_eq!(messages.unwrap(), [&b"a"[..], b"aew", b"adf", b"as"]);
    sending.join().unwrap();
}

#[test]
fn a_duplex_pipe_carries_both_directions() {
    let (mut parent, mut child) = duplex().unwrap();
    let talking = thread::spawn(move || {
        child.sender.send("你好主进程".as_bytes()).unwrap();
        child.receiver.recv().unwrap()
    });
    let heard = parent.receiver.recv().unwrap();
    assert_eq!(heard, Some("你好主进程".into()));
    parent.sender.send("你好子进程".as_bytes()).unwrap();
    assert_eq!(talking.join().unwrap(), Some("你好子进程".into()));
}

#[test]
fn a_child_process_answers() {
    let mut peer = Peer::spawn(helper()).unwrap();
    let answers = exchange(peer.connection(), &["Hello".into(), "Good night".into()]);
    let expected: [&[u8]; 2] = [b"Hello, said the parent", b"Good night, said the parent"];
    assert_eq!(answers.unwrap(), expected);
    assert!(peer.finish().unwrap().success());
}

#[test]
fn children_that_say_nothing_end_the_stream_by_ending() {
    let silent = [helper(), helper()].map(|mut command| {
        command.stdin(std::process::Stdio::null());
        command
    });
    assert_eq!(collect(silent).unwrap(), Vec::<Vec<u8>>::new());
}
