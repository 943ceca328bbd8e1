//! What is built once and serves every submission: compiler, katas' crates, oracle.

use crate::cargo::{self, Externs, Toolchain};
use crate::compile::Compiler;
use crate::error::{Error, Result};
use crate::limits::Limits;
use crate::linking::Linking;
use crate::oracle::Oracle;
use crate::process::{Bars, Cage, CageChoice, Level, Possible};
use crate::record::{Event, Events};
use crate::scratch::Scratch;
use std::sync::Arc;
use tokio::sync::watch;

/// Everything that is built once and serves every submission.
pub(crate) struct Workshop {
    /// The compiler.
    pub(crate) toolchain: Toolchain,
    /// What katas may use.
    pub(crate) externs: Externs,
    /// How drivers are linked that were compiled before.
    linking: Option<Linking>,
    /// How much student code is shut in.
    pub(crate) level: Level,
    events: Events,
    oracle: OracleSource,
}

type OracleSource = watch::Receiver<Option<std::result::Result<Arc<Oracle>, String>>>;

impl Workshop {
    /// Builds what student crates need; goes on building the oracle in the background.
    pub(crate) async fn open(choice: CageChoice, events: &Events) -> Result<Self> {
        let sender = events.clone();
        let built = tokio::task::spawn_blocking(move || {
            let depot = cargo::depot();
            let toolchain = Toolchain::find(&depot)?;
            let externs =
                cargo::build_dependencies(&depot, &toolchain, progress(&sender, "katas' crates"));
            let externs = externs?;
            // Without it every driver is compiled, which says better what is wrong with linking.
            let linking = Linking::of(&depot, &toolchain).unwrap_or_default();
            Ok::<_, Error>((toolchain, externs, linking))
        });
        let level = choice.level(&possible_cage().await?)?;
        Cage::check_linker(level)?;
        let (toolchain, externs, linking) = built.await.map_err(|error| broken(&error))??;
        let oracle = start_oracle(toolchain.clone(), events.clone());
        Ok(Self {
            toolchain,
            externs,
            linking,
            level,
            events: events.clone(),
            oracle,
        })
    }

    /// What compiles katas here.
    pub(crate) fn compiler(&self) -> Compiler<'_> {
        Compiler {
            toolchain: &self.toolchain,
            externs: &self.externs,
            linking: self.linking.as_ref(),
            level: self.level,
            events: &self.events,
        }
    }

    /// The oracle, as soon as it is there.
    pub(crate) async fn oracle(&self) -> Result<Arc<Oracle>> {
        let mut source = self.oracle.clone();
        let there = source.wait_for(Option::is_some).await;
        match there.ok().as_deref() {
            Some(Some(Ok(oracle))) => Ok(Arc::clone(oracle)),
            Some(Some(Err(why))) => Err(Error::grader(why.clone(), "see above")),
            _ => Err(Error::grader(
                "the oracle was never built",
                "run the command again",
            )),
        }
    }
}

/// The strongest cage that can be had here, found by making one.
pub(crate) async fn possible_cage() -> Result<Possible> {
    let folder = Scratch::new()?;
    let bars = Bars {
        root: folder.path().to_owned(),
        readable: Vec::new(),
        writable: folder.path().join("work"),
        lasting: None,
        proc: true,
        bounds: Limits::default().for_case(),
    };
    Ok(Cage::strongest(&bars).await)
}

fn start_oracle(toolchain: Toolchain, events: Events) -> OracleSource {
    let (sender, receiver) = watch::channel(None);
    tokio::task::spawn_blocking(move || {
        let oracle =
            cargo::build_oracle(&cargo::depot(), &toolchain, progress(&events, "the oracle"))
                .and_then(|program| Oracle::start(&program))
                .map(Arc::new)
                .map_err(|error| error.to_string());
        let _ = sender.send(Some(oracle));
    });
    receiver
}

fn progress(events: &Events, building: &str) -> impl FnMut(&str) + use<> {
    let (events, building) = (events.clone(), building.to_owned());
    move |line| {
        let telling = [
            "Compiling",
            "Downloading",
            "Downloaded",
            "Updating",
            "Blocking",
        ];
        if telling.iter().any(|word| line.starts_with(word)) {
            let _ = events.send(Event::Progress(format!("building {building}: {line}")));
        }
    }
}

fn broken(error: &tokio::task::JoinError) -> Error {
    Error::grader(
        format!("a part of the grader broke: {error}"),
        "this is the grader's fault; please report it",
    )
}
