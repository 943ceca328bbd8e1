//! The author's proof that katas are fair (solvable from their text), strong (wrong
//! solutions are caught) and stable (right ones always pass).

mod behaviour;
mod forgery;
mod mistake;
mod mutants;
mod signatures;
mod sizes;
mod texts;

pub(crate) use mistake::{Mistake, Mistakes};
pub(crate) use mutants::{Fate, Survey, survey};

use crate::course::{Catalogue, Kata};
use crate::engine::{Engine, Terms};
use crate::error::{Error, Result};
use crate::outcome::Verdict;
use crate::record::{CompilerMessages, Event, Events, KataResult, millis};
use crate::sandbox::Strictness;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;

/// What was found about one kata.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Id.
    pub(crate) kata: String,
    /// What was proven, in a few words each.
    pub(crate) proven: Vec<String>,
    /// What must be mended.
    pub(crate) problems: Vec<String>,
}

impl Findings {
    /// Whether nothing must be mended.
    pub(crate) fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// Notes what `found` says: problems, or else that `what` is proven.
    fn note(&mut self, what: impl Into<String>, found: Vec<String>) {
        if found.is_empty() {
            self.proven.push(what.into());
        }
        self.problems.extend(found);
    }
}

/// What every check of one kata needs.
#[derive(Clone)]
struct Bench {
    catalogue: Arc<Catalogue>,
    kata: Kata,
    engine: Arc<Engine>,
    repeat: usize,
    /// Whether what wrong solutions are told is written into their patches.
    accept_causes: bool,
    events: Events,
}

impl Bench {
    /// Tells of a round: a tenth of all at a time, so that a log stays readable.
    fn tell_round(&self, what: &str, round: usize) {
        if (round - 1).is_multiple_of(self.repeat.div_ceil(10)) {
            self.tell(&format!("{what}, {round} of {}", self.repeat));
        }
    }

    fn tell(&self, what: &str) {
        let what = format!("{}: {what}", self.kata.id);
        let _ = self.events.send(Event::Progress(what));
    }
}

/// What is to be proven, and how.
#[derive(Clone, Copy)]
pub(crate) struct Proof<'a> {
    /// The course.
    pub(crate) catalogue: &'a Arc<Catalogue>,
    /// The katas.
    pub(crate) katas: &'a [&'a Kata],
    /// How often everything is run, each time under a new seed.
    pub(crate) repeat: usize,
    /// Whether the causes that wrong solutions are told are put on record instead of compared.
    pub(crate) accept_causes: bool,
    /// What happens at a time.
    pub(crate) jobs: usize,
    /// Who is told what happens.
    pub(crate) events: &'a Events,
}

impl Proof<'_> {
    fn bench(&self, kata: &Kata, engine: &Arc<Engine>) -> Bench {
        Bench {
            catalogue: Arc::clone(self.catalogue),
            kata: kata.clone(),
            engine: Arc::clone(engine),
            repeat: self.repeat.max(1),
            accept_causes: self.accept_causes,
            events: self.events.clone(),
        }
    }
}

async fn engine_for_authors(catalogue: &Catalogue, events: &Events) -> Result<Arc<Engine>> {
    let terms = Terms {
        seed: 0,
        rounds: 1,
        strictness: Strictness::usual(),
        // What is proven is run side by side already.
        jobs: 1,
    };
    Ok(Arc::new(
        Engine::open(&catalogue.root, terms, events).await?,
    ))
}

/// Verifies katas, `proof.jobs` at a time; findings in the course's order.
///
/// # Errors
/// When the grader cannot do its job. What is wrong with a kata is in its findings.
pub(crate) async fn verify(proof: Proof<'_>) -> Result<Vec<Findings>> {
    let engine = engine_for_authors(proof.catalogue, proof.events).await?;
    let places = Arc::new(Semaphore::new(proof.jobs.max(1)));
    let mut running = Vec::new();
    for kata in proof.katas {
        let bench = proof.bench(kata, &engine);
        let places = Arc::clone(&places);
        running.push(tokio::spawn(async move {
            let _place = places.acquire().await;
            verify_one(bench).await
        }));
    }
    let mut findings = Vec::new();
    for one in running {
        findings.push(one.await.map_err(|error| Error::bug(&error))?);
    }
    Ok(findings)
}

async fn verify_one(bench: Bench) -> Findings {
    let started = Instant::now();
    let _ = bench.events.send(Event::Started(bench.kata.id.clone()));
    let mut findings = Findings {
        kata: bench.kata.id.clone(),
        ..Findings::default()
    };
    if let Err(error) = look_at(&bench, &mut findings).await {
        findings.problems.push(error.to_string());
    }
    let _ = bench.events.send(Event::Finished(Box::new(finished(
        &bench.kata,
        &findings,
        started,
    ))));
    findings
}

async fn look_at(bench: &Bench, findings: &mut Findings) -> Result<()> {
    texts::verify(bench, findings)?;
    sizes::verify(bench, findings)?;
    signatures::verify(bench, findings)?;
    if !behaviour::is_anything_judged(bench).await? {
        findings.problems.push(format!(
            "nothing is judged yet: write the first case in {}",
            bench.kata.hidden.join("suite.rs").display()
        ));
        return Ok(());
    }
    behaviour::verify(bench, findings).await?;
    forgery::verify(bench, findings).await
}

/// For the progress line only.
fn finished(kata: &Kata, findings: &Findings, started: Instant) -> KataResult {
    KataResult {
        kata: kata.id.clone(),
        track: kata.track.clone(),
        title: kata.about.title.clone(),
        verdict: if findings.is_sound() {
            Verdict::Passed
        } else {
            Verdict::Failed
        },
        seed: 0,
        kept: false,
        points: 0,
        max_points: 0,
        time_ms: millis(started.elapsed()),
        warnings: Vec::new(),
        compiler: CompilerMessages::default(),
        cases: Vec::new(),
    }
}

fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(|error| Error::io("read", file, &error))
}
