//! The figures as text.

use crate::figures::{Beside, Row, Spread, Unit};
use anyhow::{Context, Result};
use std::fmt::Write;

/// What stands around the part of the page that the benchmark writes.
const BEGIN: &str = "<!-- figures: written by `cargo benchmark` -->";
const END: &str = "<!-- end of figures -->";

/// The table, in Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| job | grader | beside it | figure | at most | |\n|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let beside = match &row.beside {
            Beside::Rival(name, theirs) => format!("{}, {name}", spread(theirs, row.unit)),
            Beside::Nothing => "–".to_owned(),
        };
        let verdict = row
            .is_reached()
            .map_or("", |reached| if reached { "reached" } else { "missed" });
        let bound = row
            .at_most
            .map_or_else(|| "–".to_owned(), |bound| figure(row, bound));
        let _ = writeln!(
            text,
            "| {} | {} | {beside} | {} | {bound} | {verdict} |",
            row.job,
            spread(&row.ours, row.unit),
            figure(row, row.figure()),
        );
    }
    text
}

/// The page with everything between the marks written anew.
///
/// # Errors
/// When the page has no marks.
pub(crate) fn written(
    page: &str,
    rows: &[Row],
    about: &[(&str, String)],
    rounds: usize,
) -> Result<String> {
    let marks = "docs/performance.md has lost the marks that the figures stand between";
    let (before, rest) = page.split_once(BEGIN).context(marks)?;
    let (_, after) = rest.split_once(END).context(marks)?;
    let mut machine = String::from("| | |\n|---|---|\n");
    for (name, value) in about {
        let _ = writeln!(machine, "| {name} | {value} |");
    }
    let _ = writeln!(machine, "| rounds | {rounds} |");
    Ok(format!(
        "{before}{BEGIN}\n\n{machine}\n{}\n{END}{after}",
        table(rows)
    ))
}

/// Median, least and greatest.
fn spread(spread: &Spread, unit: Unit) -> String {
    let (least, median, most) = (spread.min(), spread.median(), spread.max());
    format!(
        "{} ({}–{})",
        value(median, unit),
        value(least, unit),
        value(most, unit)
    )
}

fn figure(row: &Row, figure: f64) -> String {
    match row.beside {
        Beside::Rival(..) => ratio(figure),
        Beside::Nothing => value(figure, row.unit),
    }
}

/// A ratio, with two digits that count.
pub(crate) fn ratio(ratio: f64) -> String {
    if ratio < 0.1 {
        format!("{ratio:.3}")
    } else {
        format!("{ratio:.2}")
    }
}

fn value(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Mebibytes => format!("{value:.1} MiB"),
        Unit::Seconds if value < 1.0 => format!("{:.0} ms", value * 1000.0),
        Unit::Seconds if value < 100.0 => format!("{value:.2} s"),
        Unit::Seconds => format!("{value:.0} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ours: &[f64], beside: Beside, unit: Unit, at_most: Option<f64>) -> Row {
        Row {
            job: "a job".to_owned(),
            ours: Spread::of(ours.to_vec()).unwrap(),
            unit,
            beside,
            at_most,
        }
    }

    fn rival(theirs: &[f64]) -> Beside {
        Beside::Rival("a rival".to_owned(), Spread::of(theirs.to_vec()).unwrap())
    }

    #[test]
    fn a_row_says_medians_spreads_and_whether_its_figure_is_reached() {
        let rows = [
            row(
                &[0.1, 0.2, 0.3],
                rival(&[1.0, 1.0]),
                Unit::Seconds,
                Some(0.3),
            ),
            row(&[70.0], Beside::Nothing, Unit::Mebibytes, Some(64.0)),
        ];
        let table = table(&rows);
        let lines: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "| a job | 200 ms (100 ms–300 ms) | 1.00 s (1.00 s–1.00 s), a rival | 0.20 | 0.30 | reached |",
                "| a job | 70.0 MiB (70.0 MiB–70.0 MiB) | – | 70.0 MiB | 64.0 MiB | missed |",
            ]
        );
    }

    #[test]
    fn only_what_stands_between_the_marks_is_written_anew() {
        let page = format!("Method.\n{BEGIN}\nold\n{END}\nMore.\n");
        let page = written(&page, &[], &[("cores", "2".to_owned())], 5).unwrap();
        assert!(page.starts_with("Method.\n") && page.ends_with("\nMore.\n"));
        assert!(page.contains("| cores | 2 |") && !page.contains("old"));
        let again = written(&page, &[], &[("cores", "2".to_owned())], 5).unwrap();
        assert_eq!(page, again);
    }

    #[test]
    fn a_page_without_marks_is_left_alone() {
        assert!(written("Method.", &[], &[], 5).is_err());
    }
}
