//! The contract by example: `cargo test` in this folder runs it. Those with child processes
//! are in `processes.rs`.

use process_pipe::{PipeError, Receiver, Sender, duplex, simplex};
use std::thread;

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
