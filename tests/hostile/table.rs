//! The table that a run ends with: each entry, and what other judges made of its like.

use crate::entry::{Entry, Right};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

/// What other judges made of the corpus, measured: `cargo test` and `cargo nextest` by exit
/// status, and the strictest reading of libtest's output.
const PEERS: &str = include_str!("peers.tsv");

/// One entry's result.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four columns of yes and no")]
pub(crate) struct Row {
    name: &'static str,
    class: &'static str,
    like: &'static [&'static str],
    right: String,
    /// What became of it.
    pub(crate) ours: String,
    /// Whether it is as it must be.
    pub(crate) ok: bool,
    /// Whether it passed and must not.
    pub(crate) forged: bool,
    /// Whether the grader did not end.
    pub(crate) hang: bool,
    /// Whether something outside was harmed, or something was left behind.
    pub(crate) harm: bool,
    /// Wall clock.
    pub(crate) took: Duration,
    /// Most memory of the grader's own process.
    pub(crate) peak_kib: u64,
}

impl Row {
    /// Before anything is known.
    pub(crate) fn of(entry: &Entry) -> Self {
        Self {
            name: entry.name,
            class: entry.class,
            like: entry.like,
            right: in_words(entry.right),
            ..Self::default()
        }
    }
}

fn in_words(right: Right) -> String {
    match right {
        Right::Passed => "passed".to_owned(),
        Right::Kata(words) | Right::Every(words) => words.join("|"),
        Right::Cases(cases) => {
            let mut all: Vec<String> = cases.iter().map(|(_, words)| words.join("|")).collect();
            all.sort();
            all.dedup();
            all.join("+")
        }
    }
}

/// What other judges said.
#[derive(Debug, Clone)]
struct Peers {
    class: &'static str,
    cargo: &'static str,
    nextest: &'static str,
    strict: &'static str,
    harm: bool,
}

/// The peers' part of the table.
pub(crate) struct Table(BTreeMap<&'static str, Peers>);

impl Table {
    /// Reads it.
    pub(crate) fn read() -> Result<Self, String> {
        let rows = PEERS.lines().skip(1).map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [id, class, cargo, nextest, strict, harm] = fields[..] else {
                return Err(format!("peers.tsv: {line:?}"));
            };
            let harm = harm != "-";
            Ok((
                id,
                Peers {
                    class,
                    cargo,
                    nextest,
                    strict,
                    harm,
                },
            ))
        });
        rows.collect::<Result<_, _>>().map(Self)
    }

    /// Whether every entry of the corpus has its like here.
    pub(crate) fn unadapted(&self, entries: &[Entry]) -> Result<(), String> {
        let adapted = |id: &str| entries.iter().any(|entry| entry.like.contains(&id));
        let missing: Vec<&str> = self.0.keys().copied().filter(|id| !adapted(id)).collect();
        let likes = entries.iter().flat_map(|entry| entry.like);
        let unknown: Vec<_> = likes.filter(|id| !self.0.contains_key(*id)).collect();
        if missing.is_empty() && unknown.is_empty() {
            Ok(())
        } else {
            Err(format!("not adapted: {missing:?}; unknown: {unknown:?}"))
        }
    }

    /// Prints everything.
    pub(crate) fn print(&self, mut rows: Vec<Row>) -> Result<(), String> {
        if rows.is_empty() {
            return Ok(());
        }
        rows.sort_by_key(|row| (row.class, row.name));
        let out = &mut std::io::stdout().lock();
        self.write(out, &rows).map_err(|error| error.to_string())
    }

    fn write(&self, out: &mut impl Write, rows: &[Row]) -> std::io::Result<()> {
        writeln!(
            out,
            "{:13} {:34} {:38} {:34} {:3} {:>5}  {:6} {:7} {:6}",
            "class", "entry", "right", "ours", "ok", "s", "cargo", "nextest", "strict"
        )?;
        for row in rows {
            let peer = row.like.first().and_then(|id| self.0.get(id));
            let [cargo, nextest, strict] =
                peer.map_or(["", "", ""], |peer| [peer.cargo, peer.nextest, peer.strict]);
            let ok = if row.ok { "yes" } else { "NO" };
            writeln!(
                out,
                "{:13} {:34} {:38} {:34} {ok:3} {:5.1}  {cargo:6} {nextest:7} {strict:6}",
                row.class,
                row.name,
                cut(&row.right, 38),
                cut(&row.ours, 34),
                row.took.as_secs_f64(),
            )?;
        }
        self.sums(out, rows)
    }

    /// Per class: how many passed that must not, hung or harmed; here and elsewhere.
    fn sums(&self, out: &mut impl Write, rows: &[Row]) -> std::io::Result<()> {
        writeln!(
            out,
            "\n{:13} | ours: {:>7} {:>6} {:>4} {:>4} {:>5} | corpus: {:>7} {:>9} {:>11} {:>10} {:>5}",
            "class",
            "entries",
            "forged",
            "hang",
            "harm",
            "wrong",
            "entries",
            "cargo ok",
            "nextest ok",
            "strict ok",
            "harm"
        )?;
        let mut classes: Vec<&str> = rows.iter().map(|row| row.class).collect();
        classes.dedup();
        for class in classes.into_iter().map(Some).chain([None]) {
            let ours: Vec<&Row> = rows
                .iter()
                .filter(|row| class.is_none_or(|class| row.class == class))
                .collect();
            // Controls must pass, so they say nothing about forging.
            let theirs: Vec<&Peers> = self
                .0
                .values()
                .filter(|peer| class.is_none_or(|class| peer.class == class))
                .filter(|peer| class.is_some() || peer.class != "control")
                .collect();
            let count = |of: fn(&Row) -> bool| ours.iter().filter(|row| of(row)).count();
            let passes =
                |of: fn(&Peers) -> &str| theirs.iter().filter(|peer| of(peer) == "PASS").count();
            writeln!(
                out,
                "{:13} | ours: {:7} {:6} {:4} {:4} {:5} | corpus: {:7} {:9} {:11} {:10} {:5}",
                class.unwrap_or("all"),
                ours.len(),
                count(|row| row.forged),
                count(|row| row.hang),
                count(|row| row.harm),
                count(|row| !row.ok),
                theirs.len(),
                passes(|peer| peer.cargo),
                passes(|peer| peer.nextest),
                passes(|peer| peer.strict),
                theirs.iter().filter(|peer| peer.harm).count(),
            )?;
        }
        let peak = rows.iter().max_by_key(|row| row.peak_kib);
        if let Some(peak) = peak {
            let mib = peak.peak_kib >> 10;
            writeln!(
                out,
                "most memory of the grader itself: {mib} MiB ({})",
                peak.name
            )?;
        }
        Ok(())
    }
}

fn cut(text: &str, width: usize) -> String {
    text.chars().take(width).collect()
}
