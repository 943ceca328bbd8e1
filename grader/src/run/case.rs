//! Runs one case in a process of its own and collects the evidence of what it did.

use super::channel::Frames;
use super::watch::{Stop, TICK, Watch, called};
use crate::error::{Error, Result};
use crate::limits::Bounds;
use crate::sandbox::{
    Captured, Channel, Ended, ExceededLimit, Invocation, Leftovers, NotStarted, Running, Sandbox,
};
use std::path::{Path, PathBuf};
use std::time::Duration;
use suite_drive::{Frame, Panic, Resource, Secret, Start};
use suite_judge::Excerpt;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// Bytes of each stream kept at either end.
const KEPT_OUTPUT: usize = 16 << 10;
/// How long `settle` waits for a tree to become still.
const SETTLE: Duration = Duration::from_secs(2);
/// How long frames may still arrive after the process was ended. It is never waited for where the
/// channel is closed, and on a busy machine a long answer takes its time.
const LAST_FRAMES: Duration = Duration::from_secs(5);
/// Panics that are kept of one case: enough to understand a thread that panics in a loop.
const KEPT_PANICS: usize = 16;

/// A case about to be run.
#[derive(Debug)]
pub(crate) struct CaseRun<'a> {
    /// Its name.
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

/// How a case came to its end: exactly one of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// One answer under the right secret, still encoded.
    Answered(Vec<u8>),
    /// `todo!()` was reached, on any thread.
    ReachedTodo,
    /// The channel carried what no honest driver sends.
    Violation(String),
    /// It was ended for a limit or a deadlock.
    Stopped(Stop),
    /// Its process ended by itself.
    Ended(Ended),
}

/// What a case used up, which explains whatever else went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exhausted {
    /// Its working folder.
    Disk,
    /// Memory.
    Memory,
    /// Threads and processes.
    Processes,
    /// Open files.
    Files,
    /// Bytes that an answer can have.
    Answer,
}

/// Everything that a case's process was seen to do.
#[derive(Debug)]
pub(crate) struct Evidence {
    /// How it came to its end.
    pub(crate) ending: Ending,
    /// Panics that were reported when they began.
    pub(crate) panics: Vec<Panic>,
    /// What it printed.
    pub(crate) stdout: Captured,
    /// What it complained about.
    pub(crate) stderr: Captured,
    /// Child processes that were still there at the end.
    pub(crate) leftovers: Vec<String>,
    /// The call or scene of its input that it said it has come to.
    pub(crate) reached: Option<u64>,
    /// What it used up.
    pub(crate) exhausted: Option<Exhausted>,
    /// What it might use.
    pub(crate) bounds: Bounds,
    /// Wall clock.
    pub(crate) elapsed: Duration,
}

impl Evidence {
    /// Of a driver that is no program, which a macro can produce.
    fn without_program(why: &str, bounds: Bounds) -> Self {
        let violation = format!("what was compiled is no program that can be started: {why}");
        Self {
            ending: Ending::Violation(violation),
            panics: Vec::new(),
            stdout: Captured::default(),
            stderr: Captured::default(),
            leftovers: Vec::new(),
            reached: None,
            exhausted: None,
            bounds,
            elapsed: Duration::ZERO,
        }
    }
}

/// Runs one case.
///
/// # Errors
/// When the process could not be started or ended; what it does itself is evidence.
pub(crate) async fn run_case(run: CaseRun<'_>, sandbox: &mut Sandbox) -> Result<Evidence> {
    let invocation = Invocation {
        program: run.driver.to_owned(),
        args: Vec::new(),
        env: environment(&run.work),
        cwd: run.work.clone(),
        bounds: run.bounds,
    };
    let mut running = match sandbox.spawn(&invocation, KEPT_OUTPUT).await {
        Err(NotStarted::NoProgram(why)) => return Ok(Evidence::without_program(&why, run.bounds)),
        started => started?,
    };
    let secret = draw_secret()?;
    let channel = std::mem::replace(&mut running.channel, closed());
    let frames = Frames::over(channel);
    frames.send(&Frame::Start(Start {
        secret,
        case: run.case.to_owned(),
        program: run.driver.display().to_string(),
        input: run.input,
    }));
    let mut attended = Attended {
        watch: Watch::over(running.root, run.bounds),
        ending: None,
        panics: Vec::new(),
        used_up: None,
        reached: None,
        frames,
        settling: None,
        secret,
    };
    attended.attend(&running, sandbox).await;
    let elapsed = attended.watch.elapsed();
    let left = sandbox.clear(&running).await?;
    attended.take_last_frames().await;
    let Some(ending) = attended.ending else {
        return Err(Error::bug(&"a case ended without a reason"));
    };
    Ok(Evidence {
        ending,
        panics: attended.panics,
        stdout: running.stdout.finish().await,
        stderr: running.stderr.finish().await,
        reached: attended.reached,
        exhausted: exhausted(&left, attended.used_up),
        leftovers: left.processes,
        bounds: run.bounds,
        elapsed,
    })
}

