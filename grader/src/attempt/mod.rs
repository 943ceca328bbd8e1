//! One compiled submission of one kata, ready to be run under any seed.

mod prepared;

pub(crate) use self::prepared::{Driving, Names, Prepared};

use self::prepared::Work;
use crate::catalogue::Kata;
use crate::compile::{Compiled, DriverOf, NotCompiled, Refused};
use crate::error::Result;
use crate::judge;
use crate::oracle::Oracle;
use crate::outcome::Verdict;
use crate::process::Cage;
use crate::record::{CaseResult, Failure, HappenedEvent, Mismatch, Panic};
use crate::run::{self, CaseRun, Evidence};
use crate::stage::Stage;
use crate::submission::SourceFile;
use crate::workshop::Workshop;
use futures::future::try_join_all;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use suite_judge::protocol::PlannedCase;
use suite_judge::{Judgement, Wrong};
use tokio::sync::OnceCell;

/// One compiled submission of one kata.
pub(crate) struct Attempt<'w> {
    work: Work,
    oracle: Arc<Oracle>,
    workshop: &'w Workshop,
    /// What was found out about the programs that must not compile, once somebody has asked.
    refused: OnceCell<Refused>,
    /// A cage for each case that may run beside others.
    lanes: Vec<Cage>,
}

impl<'w> Attempt<'w> {
    /// Stages and compiles, with a driver of its own.
    ///
    /// # Errors
    /// When the grader cannot; what the student got wrong is [`NotCompiled`].
    pub(crate) async fn prepare(
        kata: &Kata,
        sources: Vec<SourceFile>,
        names: Names,
        stage: &Stage,
        workshop: &'w Workshop,
    ) -> Result<std::result::Result<Self, NotCompiled>> {
        let place = (stage, workshop);
        let driving = Driving {
            driver: DriverOf::Kata,
            lanes: 1,
        };
        match Prepared::compile(kata, sources, names, driving, place).await? {
            Ok(prepared) => prepared.start(workshop).await.map(Ok),
            Err(not_compiled) => Ok(Err(not_compiled)),
        }
    }

    /// What the compiler made and said.
    pub(crate) fn compiled(&self) -> &Compiled {
        &self.work.compiled
    }

    /// Runs every case, and beside them compiles the programs that must not compile; results in
    /// the suite's order.
    pub(crate) async fn run_all(&mut self, seed: u64) -> Result<Vec<CaseResult>> {
        let (lanes, subject) = self.split();
        let plan = subject.oracle.plan(&subject.work.stage.kata.id, seed)?;
        let all = plan.iter().enumerate();
        let (acting, refused): (Vec<_>, Vec<_>) = all.partition(|(_, one)| one.input.is_some());
        let waiting = Mutex::new(acting.into_iter());
        let next = || {
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.next()
        };
        let running = lanes.iter_mut().map(async |lane| {
            let mut results = Vec::new();
            while let Some((place, planned)) = next() {
                results.push((place, subject.run(lane, planned, seed).await?));
            }
            Result::Ok(results)
        });
        let refusing = async {
            let mut results = Vec::new();
            for (place, planned) in refused {
                results.push((place, subject.refused(planned, seed).await?));
            }
            Ok(results)
        };
        let (acted, refused) = tokio::try_join!(try_join_all(running), refusing)?;
        let mut results: Vec<_> = acted.into_iter().flatten().chain(refused).collect();
        results.sort_by_key(|(place, _)| *place);
        Ok(results.into_iter().map(|(_, result)| result).collect())
    }

    /// Runs one case.
    pub(crate) async fn run_one(&mut self, planned: &PlannedCase, seed: u64) -> Result<CaseResult> {
        let (lanes, subject) = self.split();
        subject.run(&mut lanes[0], planned, seed).await
    }

    /// What a case's process does on this input.
    pub(crate) async fn observe(&mut self, case: &str, input: Vec<u8>) -> Result<Evidence> {
        let (lanes, subject) = self.split();
        subject.observe(&mut lanes[0], case, input).await
    }

    fn split(&mut self) -> (&mut [Cage], Subject<'_>) {
        let subject = Subject {
            work: &self.work,
            oracle: &self.oracle,
            workshop: self.workshop,
            refused: &self.refused,
        };
        (&mut self.lanes, subject)
    }
}

/// What a case is run on, in whichever lane.
#[derive(Clone, Copy)]
struct Subject<'a> {
    work: &'a Work,
    oracle: &'a Oracle,
    workshop: &'a Workshop,
    refused: &'a OnceCell<Refused>,
}

