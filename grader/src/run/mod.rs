//! Runs one case in a process of its own and brings home what it did.

mod channel;

use self::channel::Frames;
use crate::error::{Error, Result};
use crate::limits::Bounds;
use crate::process::{Cage, Captured, Channel, Ended, Hit, NotStarted, Order, Running};
use crate::watch::{Stop, TICK, Watch, called};
use std::path::{Path, PathBuf};
use std::time::Duration;
use suite_drive::{Frame, Panic, Resource, Secret, Start};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// Bytes of each stream kept at either end.
const KEPT_OUTPUT: usize = 32 << 10;
/// How long `settle` waits for a tree to become still.
const SETTLE: Duration = Duration::from_secs(2);
/// How long frames may still arrive after the process was ended.
const LAST_FRAMES: Duration = Duration::from_millis(200);

/// A case about to be run.
#[derive(Debug)]
pub(crate) struct CaseRun<'a> {
    /// Id of the kata.
    pub(crate) kata: &'a str,
    /// Name of the case.
    pub(crate) case: &'a str,
    /// Its input, encoded.
    pub(crate) input: Vec<u8>,
    /// The driver program.
    pub(crate) driver: &'a Path,
    /// An empty folder.
    pub(crate) work: PathBuf,
    /// What it may use.
    pub(crate) bounds: Bounds,
}

/// Everything that a case's process was seen to do.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Answers under the right secret, still encoded.
    pub(crate) answers: Vec<Vec<u8>>,
    /// Panics that were reported when they began.
    pub(crate) panics: Vec<Panic>,
    /// What no honest driver does.
    pub(crate) violation: Option<String>,
    /// Why it was ended, if it was.
    pub(crate) stopped: Option<Stop>,
    /// How it ended by itself, if it did before it was ended.
    pub(crate) ended: Option<Ended>,
    /// What it printed.
    pub(crate) stdout: Captured,
    /// What it complained about.
    pub(crate) stderr: Captured,
    /// Child processes that were still there at the end.
    pub(crate) leftovers: Vec<String>,
    /// Whether it had filled its working folder.
    pub(crate) disk_full: bool,
    /// The limit of its whole cage that it had hit.
    pub(crate) hit: Option<Hit>,
    /// What its driver found used up.
    pub(crate) used_up: Option<Resource>,
    /// What it might use.
    pub(crate) bounds: Bounds,
    /// Wall clock.
    pub(crate) elapsed: Duration,
}

impl Evidence {
    /// Of a driver that is none: a macro of the submission has put it there.
    fn of_no_program(why: &str) -> Self {
        let violation = format!("what was compiled is no program that can be started: {why}");
        Self {
            violation: Some(violation),
            ..Self::default()
        }
    }

    /// Whether `todo!()` was reached on any thread.
    pub(crate) fn reached_todo(&self) -> bool {
        self.panics.iter().any(is_todo)
    }
}

fn is_todo(panic: &Panic) -> bool {
    panic.message.starts_with("not yet implemented")
}

/// Runs one case.
///
/// # Errors
/// When the process could not be started or ended; what it does itself is evidence.
pub(crate) async fn run(order: CaseRun<'_>, cage: &mut Cage) -> Result<Evidence> {
    let program = Order {
        program: order.driver.to_owned(),
        args: Vec::new(),
        env: environment(&order.work),
        cwd: order.work.clone(),
        bounds: order.bounds,
    };
    let mut running = match cage.spawn(&program, KEPT_OUTPUT).await {
        Err(NotStarted::NoProgram(why)) => return Ok(Evidence::of_no_program(&why)),
        started => started?,
    };
    let secret = draw_secret()?;
    let channel = std::mem::replace(&mut running.channel, closed());
    let frames = Frames::over(channel);
    frames.send(&Frame::Start(Start {
        secret,
        kata: order.kata.to_owned(),
        case: order.case.to_owned(),
        program: order.driver.display().to_string(),
        input: order.input,
    }));
    let mut attended = Attended {
        watch: Watch::over(running.root, order.bounds),
        evidence: Evidence::default(),
        frames,
        settling: None,
        secret,
    };
    attended.attend(&running, cage).await;
    attended.evidence.elapsed = attended.watch.elapsed();
    let left = cage.clear(&running).await?;
    attended.evidence.leftovers = left.processes;
    attended.evidence.disk_full = left.disk_full;
    attended.evidence.hit = left.hit;
    attended.evidence.bounds = order.bounds;
    attended.take_last_frames().await;
    let mut evidence = attended.evidence;
    evidence.stdout = running.stdout.finish().await;
    evidence.stderr = running.stderr.finish().await;
    Ok(evidence)
}