/// What was used up: what the kernel says comes first, then what the driver says.
fn exhausted(left: &Leftovers, used_up: Option<Resource>) -> Option<Exhausted> {
    if left.disk_full {
        return Some(Exhausted::Disk);
    }
    if let Some(limit) = left.exceeded {
        return Some(match limit {
            ExceededLimit::Memory => Exhausted::Memory,
            ExceededLimit::Processes => Exhausted::Processes,
        });
    }
    used_up.map(|resource| match resource {
        Resource::Files => Exhausted::Files,
        Resource::Threads => Exhausted::Processes,
        Resource::Answer => Exhausted::Answer,
    })
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
    ending: Option<Ending>,
    panics: Vec<Panic>,
    /// What the driver found used up.
    used_up: Option<Resource>,
    /// How far the driver says that it has come.
    reached: Option<u64>,
    frames: Frames,
    /// The search for threads that do not sleep, while the driver waits for its end.
    settling: Option<JoinHandle<Option<String>>>,
    secret: Secret,
}

impl Attended {
    /// Until there is an answer, an end, or a reason to end it.
    async fn attend(&mut self, running: &Running, sandbox: &mut Sandbox) {
        let mut tick = tokio::time::interval(TICK);
        // Where a look takes long, the case needs the time in between.
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut open = true;
        while self.ending.is_none() {
            tokio::select! {
                frame = self.frames.next(), if open => match frame {
                    Some(frame) => self.take(frame, running),
                    None => open = false,
                },
                restless = settled(&mut self.settling) => {
                    self.frames.send(&Frame::Settled(restless));
                }
                ended = sandbox.ended() => self.ending = Some(match ended {
                    Ended::OutOfTime => Ending::Stopped(self.watch.out_of_time()),
                    ended => Ending::Ended(ended),
                }),
                _ = tick.tick() => self.ending = self.watch.check(running).map(Ending::Stopped),
            }
        }
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
            Some(Frame::Answer((secret, answer))) if secret == self.secret => self.answered(answer),
            Some(Frame::Panicked((secret, panic))) if secret == self.secret => self.panicked(panic),
            Some(Frame::Reached((secret, index))) if secret == self.secret => {
                self.reached = Some(index);
            }
            Some(Frame::UsedUp((secret, resource))) if secret == self.secret => {
                self.used_up = Some(resource);
            }
            Some(Frame::Settle(secret)) if secret == self.secret => {}
            _ => self.violated("something that is not the driver wrote to its private channel"),
        }
    }

    /// An answer that was on its way when the case was ended counts; a second one never does.
    fn answered(&mut self, answer: Vec<u8>) {
        match &self.ending {
            Some(Ending::Answered(_)) => self.violated("the case was answered more than once"),
            Some(Ending::ReachedTodo | Ending::Violation(_)) => {}
            Some(Ending::Stopped(_) | Ending::Ended(_)) | None => {
                self.ending = Some(Ending::Answered(answer));
            }
        }
    }

    fn panicked(&mut self, panic: Panic) {
        // Which threads still panic after a `todo!()` differs from run to run.
        if self.ending == Some(Ending::ReachedTodo) {
            return;
        }
        let is_todo = panic.message.starts_with("not yet implemented");
        if self.panics.len() < KEPT_PANICS {
            self.panics.push(shortened(panic));
        }
        if is_todo && !matches!(self.ending, Some(Ending::Violation(_))) {
            self.ending = Some(Ending::ReachedTodo);
        }
    }

    fn violated(&mut self, what: &str) {
        self.ending = Some(Ending::Violation(what.to_owned()));
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

/// A driver sends short texts, but what sends them may not be the driver.
fn shortened(panic: Panic) -> Panic {
    let short = |text: String| Excerpt::new(text).to_string();
    Panic {
        thread: short(panic.thread),
        file: short(panic.file),
        message: short(panic.message),
        ..panic
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
        tokio::task::spawn_blocking(move || thread_state::settle(root, &[root], SETTLE)).await;
    match settled {
        Ok(Ok(thread_state::Settled::Still)) => None,
        Ok(Ok(thread_state::Settled::Restless(threads))) => Some(
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
    getrandom::fill(&mut secret).map_err(Error::no_randomness)?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Wire;

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