impl Subject<'_> {
    async fn run(self, lane: &mut Cage, planned: &PlannedCase, seed: u64) -> Result<CaseResult> {
        let Some(input) = planned.input.clone() else {
            return self.refused(planned, seed).await;
        };
        let evidence = self.observe(lane, &planned.name, input).await?;
        let judged = match evidence.answers.as_slice() {
            [answer] => {
                let answer = answer.clone();
                Some(
                    self.oracle
                        .judge(&self.work.stage.kata.id, &planned.name, seed, answer)?,
                )
            }
            _ => None,
        };
        let verdict = judge::verdict(&evidence, judged.as_ref());
        let failure = || self.failure(&evidence, judged, seed);
        let result = result(planned, verdict, failure);
        Ok(CaseResult {
            time_ms: millis(evidence.elapsed),
            ..result
        })
    }

    async fn observe(self, lane: &mut Cage, case: &str, input: Vec<u8>) -> Result<Evidence> {
        let run = CaseRun {
            kata: &self.work.stage.kata.id,
            case,
            input,
            driver: &self.work.stage.driver(),
            work: self.work.stage.work(),
            bounds: self.work.stage.kata.about.limits.for_case(),
        };
        run::run(run, lane).await
    }

    /// A program that must not compile is compiled with the others of its kata; here it gets its
    /// result.
    async fn refused(self, planned: &PlannedCase, seed: u64) -> Result<CaseResult> {
        let compiler = self.workshop.compiler();
        let find_out = || compiler.refused(&self.work.stage);
        let refused = self.refused.get_or_try_init(find_out).await?;
        let (verdict, wrong) = match refused.get(&planned.name) {
            Some(None) => (Verdict::Passed, None),
            Some(Some(wrong)) => (Verdict::Failed, Some(wrong.clone())),
            None => {
                let reason = format!("the suite has no program for {}", planned.name);
                (Verdict::GraderError { reason }, None)
            }
        };
        let (what, cause) = if self.work.stage.kata.has_macros() {
            (
                "a program that uses your macro",
                "the macro makes other code of it than the README asks for",
            )
        } else {
            (
                "a program against your types",
                "a type has other bounds or other methods than the stub's",
            )
        };
        let mismatches = wrong.map(|got| Mismatch {
            what: what.to_owned(),
            expected: "refused by the compiler, while the same program without the mistake is not"
                .to_owned(),
            got,
            cause: cause.to_owned(),
        });
        Ok(result(planned, verdict, || Failure {
            mismatches: mismatches.into_iter().collect(),
            replay: self.replay(seed),
            ..Failure::default()
        }))
    }

    fn replay(&self, seed: u64) -> String {
        let Names { flag, .. } = &self.work.names;
        format!(
            "cargo grader check {}{flag} --seed {seed}",
            self.work.stage.kata.id
        )
    }

    fn failure(&self, evidence: &Evidence, judged: Option<Judgement>, seed: u64) -> Failure {
        let printed = [evidence.stdout.to_bytes(), evidence.stderr.to_bytes()].concat();
        let mut failure = Failure {
            panics: evidence
                .panics
                .iter()
                .map(|panic| self.panic(panic))
                .collect(),
            printed: String::from_utf8_lossy(&printed).into_owned(),
            leftovers: evidence.leftovers.clone(),
            replay: self.replay(seed),
            ..Failure::default()
        };
        if let Some(Judgement::Wrong(wrong)) = judged {
            explain(&mut failure, wrong);
        }
        failure
    }

    fn panic(&self, panic: &suite_drive::Panic) -> Panic {
        let Work { stage, sources, .. } = self.work;
        let line = usize::try_from(panic.line).unwrap_or(usize::MAX);
        let library = self.work.compiled.library.as_ref();
        let (file, line) = match library.and_then(|library| library.place(&panic.file, line)) {
            Some((path, line)) => (format!("{}/{path}", stage.source_as_shown()), line),
            None => (panic.file.clone(), line),
        };
        let source = sources
            .iter()
            .find(|source| file.ends_with(&format!("src/{}", source.path)))
            .and_then(|source| source.text.lines().nth(line.saturating_sub(1)));
        Panic {
            thread: panic.thread.clone(),
            file,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            source: source.unwrap_or_default().trim().to_owned(),
            message: panic.message.clone(),
        }
    }
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

fn explain(failure: &mut Failure, wrong: Wrong) {
    failure.input = wrong.input;
    let mismatches = wrong.mismatches.into_iter().map(|mismatch| Mismatch {
        what: mismatch.what,
        expected: mismatch.expected,
        got: mismatch.got,
        cause: mismatch.cause,
    });
    failure.mismatches = mismatches.collect();
    let events = wrong.events.into_iter().map(|event| HappenedEvent {
        thread: event.thread,
        what: event.what,
        id: event.id,
    });
    failure.events = events.collect();
}

/// Whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
