//! The child program of the examples in `tests/processes.rs`: the other side of each conversation.

use process_pipe::{PipeError, Receiver, Sender, serve};
use std::io;

fn main() -> Result<(), PipeError> {
    let mut args = std::env::args().skip(1);
    match args.next().as_deref() {
        Some("greet") => greet(),
        Some("tell") => tell(args),
        _ => serve(|message| message.to_ascii_uppercase()),
    }
}

/// The child's half of the dialogue: it speaks first, then it listens.
fn greet() -> Result<(), PipeError> {
    Sender::new(io::stdout()).send("你好主进程".as_bytes())?;
    let answer = Receiver::new(io::stdin()).recv()?;
    assert_eq!(answer.as_deref(), Some("你好子进程".as_bytes()));
    Ok(())
}

/// Sends each of its words.
fn tell(words: impl Iterator<Item = String>) -> Result<(), PipeError> {
    let mut sender = Sender::new(io::stdout());
    for word in words {
        sender.send(word.as_bytes())?;
    }
    Ok(())
}
