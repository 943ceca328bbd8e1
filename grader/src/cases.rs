//! A kata that is compiled: runs its cases under any seed, has them judged, and explains what
//! failed.

use crate::compile::{CompileFailResults, Stage};
use crate::error::Result;
use crate::judge;
use crate::outcome::Verdict;
use crate::record::{self, CaseResult, Failure, HappenedEvent, Mismatch, Panic, Text, millis};
use crate::run::{CaseRun, Ending, Evidence, Oracle, run_case};
use crate::sandbox::{Captured, Sandbox};
use crate::text::grader_command;
use futures::future::try_join_all;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use suite_judge::protocol::PlannedCase;
use suite_judge::{Excerpt, Judgement, Wrong};
use tokio::sync::SemaphorePermit;

/// A compiled submission of one kata.
pub(crate) struct ReadyKata<'a> {
    pub(crate) stage: Stage,
    pub(crate) oracle: Oracle,
    /// The flag that grades it again, quoted for a shell, with a space before it, or nothing.
    pub(crate) replay_flag: String,
    /// Warnings about the student's crate, rendered.
    pub(crate) warnings: Vec<String>,
    pub(crate) compile_fail: CompileFailResults,
    /// One for each case that may run beside others.
    pub(crate) sandboxes: Vec<Sandbox>,
    /// How long it took to compile.
    pub(crate) spent: Duration,
    /// What lets more than one case run at a time.
    pub(crate) _permits: Vec<SemaphorePermit<'a>>,
}

impl ReadyKata<'_> {
    /// Runs every case; results in the suite's order.
    ///
    /// # Errors
    /// When the grader cannot do its job.
    pub(crate) async fn run_all(&mut self, seed: u64) -> Result<Vec<CaseResult>> {
        let plan = self.oracle.plan(seed)?;
        let (sandboxes, runner) = self.split();
        let waiting = Mutex::new(plan.iter().enumerate());
        let next = || {
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.next()
        };
        let running = sandboxes.iter_mut().map(async |sandbox| {
            let mut results = Vec::new();
            while let Some((index, planned)) = next() {
                results.push((index, runner.run(sandbox, planned, seed).await?));
            }
            Result::<_>::Ok(results)
        });
        let mut results = try_join_all(running).await?.concat();
        results.sort_by_key(|(index, _)| *index);
        let mut results: Vec<_> = results.into_iter().map(|(_, result)| result).collect();
        record::shorten(&mut results);
        Ok(results)
    }

    /// Runs one case.
    ///
    /// # Errors
    /// As for [`run_all`](Self::run_all).
    pub(crate) async fn run_one(&mut self, planned: &PlannedCase, seed: u64) -> Result<CaseResult> {
        let (sandboxes, runner) = self.split();
        runner.run(&mut sandboxes[0], planned, seed).await
    }

    /// What a case's process does on this input.
    ///
    /// # Errors
    /// As for [`run_all`](Self::run_all).
    pub(crate) async fn observe(&mut self, case: &str, input: Vec<u8>) -> Result<Evidence> {
        let (sandboxes, runner) = self.split();
        runner.observe(&mut sandboxes[0], case, input).await
    }

    fn split(&mut self) -> (&mut [Sandbox], CaseRunner<'_>) {
        let runner = CaseRunner {
            stage: &self.stage,
            oracle: &self.oracle,
            replay_flag: &self.replay_flag,
            compile_fail: &self.compile_fail,
        };
        (&mut self.sandboxes, runner)
    }
}

/// What a case is run on, in whichever sandbox.
#[derive(Clone, Copy)]
struct CaseRunner<'a> {
    stage: &'a Stage,
    oracle: &'a Oracle,
    replay_flag: &'a str,
    compile_fail: &'a CompileFailResults,
}

