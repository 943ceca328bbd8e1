//! What a student's program prints: drained always, kept up to a limit.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// How long a stream may stay open after everything that could write to it was killed.
const GRACE: Duration = Duration::from_millis(200);

/// The beginning and the end of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Captured {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
    keep: usize,
}

impl Captured {
    fn new(keep: usize) -> Self {
        Self {
            keep,
            ..Self::default()
        }
    }

    /// All of these bytes.
    #[cfg(test)]
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut captured = Self::new(bytes.len());
        captured.push(bytes);
        captured
    }

    fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = self.keep.saturating_sub(self.head.len()).min(bytes.len());
        let (head, rest) = bytes.split_at(room);
        self.head.extend_from_slice(head);
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(self.keep);
        self.tail.drain(..over);
    }

    /// Whether nothing was left out.
    pub(crate) fn is_whole(&self) -> bool {
        self.left_out() == 0
    }

    fn left_out(&self) -> u64 {
        self.total - (self.head.len() + self.tail.len()) as u64
    }

    /// The beginning, how many bytes are left out, and the end.
    pub(crate) fn ends(&self) -> (Vec<u8>, u64, Vec<u8>) {
        let tail = self.tail.iter().copied().collect();
        (self.head.clone(), self.left_out(), tail)
    }

    /// What was kept, with the gap counted in words.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let gap = self.left_out();
        let mut bytes = self.head.clone();
        if gap > 0 {
            bytes.extend_from_slice(format!("\n… {gap} bytes left out …\n").as_bytes());
        }
        bytes.extend(&self.tail);
        bytes
    }
}

/// How much of a stream has been taken in lines.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    taken: usize,
    /// Bytes in which the last line end is known, so that a line without end is read once.
    searched: usize,
}

/// A stream that is read to its end in the background, whether anybody looks or not.
pub(crate) struct Drain {
    captured: Arc<Mutex<Captured>>,
    grown: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Drain {
    /// Starts reading; `keep` bytes of head and of tail are kept.
    pub(crate) fn keeping(
        mut stream: impl AsyncRead + Send + Unpin + 'static,
        keep: usize,
    ) -> Self {
        let captured = Arc::new(Mutex::new(Captured::new(keep)));
        let sink = Arc::clone(&captured);
        let grown = Arc::new(Notify::new());
        let growing = Arc::clone(&grown);
        let task = tokio::spawn(async move {
            let mut buffer = vec![0; 16 << 10];
            while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                lock(&sink).push(&buffer[..count]);
                growing.notify_one();
            }
        });
        Self {
            captured,
            grown,
            task,
        }
    }

    /// Bytes so far.
    pub(crate) fn total(&self) -> u64 {
        lock(&self.captured).total
    }

    /// Waits until more has come than when this last returned.
    pub(crate) async fn grown(&self) {
        self.grown.notified().await;
    }

    /// The whole lines that have come since the last call, as far as the head is kept.
    pub(crate) fn next_lines(&self, lines: &mut Lines) -> Vec<u8> {
        let captured = lock(&self.captured);
        let new = &captured.head[lines.searched..];
        let end = new.iter().rposition(|byte| *byte == b'\n');
        let end = end.map_or(lines.taken, |end| lines.searched + end + 1);
        let whole = captured.head[lines.taken..end].to_vec();
        *lines = Lines {
            taken: end,
            searched: captured.head.len(),
        };
        whole
    }

    /// What came. Call it when everything that could write is dead: it waits a moment for
    /// the rest, and never longer, because a stream may be held open from elsewhere.
    pub(crate) async fn finish(mut self) -> Captured {
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            self.task.abort();
        }
        std::mem::take(&mut *lock(&self.captured))
    }
}

fn lock(captured: &Mutex<Captured>) -> MutexGuard<'_, Captured> {
    captured.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;

    #[tokio::test]
    async fn lines_are_seen_when_they_are_whole_and_before_the_stream_ends() {
        let (mut writer, reader) = tokio::io::duplex(64);
        let drain = Drain::keeping(reader, 64);
        let (mut lines, mut seen) = (Lines::default(), Vec::new());
        for part in ["one\ntw", "o\nth", "re", "e\nfour"] {
            writer.write_all(part.as_bytes()).await.unwrap();
            drain.grown().await;
            seen.push(String::from_utf8(drain.next_lines(&mut lines)).unwrap());
        }
        assert_eq!(seen, ["one\n", "two\n", "", "three\n"]);
    }

    #[test]
    fn head_and_tail_are_kept_and_the_gap_is_counted() {
        let mut captured = Captured::new(4);
        captured.push(b"abcdefgh");
        assert_eq!(captured.to_bytes(), b"abcdefgh");
        assert!(captured.is_whole());
        captured.push(b"ij");
        assert!(!captured.is_whole());
        let shown = String::from_utf8(captured.to_bytes()).unwrap();
        assert_eq!(shown, "abcd\n… 2 bytes left out …\nghij");
    }
}
