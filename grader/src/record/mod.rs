//! What the engine says and every reporter reads: events, and the report they add up to.

mod bounds;
#[cfg(test)]
pub(crate) mod flood;
#[cfg(test)]
mod schema;

use crate::outcome::Verdict;
use crate::text::grader_command;
#[cfg(test)]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

pub(crate) use bounds::{Text, name, shorten};

/// Version of [`Report`]'s JSON form. A reader refuses a newer one.
pub(crate) const REPORT_VERSION: u32 = 2;

/// Something that happened while grading, in order.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// Something takes a while: what, in a few words.
    Progress(String),
    /// The compiler has an error in a student's crate, as it renders it. They come in the order of
    /// [`KataResult::compiler`], before the compiler has ended.
    CompileError(String),
    /// A kata is being graded.
    Started(String),
    /// A kata has been graded.
    Finished(Box<KataResult>),
}

/// Where events go.
pub(crate) type Events = UnboundedSender<Event>;

/// What `cargo grader check` and `cargo grader batch` report: one grade of one submission.
///
/// Texts come from the submission: escape them before you show them. What is too long is cut in the
/// middle, with a mark that says how many bytes are left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct Report {
    /// The version of this form. It grows when a field changes its meaning or goes away.
    pub(crate) version: u32,
    /// Version of the grader.
    pub(crate) grader: String,
    /// The compiler, as it names itself.
    pub(crate) toolchain: String,
    /// What protected the machine from student code.
    pub(crate) protection: String,
    /// The seed that the inputs were drawn under.
    pub(crate) seed: u64,
    /// Whose work it is, in words.
    pub(crate) origin: String,
    /// Points reached.
    pub(crate) points: u32,
    /// Points there are.
    pub(crate) max_points: u32,
    /// What is odd about the submission but decides nothing.
    #[serde(flatten)]
    pub(crate) warnings: Warnings,
    /// One result per kata, in the course's order.
    pub(crate) katas: Vec<KataResult>,
    /// The kata to go on with, at home; null where there is none.
    pub(crate) next: Option<NextKata>,
}

/// The easiest kata that is not solved and builds only on solved ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct NextKata {
    /// Id.
    pub(crate) kata: String,
    /// Track.
    pub(crate) track: String,
    /// 1 to 5.
    pub(crate) difficulty: u8,
    /// Minutes that it takes.
    pub(crate) minutes: u8,
}

impl NextKata {
    /// Which it is, what it takes, and how to begin.
    pub(crate) fn words(&self) -> String {
        let Self {
            kata,
            difficulty,
            minutes,
            ..
        } = self;
        let show = grader_command(["show", kata]);
        format!("{kata} ({difficulty} of 5, about {minutes} minutes): `{show}`")
    }
}

/// What is odd about a submission but decides nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct Warnings {
    /// What is odd about the submission but decides nothing.
    pub(crate) warnings: Vec<String>,
    /// How many warnings there are besides these.
    #[serde(rename = "warnings_left_out")]
    pub(crate) left_out: usize,
}

/// The result of one kata.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct KataResult {
    /// Id.
    pub(crate) kata: String,
    /// Track.
    pub(crate) track: String,
    /// Title.
    pub(crate) title: String,
    /// The verdict: passed only if every case is.
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
    /// The seed that its inputs were drawn under.
    pub(crate) seed: u64,
    /// Whether the verdict was made in an earlier grade and nothing has changed since.
    #[serde(skip_deserializing)]
    pub(crate) kept: bool,
    /// Points reached.
    pub(crate) points: u32,
    /// Points there are; 0 where the suite was not asked.
    pub(crate) max_points: u32,
    /// Wall clock, in milliseconds. Differs from run to run.
    pub(crate) time_ms: u64,
    /// What is odd but decides nothing.
    pub(crate) warnings: Vec<String>,
    /// What the compiler says.
    #[serde(flatten)]
    pub(crate) compiler: CompilerMessages,
    /// One result per case, in the suite's order; empty where none was run.
    pub(crate) cases: Vec<CaseResult>,
}

/// What the compiler says about a kata: its errors, or the warnings of what compiles.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct CompilerMessages {
    /// What the compiler says, as it renders it, with its colours.
    #[serde(rename = "compiler")]
    pub(crate) messages: Vec<String>,
    /// How many messages of the compiler there are besides these.
    #[serde(rename = "compiler_left_out")]
    pub(crate) left_out: usize,
}

/// The result of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct CaseResult {
    /// Its name, a sentence in snake case.
    pub(crate) case: String,
    /// The property that it holds the code to.
    pub(crate) title: String,
    /// The verdict.
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
    /// Points reached.
    pub(crate) points: u32,
    /// Points there are.
    pub(crate) max_points: u32,
    /// Whether it rests on events that its process reports and nobody else can see.
    pub(crate) rests_on_claims: bool,
    /// Wall clock, in milliseconds. Differs from run to run.
    pub(crate) time_ms: u64,
    /// What the case was about and what went wrong; null if it passed.
    pub(crate) failure: Option<Failure>,
}

/// Everything that helps to understand a failure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct Failure {
    /// The input, in Rust's debug form.
    pub(crate) input: Text,
    /// What is not as it must be.
    pub(crate) mismatches: Vec<Mismatch>,
    /// How many mismatches there are besides these.
    pub(crate) mismatches_left_out: usize,
    /// The first panics, in order.
    pub(crate) panics: Vec<Panic>,
    /// What the driver saw happen, in order.
    pub(crate) events: Vec<HappenedEvent>,
    /// How many events followed these.
    pub(crate) events_left_out: usize,
    /// What the student's code printed to standard output.
    pub(crate) stdout: Text,
    /// What the student's code printed to standard error.
    pub(crate) stderr: Text,
    /// Child processes that were still there at the end.
    pub(crate) leftovers: Vec<String>,
    /// The command that runs this case again on the same input, quoted for a shell.
    pub(crate) replay: String,
}

/// One thing that is not as it must be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct Mismatch {
    /// What was looked at; may be empty.
    pub(crate) what: Text,
    /// What it must be.
    pub(crate) expected: Text,
    /// What it was.
    pub(crate) got: Text,
    /// The cause, which the difference proves; may be empty.
    pub(crate) cause: Text,
    /// What is easily missed about the property, whatever the cause is; may be empty.
    pub(crate) note: Text,
}

/// A panic of the student's code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct Panic {
    /// Thread.
    pub(crate) thread: String,
    /// Source file, as the student knows it.
    pub(crate) file: String,
    /// Line.
    pub(crate) line: u32,
    /// The source line; empty where the file is not the student's.
    pub(crate) source: String,
    /// Message.
    pub(crate) message: Text,
}

/// An event that a driver saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(JsonSchema))]
pub(crate) struct HappenedEvent {
    /// Thread.
    pub(crate) thread: String,
    /// What happened, in a word.
    pub(crate) what: String,
    /// Which one, where there are several.
    pub(crate) id: u64,
}

/// Whole milliseconds, as reports state times.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Report {
    /// Katas that passed.
    pub(crate) fn passed(&self) -> usize {
        let katas = self.katas.iter();
        katas.filter(|kata| kata.verdict.is_passed()).count()
    }

    /// Whether the grader failed at any kata.
    pub(crate) fn has_grader_error(&self) -> bool {
        let mut katas = self.katas.iter();
        katas.any(|kata| kata.verdict.is_grader_error())
    }
}
