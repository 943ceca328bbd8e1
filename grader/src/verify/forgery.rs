//! Judges are attacked: with an answer to another question, and with damaged bytes.

use super::behaviour::prepare;
use super::{Bench, Findings};
use crate::engine::fresh_seed;
use crate::error::Result;
use crate::run::{Ending, Oracle};
use suite_judge::Judgement;

/// Other seeds that an answer is replayed under.
const REPLAYS: usize = 12;
/// Replays that may pass because two seeds drew the same input.
const COINCIDENCES: usize = 3;
/// Longest answer of zeros tried for each case, in bytes.
const SMALLEST: usize = 512;
/// Damaged answers tried for each case.
const MUTATIONS: usize = 150;

/// Replays and damages the solution's answers.
pub(super) async fn verify(bench: &Bench, findings: &mut Findings) -> Result<()> {
    bench.tell("attacking the judges");
    let Ok(mut ready) = prepare(bench, bench.solution()?).await? else {
        return Ok(());
    };
    let seed = fresh_seed()?;
    let mut found = Vec::new();
    for planned in ready.oracle.plan(seed)? {
        let Some(input) = planned.input else {
            continue;
        };
        let evidence = ready.observe(&planned.name, input).await?;
        if let Ending::Answered(answer) = &evidence.ending {
            let judge = Judge {
                oracle: &ready.oracle,
                case: &planned.name,
            };
            found.extend(judge.replayed(answer)?);
            found.extend(judge.smallest(seed)?);
            found.extend(judge.damaged(answer, seed));
        }
    }
    findings.note("answers cannot be replayed, judges cannot be broken", found);
    Ok(())
}

struct Judge<'a> {
    oracle: &'a Oracle,
    case: &'a str,
}

impl Judge<'_> {
    /// An answer that is right for one input must be wrong for others: otherwise a constant
    /// would pass.
    fn replayed(&self, answer: &[u8]) -> Result<Option<String>> {
        let mut passed = 0;
        for _ in 0..REPLAYS {
            let seed = fresh_seed()?;
            let judged = self.oracle.judge(self.case, seed, answer.to_owned())?;
            passed += usize::from(judged == Judgement::Right);
        }
        Ok((passed > COINCIDENCES).then(|| {
            format!(
                "{}: the answer to one input passes for {passed} of {REPLAYS} others; let what is \
                 reported depend on what was drawn",
                self.case
            )
        }))
    }

    /// The smallest answer that decodes, all zeros and empty lists, must never be right: a list that
    /// is compared by `zip` forgets what is missing.
    fn smallest(&self, seed: u64) -> Result<Option<String>> {
        for len in 0..=SMALLEST {
            let judged = self.oracle.judge(self.case, seed, vec![0; len])?;
            if judged == Judgement::Right {
                return Ok(Some(format!(
                    "{}: an answer of {len} zero bytes passes; compare the lengths of lists, too",
                    self.case
                )));
            }
        }
        Ok(None)
    }

    /// Damaged bytes must never make a judge panic.
    fn damaged(&self, answer: &[u8], seed: u64) -> Option<String> {
        if answer.is_empty() {
            return None;
        }
        let mut passed = 0;
        for round in 0..MUTATIONS {
            let mut bytes = answer.to_owned();
            // Spread over the whole answer, every kind of damage in turn.
            let place = round * 7919 % bytes.len();
            match round % 4 {
                0 => bytes[place] ^= 1 << (round % 8),
                1 => bytes[place] = 0xff,
                2 => bytes.truncate(place),
                _ => bytes.insert(place, 0),
            }
            if bytes == answer {
                continue;
            }
            match self.oracle.judge(self.case, seed, bytes) {
                Ok(Judgement::Right) => passed += 1,
                Ok(_) => {}
                Err(error) => return Some(format!("{}: {error}", self.case)),
            }
        }
        // Damage may hit what a judge rightly does not look at, a thread's name for example.
        (passed > MUTATIONS / 2).then(|| {
            format!(
                "{}: {passed} of {MUTATIONS} damaged answers pass",
                self.case
            )
        })
    }
}
