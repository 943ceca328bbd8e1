//! The contract by example: `cargo test` in this folder runs it.

use process_pipe::{Peer, PipeError, Receiver, Sender, collect, duplex, exchange, simplex};
use std::process::Command;
use std::thread;

/// The program of `child.rs`.
fn child(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_process-pipe-child"));
    command.args(args);
    command
}

#[test]
fn a_message_is_its_length_and_its_bytes() {
    let mut bytes = Vec::new();
    Sender::new(&mut bytes).send(b"aew").unwrap();
    assert_eq!(bytes, [0, 0, 0, 3, b'a', b'e', b'w']);
}

#[test]
fn the_end_of_the_stream_is_no_message() {
    let mut receiver = Receiver::new(&b"\0\0\0\x03aew"[..]);
    assert_eq!(receiver.recv().unwrap().as_deref(), Some(&b"aew"[..]));
    assert_eq!(receiver.recv().unwrap(), None);

    let mut receiver = Receiver::new(&b"\0\0\0\x03ae"[..]);
    assert!(matches!(receiver.recv(), Err(PipeError::Truncated)));
}

#[test]
fn a_receiver_ends_when_the_last_sender_is_gone() {
    let (mut sender, receiver) = simplex().unwrap();
    let sending = thread::spawn(move || {
        for url in ["a", "aew", "adf", "as"] {
            sender.send(url.as_bytes()).unwrap();
        }
    });
    let urls: Result<Vec<_>, _> = receiver.collect();
    sending.join().unwrap();
    assert_eq!(urls.unwrap(), [&b"a"[..], b"aew", b"adf", b"as"]);
}

#[test]
fn a_duplex_goes_both_ways() {
    let (mut left, mut right) = duplex().unwrap();
    left.sender.send(b"ping").unwrap();
    assert_eq!(right.receiver.recv().unwrap().unwrap(), b"ping");
    right.sender.send(b"pong").unwrap();
    assert_eq!(left.receiver.recv().unwrap().unwrap(), b"pong");

    drop(left);
    assert!(matches!(right.receiver.recv(), Ok(None)));
    assert!(matches!(right.sender.send(b"?"), Err(PipeError::Closed)));
}

#[test]
fn parent_and_child_greet_each_other() {
    let mut peer = Peer::spawn(child(&["greet"])).unwrap();
    let connection = peer.connection();
    let greeting = connection.receiver.recv().unwrap().unwrap();
    assert_eq!(greeting, "你好主进程".as_bytes());
    connection.sender.send("你好子进程".as_bytes()).unwrap();
    assert!(peer.finish().unwrap().success());
}

#[test]
fn a_child_answers_every_request() {
    let mut peer = Peer::spawn(child(&[])).unwrap();
    let requests = ["tea", "milk", ""].map(|text| text.as_bytes().to_vec());
    let answers = exchange(peer.connection(), &requests).unwrap();
    assert_eq!(answers, [&b"TEA"[..], b"MILK", b""]);
    assert!(peer.finish().unwrap().success());
}

#[test]
fn several_children_send_into_one_pipe() {
    let commands = [child(&["tell", "a1", "a2"]), child(&["tell", "b1"])];
    let mut messages = collect(commands).unwrap();
    messages.sort();
    assert_eq!(messages, [b"a1", b"a2", b"b1"]);
}