impl CaseRunner<'_> {
    async fn run(
        self,
        sandbox: &mut Sandbox,
        planned: &PlannedCase,
        seed: u64,
    ) -> Result<CaseResult> {
        let Some(input) = planned.input.clone() else {
            return Ok(self.compile_fail(planned, seed));
        };
        let evidence = self.observe(sandbox, &planned.name, input).await?;
        let judged = match &evidence.ending {
            Ending::Answered(answer) => {
                Some(self.oracle.judge(&planned.name, seed, answer.clone())?)
            }
            _ => None,
        };
        let verdict = judge::verdict(&evidence, judged.as_ref());
        let input = match (&verdict, &judged) {
            (Verdict::Passed | Verdict::NotAttempted, _) | (_, Some(Judgement::Wrong(_))) => {
                Excerpt::default()
            }
            _ => self
                .oracle
                .describe(&planned.name, seed, evidence.reached)?,
        };
        let failure = || self.failure(&evidence, judged, input, seed);
        let result = result(planned, verdict, failure);
        Ok(CaseResult {
            time_ms: millis(evidence.elapsed),
            ..result
        })
    }

    async fn observe(self, sandbox: &mut Sandbox, case: &str, input: Vec<u8>) -> Result<Evidence> {
        let run = CaseRun {
            case,
            input,
            driver: &self.stage.driver(),
            work: self.stage.work(),
            bounds: self.stage.kata.about.limits.for_case(),
        };
        run_case(run, sandbox).await
    }

    fn compile_fail(self, planned: &PlannedCase, seed: u64) -> CaseResult {
        let (verdict, wrong) = match self.compile_fail.get(&planned.name) {
            Some(None) => (Verdict::Passed, None),
            Some(Some(wrong)) => (Verdict::Failed, Some(wrong.clone())),
            None => {
                let reason = format!("the suite has no program for {}", planned.name);
                (Verdict::GraderError { reason }, None)
            }
        };
        let whose = if self.stage.kata.has_macros() {
            "a program that uses your macro"
        } else {
            "a program that uses your types"
        };
        let text = |text: &str| Text::from(Excerpt::new(text));
        let mismatches = wrong.map(|wrong| Mismatch {
            what: text(&format!("{whose}:\n{}", wrong.program)),
            expected: text(&wrong.expected),
            got: text(&wrong.got),
            cause: Text::default(),
            note: Text::default(),
        });
        result(planned, verdict, || Failure {
            mismatches: mismatches.into_iter().collect(),
            replay: self.replay(seed),
            ..Failure::default()
        })
    }

    fn replay(self, seed: u64) -> String {
        let command = grader_command(["check", &self.stage.kata.id]);
        format!("{command}{} --seed {seed}", self.replay_flag)
    }

    fn failure(
        self,
        evidence: &Evidence,
        judged: Option<Judgement>,
        input: Excerpt,
        seed: u64,
    ) -> Failure {
        let panics = evidence.panics.iter().map(|panic| self.panic(panic));
        let leftovers = evidence.leftovers.iter().map(record::name);
        let failure = Failure {
            panics: panics.collect(),
            stdout: printed(&evidence.stdout),
            stderr: printed(&evidence.stderr),
            leftovers: leftovers.collect(),
            input: input.into(),
            replay: self.replay(seed),
            ..Failure::default()
        };
        match judged {
            Some(Judgement::Wrong(wrong)) => explained(failure, wrong),
            _ => failure,
        }
    }

    fn panic(self, panic: &suite_drive::Panic) -> Panic {
        let line = usize::try_from(panic.line).unwrap_or(usize::MAX);
        let mut sources = self.stage.sources.iter();
        let source = sources
            .find(|source| panic.file.ends_with(&format!("src/{}", source.path)))
            .and_then(|source| source.text.lines().nth(line.saturating_sub(1)));
        Panic {
            thread: record::name(&panic.thread),
            file: record::name(&panic.file),
            line: panic.line,
            source: record::name(source.unwrap_or_default().trim()),
            message: panic.message.clone().into(),
        }
    }
}

fn printed(stream: &Captured) -> Text {
    let (head, left_out, tail) = stream.ends();
    if left_out == 0 {
        // Not each for itself: a character may lie across the two.
        let whole = [head, tail].concat();
        return String::from_utf8_lossy(&whole).into_owned().into();
    }
    let [head, tail] = [head, tail].map(|end| String::from_utf8_lossy(&end).into_owned());
    Excerpt::of_ends(head, left_out, tail).into()
}

/// The result of a case that took no time; `failure` is asked only if it has not passed.
fn result(
    planned: &PlannedCase,
    verdict: Verdict,
    failure: impl FnOnce() -> Failure,
) -> CaseResult {
    let passed = verdict.is_passed();
    CaseResult {
        case: planned.name.clone(),
        title: planned.title.clone(),
        points: if passed { planned.points } else { 0 },
        max_points: planned.points,
        rests_on_claims: planned.claims,
        time_ms: 0,
        failure: (!passed).then(failure),
        verdict,
    }
}

fn explained(failure: Failure, wrong: Wrong) -> Failure {
    let mismatches = wrong.mismatches.into_iter().map(|mismatch| Mismatch {
        what: mismatch.what.into(),
        expected: mismatch.expected.into(),
        got: mismatch.got.into(),
        cause: mismatch.cause.into(),
        note: mismatch.note.into(),
    });
    let events = wrong.events.into_iter().map(|event| HappenedEvent {
        thread: event.thread,
        what: event.what,
        id: event.id,
    });
    Failure {
        input: wrong.input.into(),
        mismatches: mismatches.collect(),
        mismatches_left_out: wrong.mismatches_left_out,
        events: events.collect(),
        events_left_out: wrong.events_left_out,
        ..failure
    }
}
