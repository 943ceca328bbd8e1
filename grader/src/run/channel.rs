//! The grader's end of a driver's private channel. Neither direction ever makes the grader
//! wait for the driver.

use crate::sandbox::Channel;
use suite_drive::{Frame, MAX_FRAME};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use wire::Wire;

/// Frames that may wait in each direction. A driver asks one thing at a time, so more than
/// these wait only for one that does not read.
const WAITING: usize = 16;

/// Frames from and to a driver. Dropping it ends both.
pub(super) struct Frames {
    incoming: mpsc::Receiver<Option<Frame>>,
    outgoing: mpsc::Sender<Vec<u8>>,
    _carriers: JoinSet<()>,
}

impl Frames {
    /// Those that come and go over `channel`.
    pub(super) fn over(channel: Channel) -> Self {
        let (arrived, incoming) = mpsc::channel(WAITING);
        let (outgoing, mut leaving) = mpsc::channel::<Vec<u8>>(WAITING);
        let (mut reader, mut writer) = (channel.reader, channel.writer);
        let mut carriers = JoinSet::new();
        carriers.spawn(async move {
            while let Some(frame) = read(&mut reader).await {
                let is_last = frame.is_none();
                if arrived.send(frame).await.is_err() || is_last {
                    return;
                }
            }
        });
        carriers.spawn(async move {
            while let Some(bytes) = leaving.recv().await {
                // A driver that is gone already shows in the evidence, not in this.
                if writer.write_all(&bytes).await.is_err() || writer.flush().await.is_err() {
                    return;
                }
            }
        });
        Self {
            incoming,
            outgoing,
            _carriers: carriers,
        }
    }

    /// The next one: `Some(None)` for bytes that are no frame, after which nothing follows,
    /// `None` when the other side is gone. Cancel safe.
    pub(super) async fn next(&mut self) -> Option<Option<Frame>> {
        self.incoming.recv().await
    }

    /// Sends one as soon as the driver reads. It is lost on a driver that does not.
    pub(super) fn send(&self, frame: &Frame) {
        let body = frame.to_bytes();
        if let Ok(len) = u32::try_from(body.len()) {
            let _ = self
                .outgoing
                .try_send([&len.to_le_bytes(), body.as_slice()].concat());
        }
    }
}

/// As [`Frames::next`]. A length that no frame has is not waited for.
async fn read(reader: &mut (impl AsyncRead + Unpin)) -> Option<Option<Frame>> {
    let len = reader.read_u32_le().await.ok()? as usize;
    if len > MAX_FRAME {
        return Some(None);
    }
    let mut body = vec![0; len];
    reader.read_exact(&mut body).await.ok()?;
    Some(Frame::from_bytes(&body))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::DuplexStream;

    /// Room for less than one frame with anything in it.
    const ROOM: usize = 64;

    fn channel() -> (Frames, DuplexStream) {
        let (ours, theirs) = tokio::io::duplex(ROOM);
        let (reader, writer) = tokio::io::split(ours);
        let channel = Channel {
            reader: Box::new(reader),
            writer: Box::new(writer),
        };
        (Frames::over(channel), theirs)
    }

    #[tokio::test]
    async fn a_length_that_no_frame_has_ends_the_channel_before_its_body() {
        let (mut frames, mut driver) = channel();
        let longest = u32::try_from(MAX_FRAME).unwrap();
        driver.write_u32_le(longest + 1).await.unwrap();
        assert_eq!(frames.next().await, Some(None));
        assert_eq!(frames.next().await, None);
    }

    #[tokio::test]
    async fn a_driver_that_does_not_read_holds_nobody_up() {
        let (mut frames, mut driver) = channel();
        for _ in 0..3 * WAITING {
            frames.send(&Frame::Settled(Some("long ".repeat(ROOM))));
        }
        let settle = Frame::Settle([7; 16]);
        let mut bytes = Vec::new();
        suite_drive::write_frame(&mut bytes, &settle).unwrap();
        driver.write_all(&bytes).await.unwrap();
        assert_eq!(frames.next().await, Some(Some(settle)));
    }
}
