//! What repeated measurements come to, and how it is told.

use anyhow::{Context, Result, ensure};
use std::fmt::Write;

/// The markers around the part of docs/performance.md that the benchmark writes.
const BEGIN: &str = "<!-- figures: written by `cargo benchmark` -->";
const END: &str = "<!-- end of figures -->";

/// Repeated measurements of one thing, smallest first; never empty.
#[derive(Debug, Clone)]
pub(crate) struct Spread(Vec<f64>);

impl Spread {
    pub(crate) fn of(values: &[f64]) -> Result<Self> {
        ensure!(!values.is_empty(), "nothing was measured");
        let mut values = values.to_vec();
        values.sort_by(f64::total_cmp);
        Ok(Self(values))
    }

    /// The middle value, or the mean of the two in the middle.
    fn median(&self) -> f64 {
        let (lower, upper) = ((self.0.len() - 1) / 2, self.0.len() / 2);
        f64::midpoint(self.0[lower], self.0[upper])
    }

    /// Median, least and greatest.
    fn told(&self, unit: fn(f64) -> String) -> String {
        let (least, greatest) = (self.0[0], self.0[self.0.len() - 1]);
        let [median, least, greatest] = [self.median(), least, greatest].map(unit);
        format!("{median} ({least}–{greatest})")
    }
}

/// A duration in seconds.
pub(crate) fn time(seconds: f64) -> String {
    match seconds {
        ..0.1 => format!("{:.1} ms", seconds * 1000.0),
        ..1.0 => format!("{:.0} ms", seconds * 1000.0),
        ..100.0 => format!("{seconds:.2} s"),
        _ => format!("{seconds:.0} s"),
    }
}

/// An amount of memory.
pub(crate) fn memory(mebibytes: f64) -> String {
    format!("{mebibytes:.1} MiB")
}

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// What is done.
    pub(crate) job: String,
    /// What the grader needs.
    pub(crate) ours: Spread,
    /// How its values are told.
    pub(crate) unit: fn(f64) -> String,
    /// The rival's name and what it needs.
    pub(crate) rival: Option<(String, Spread)>,
    /// The goal: the greatest figure that is good enough.
    pub(crate) at_most: Option<f64>,
}

impl Row {
    /// The ratio of the medians, or the median itself where there is no rival.
    pub(crate) fn figure(&self) -> f64 {
        let theirs = self.rival.as_ref().map(|(_, theirs)| theirs.median());
        self.ours.median() / theirs.unwrap_or(1.0)
    }

    /// Whether the goal is reached, in a word; none where none is set.
    pub(crate) fn verdict(&self) -> &'static str {
        match self.at_most {
            Some(at_most) if self.figure() <= at_most => "reached",
            Some(_) => "missed",
            None => "",
        }
    }

    fn told(&self) -> String {
        let figure = |figure: f64| match self.rival {
            Some(_) => format!("{figure:.3}"),
            None => (self.unit)(figure),
        };
        let rival = match &self.rival {
            Some((name, theirs)) => format!("{}, {name}", theirs.told(self.unit)),
            None => "–".to_owned(),
        };
        let ours = self.ours.told(self.unit);
        let at_most = self.at_most.map_or_else(|| "–".to_owned(), figure);
        let (figure, verdict) = (figure(self.figure()), self.verdict());
        let job = &self.job;
        format!("| {job} | {ours} | {rival} | {figure} | {at_most} | {verdict} |")
    }
}

/// The table, in Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let rows: Vec<String> = rows.iter().map(Row::told).collect();
    let head = "| job | grader | rival | figure | at most | |\n|---|---|---|---|---|---|";
    format!("{head}\n{}\n", rows.join("\n"))
}

/// The page with new text between the markers.
pub(crate) fn written(
    page: &str,
    about: &[(&str, Option<String>)],
    rows: &[Row],
) -> Result<String> {
    let lost = "docs/performance.md has lost the markers that the figures stand between";
    let (before, rest) = page.split_once(BEGIN).context(lost)?;
    let (_, after) = rest.split_once(END).context(lost)?;
    let mut text = "| | |\n|---|---|\n".to_owned();
    for (name, value) in about {
        let value = value.as_deref().unwrap_or("unknown");
        let _ = writeln!(text, "| {name} | {value} |");
    }
    let table = table(rows);
    Ok(format!("{before}{BEGIN}\n\n{text}\n{table}\n{END}{after}"))
}

/// What `whole` parts take if `sample` of them take `value`.
pub(crate) fn scaled(value: f64, sample: usize, whole: usize) -> f64 {
    let count = |number: usize| u32::try_from(number).map_or(f64::INFINITY, f64::from);
    value * count(whole) / count(sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(values: &[f64]) -> Spread {
        Spread::of(values).unwrap()
    }

    fn row() -> Row {
        Row {
            job: "save".to_owned(),
            ours: spread(&[1.0, 8.0, 2.0]),
            unit: time,
            rival: Some(("cargo test".to_owned(), spread(&[10.0, 2.0, 4.0]))),
            at_most: Some(0.4),
        }
    }

    #[test]
    fn the_median_is_the_middle_in_order_of_size() {
        let told = |values| spread(values).told(memory);
        assert_eq!(told(&[9.0, 1.0, 2.0]), "2.0 MiB (1.0 MiB–9.0 MiB)");
        assert_eq!(told(&[4.0, 9.0, 1.0, 2.0]), "3.0 MiB (1.0 MiB–9.0 MiB)");
    }

    #[test]
    fn the_figure_is_the_ratio_of_medians_not_the_median_of_ratios() {
        let spreads = "2.00 s (1.00 s–8.00 s) | 4.00 s (2.00 s–10.00 s), cargo test";
        let told = format!("| save | {spreads} | 0.500 | 0.400 | missed |");
        assert_eq!(row().told(), told);
    }

    #[test]
    fn a_sample_is_scaled_to_the_whole() {
        assert_eq!(time(scaled(3.0, 5, 50)), "30.00 s");
    }

    #[test]
    fn only_what_stands_between_the_markers_is_written_anew() {
        let page = format!("Method.\n{BEGIN}\nold\n{END}\nMore.\n");
        let machine = [("cores", Some("2".to_owned()))];
        let page = written(&page, &machine, &[row()]).unwrap();
        assert!(page.starts_with("Method.\n<!--") && page.ends_with("-->\nMore.\n"));
        assert!(page.contains("| cores | 2 |") && page.contains(&row().told()));
        assert!(!page.contains("old"));
        assert_eq!(page, written(&page, &machine, &[row()]).unwrap());
        assert!(written("Method.", &machine, &[]).is_err());
    }
}
