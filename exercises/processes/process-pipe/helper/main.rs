//! The child process of the examples: answers every message by another.

use process_pipe::{PipeError, serve};

fn main() -> Result<(), PipeError> {
    serve(|message| {
        let message = String::from_utf8_lossy(message);
        format!("{message}, said the parent").into_bytes()
    })
}
