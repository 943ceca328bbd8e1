//! One kata of one submission: its result, whatever becomes of it.

use super::Task;
use crate::attempt::{Attempt, Driving, Names, Prepared};
use crate::catalogue::Kata;
use crate::compile::{DriverOf, NotCompiled};
use crate::error::{Error, Result};
use crate::judge;
use crate::outcome::Verdict;
use crate::record::{Event, Events, KataResult};
use crate::stage::Stage;
use crate::submission::Submission;
use crate::workshop::Workshop;

/// One kata of one submission.
pub(super) struct OneKata<'a> {
    pub(super) kata: &'a Kata,
    pub(super) task: &'a Task,
    pub(super) stage: &'a Stage,
    pub(super) workshop: Option<&'a Workshop>,
    pub(super) events: &'a Events,
    /// Cases that may run side by side.
    pub(super) lanes: usize,
}

/// What is left to do for a kata.
pub(super) enum Step {
    /// Nothing.
    Done(KataResult),
    /// Its cases are to be run, after a driver was made if it has none.
    Run(Prepared),
}

impl OneKata<'_> {
    /// What can be said before anything is run.
    pub(super) async fn prepare(&self, submission: &Submission, driver: DriverOf) -> Step {
        let prepared = self.prepared(submission, driver).await;
        prepared.unwrap_or_else(|error| Step::Done(self.broken(&error)))
    }

    /// Runs its cases.
    pub(super) async fn run(&self, prepared: Prepared) -> KataResult {
        let ran = self.ran(prepared).await;
        ran.unwrap_or_else(|error| self.broken(&error))
    }

    /// It does not compile.
    pub(super) fn not_compiled(&self, not_compiled: NotCompiled) -> KataResult {
        KataResult {
            compiler: not_compiled.messages,
            ..self.without_cases(not_compiled.verdict)
        }
    }

    /// The grader could not do its job.
    pub(super) fn broken(&self, error: &Error) -> KataResult {
        self.without_cases(Verdict::GraderError {
            reason: error.to_string(),
        })
    }

    async fn prepared(&self, submission: &Submission, driver: DriverOf) -> Result<Step> {
        let unavailable = !self.kata.is_available();
        let (sources, workshop) = match (submission, self.workshop) {
            _ if unavailable => return Ok(Step::Done(self.unavailable())),
            (Submission::Missing | Submission::Untouched, _) => {
                return Ok(Step::Done(self.without_cases(Verdict::NotAttempted)));
            }
            (Submission::Rejected(reason), _) => {
                let reason = reason.clone();
                return Ok(Step::Done(self.without_cases(Verdict::Rejected { reason })));
            }
            (Submission::Sources(sources), Some(workshop)) => (sources.clone(), workshop),
            (Submission::Sources(_), None) => return Err(no_workshop()),
        };
        let names = Names {
            shown: self.shown(),
            flag: self.task.flag.clone(),
            lasting: self.task.lasting(self.kata),
        };
        let place = (self.stage, workshop);
        let driving = Driving {
            driver,
            lanes: self.lanes,
        };
        let prepared = Prepared::compile(self.kata, sources, names, driving, place).await?;
        Ok(match prepared {
            Ok(prepared) => Step::Run(prepared),
            Err(not_compiled) => Step::Done(self.not_compiled(not_compiled)),
        })
    }

    async fn ran(&self, prepared: Prepared) -> Result<KataResult> {
        let workshop = self.workshop.ok_or_else(no_workshop)?;
        let mut attempt: Attempt<'_> = prepared.start(workshop).await?;
        let (mut cases, mut verdict) = (Vec::new(), Verdict::Passed);
        let mut seed = self.task.terms.seed;
        for round in 0..self.task.terms.rounds {
            self.tell(round);
            seed = self.task.terms.seed.wrapping_add(round);
            cases = attempt.run_all(seed).await?;
            verdict = judge::of_kata(cases.iter().map(|case| &case.verdict));
            if !verdict.is_passed() {
                break;
            }
        }
        Ok(KataResult {
            points: cases.iter().map(|case| case.points).sum(),
            max_points: cases.iter().map(|case| case.max_points).sum(),
            compiler: attempt.compiled().warnings.clone(),
            seed,
            cases,
            ..self.without_cases(verdict)
        })
    }

    /// Nothing that could be reached here.
    fn unavailable(&self) -> KataResult {
        let platforms = self.kata.about.platforms.join(" or ");
        KataResult {
            max_points: 0,
            ..self.without_cases(Verdict::Unavailable {
                reason: format!("this kata needs {platforms}"),
            })
        }
    }

    fn tell(&self, round: u64) {
        // A tenth at a time, so that a log stays readable.
        if self.task.terms.rounds > 1 && round.is_multiple_of(self.task.terms.rounds.div_ceil(10)) {
            let what = format!(
                "{}: round {} of {}",
                self.kata.id,
                round + 1,
                self.task.terms.rounds
            );
            let _ = self.events.send(Event::Progress(what));
        }
    }

    /// The student's folder as the student knows it.
    fn shown(&self) -> String {
        let folder = self.task.from.join(self.kata.place());
        let cwd = std::env::current_dir().unwrap_or_default();
        let shown = folder.strip_prefix(&cwd).unwrap_or(&folder);
        if shown.as_os_str().is_empty() {
            return ".".to_owned();
        }
        shown.display().to_string()
    }

    fn without_cases(&self, verdict: Verdict) -> KataResult {
        let kata = self.kata;
        KataResult {
            kata: kata.id.clone(),
            track: kata.track.clone(),
            title: kata.about.title.clone(),
            verdict,
            seed: self.task.terms.seed,
            kept: false,
            points: 0,
            max_points: self.stage.suites.of(kata).map_or(0, |suite| suite.points),
            time_ms: 0,
            warnings: Vec::new(),
            compiler: Vec::new(),
            cases: Vec::new(),
        }
    }
}

/// Something must be compiled or run, and nobody has opened a workshop.
pub(super) fn no_workshop() -> Error {
    Error::grader(
        "there is nothing to compile and run with",
        "this is the grader's fault; please report it",
    )
}
