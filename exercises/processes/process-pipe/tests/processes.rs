//! The contract by example, with child processes.
//!
//! They are a program of their own. While a process starts a child, the child has a copy of
//! every open pipe for a moment, so that an end which another test has just dropped is not gone.

use process_pipe::{Peer, collect, exchange};
use std::process::Command;

/// The program of `child.rs`.
fn child(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_process-pipe-child"));
    command.args(args);
    command
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