fn environment(work: &Path) -> Vec<(String, String)> {
    let work = work.display().to_string();
    [
        ("HOME", work.as_str()),
        ("LANG", "C.UTF-8"),
        ("PATH", "/usr/bin:/bin"),
        ("TMPDIR", work.as_str()),
        ("TZ", "UTC"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

struct Attended {
    watch: Watch,
    evidence: Evidence,
    frames: Frames,
    /// The search for threads that do not sleep, while the driver waits for its end.
    settling: Option<JoinHandle<Option<String>>>,
    secret: Secret,
}

impl Attended {
    /// Until there is an answer, an end, or a reason to end it.
    async fn attend(&mut self, running: &Running, cage: &mut Cage) {
        let mut tick = tokio::time::interval(TICK);
        // Where a look takes long, the case needs the time in between.
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut open = true;
        while self.is_open() {
            tokio::select! {
                frame = self.frames.next(), if open => match frame {
                    Some(frame) => self.take(frame, running),
                    None => open = false,
                },
                restless = settled(&mut self.settling) => {
                    self.frames.send(&Frame::Settled(restless));
                }
                ended = cage.ended() => self.evidence.ended = Some(ended),
                _ = tick.tick() => self.evidence.stopped = self.watch.look(running),
            }
        }
    }

    fn is_open(&self) -> bool {
        let evidence = &self.evidence;
        evidence.answers.is_empty()
            && evidence.violation.is_none()
            && evidence.stopped.is_none()
            && evidence.ended.is_none()
            && !evidence.reached_todo()
    }

    fn take(&mut self, frame: Option<Frame>, running: &Running) {
        match frame {
            // A driver waits for the answer before it asks again.
            Some(Frame::Settle(secret)) if secret == self.secret && self.settling.is_none() => {
                let settling = settle(running.root, running.program);
                self.settling = Some(tokio::spawn(settling));
            }
            frame => self.note(frame),
        }
    }

    fn note(&mut self, frame: Option<Frame>) {
        match frame {
            Some(Frame::Answer((secret, answer))) if secret == self.secret => {
                self.evidence.answers.push(answer);
            }
            Some(Frame::Panicked((secret, panic))) if secret == self.secret => {
                // Enough to understand; a thread that panics in a loop is no reason to
                // remember all of it. What else panics before a `todo!()` has ended the case
                // is chance.
                if self.evidence.panics.len() < 16 && !self.evidence.reached_todo() {
                    self.evidence.panics.push(panic);
                }
            }
            Some(Frame::UsedUp((secret, resource))) if secret == self.secret => {
                self.evidence.used_up = Some(resource);
            }
            Some(Frame::Settle(secret)) if secret == self.secret => {}
            _ => {
                let what = "something that is not the driver wrote to its private channel";
                self.evidence.violation = Some(what.to_owned());
            }
        }
    }

    /// What was on its way when the process ended; a second answer, for example.
    async fn take_last_frames(&mut self) {
        let rest = async {
            while let Some(frame) = self.frames.next().await {
                self.note(frame);
            }
        };
        let _ = tokio::time::timeout(LAST_FRAMES, rest).await;
    }
}

fn closed() -> Channel {
    Channel {
        reader: Box::new(tokio::io::empty()),
        writer: Box::new(tokio::io::sink()),
    }
}

/// `None` when every thread of the tree sleeps, otherwise those that do not.
async fn settle(root: u32, program: Option<u32>) -> Option<String> {
    let settled =
        tokio::task::spawn_blocking(move || stillness::settle(root, &[root], SETTLE)).await;
    match settled {
        Ok(Ok(stillness::Settled::Still)) => None,
        Ok(Ok(stillness::Settled::Restless(threads))) => Some(
            threads
                .iter()
                .map(|thread| format!("{} {}", called(thread, program), thread.wait))
                .collect::<Vec<_>>()
                .join(", "),
        ),
        // Where nobody can look, a bounded wait weakens the case but never fails a right
        // solution.
        _ => {
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

/// What a search that is on has found, once it is over. Cancel safe.
async fn settled(settling: &mut Option<JoinHandle<Option<String>>>) -> Option<String> {
    let Some(search) = settling else {
        return std::future::pending().await;
    };
    let restless = search.await.unwrap_or_default();
    *settling = None;
    restless
}

fn draw_secret() -> Result<Secret> {
    let mut secret = Secret::default();
    getrandom::fill(&mut secret).map_err(|error| {
        Error::grader(
            format!("the system has no random numbers: {error}"),
            "try again",
        )
    })?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use suite_drive::Wire;

    type Report = Vec<std::result::Result<(String, Option<char>), Vec<()>>>;

    #[test]
    fn no_bytes_make_the_channels_decoder_panic_or_fill_memory() {
        let answer = Frame::Answer(([7; 16], vec![1, 2, 3]));
        let panic = Panic {
            thread: "main".to_owned(),
            file: "src/lib.rs".to_owned(),
            line: 1,
            column: 1,
            message: "over".to_owned(),
        };
        for frame in [
            answer,
            Frame::Panicked(([7; 16], panic)),
            Frame::Settle([7; 16]),
        ] {
            crate::fuzz::mutated(&frame.to_bytes(), |bytes| drop(Frame::from_bytes(bytes)));
        }
        crate::fuzz::bytes(|bytes| drop(<(Report, Vec<u128>)>::from_bytes(bytes)));
    }
}
