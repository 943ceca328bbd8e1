//! The figures as a picture: one bar for each ratio, with a mark at the figure to reach.

use crate::figures::{Beside, Row, Unit};
use crate::page::ratio;
use std::fmt::Write;

const WIDTH: f64 = 920.0;
/// Height of a row, and of the parts above and below all rows.
const ROW: f64 = 46.0;
const HEAD: f64 = 64.0;
const FOOT: f64 = 16.0;
/// Where the axis begins and where a ratio of 1 stands.
const ZERO: f64 = 24.0;
const ONE: f64 = 640.0;
/// The longest bar; what is longer is cut.
const LONGEST: f64 = 1.3;

/// Colours for light and for dark surroundings: whoever shows the picture says which it is.
const STYLE: &str = "
  text { font: 14px system-ui, sans-serif; fill: #1f2328 }
  .head { font-size: 17px; font-weight: 600 }
  .quiet { fill: #59636e; font-size: 12px }
  .figure { font-weight: 600 }
  .ground { fill: #ffffff }
  .track { fill: #eff2f5 }
  .reached { fill: #1a7f5a }
  .missed { fill: #c4520c }
  .rival { stroke: #59636e; stroke-width: 1; stroke-dasharray: 3 3 }
  .bound { stroke: #1f2328; stroke-width: 2.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .quiet { fill: #9198a1 }
    .ground { fill: #0d1117 }
    .track { fill: #1c232c }
    .reached { fill: #3fb68b }
    .missed { fill: #f0883e }
    .rival { stroke: #9198a1 }
    .bound { stroke: #e6edf3 }
  }
";

/// The picture, in SVG, of all rows that compare times and have a figure to reach.
pub(crate) fn plot(rows: &[Row]) -> String {
    let bars: Vec<Bar<'_>> = rows.iter().filter_map(Bar::of).collect();
    let height = bars.iter().fold(HEAD + FOOT, |height, _| height + ROW);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" role=\"img\">\n\
         <title>Time of the grader as a share of what it is measured beside</title>\n\
         <style>{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{height}\" rx=\"6\"/>\n\
         <text class=\"head\" x=\"{ZERO}\" y=\"28\">Time of the grader, as a share of its rival’s</text>\n\
         <text class=\"quiet\" x=\"{ZERO}\" y=\"48\">Shorter is better. The bold mark is the figure to reach, the dashed line the rival.</text>\n"
    );
    let mut top = HEAD;
    for bar in &bars {
        bar.draw(&mut svg, top);
        top += ROW;
    }
    let _ = writeln!(
        svg,
        "<line class=\"rival\" x1=\"{ONE}\" x2=\"{ONE}\" y1=\"{HEAD}\" y2=\"{}\"/>\n</svg>",
        height - FOOT
    );
    svg
}

struct Bar<'r> {
    row: &'r Row,
    rival: &'r str,
}

impl<'r> Bar<'r> {
    fn of(row: &'r Row) -> Option<Self> {
        match &row.beside {
            Beside::Rival(rival, _) if row.unit == Unit::Seconds && row.at_most.is_some() => {
                Some(Self { row, rival })
            }
            _ => None,
        }
    }

    fn draw(&self, svg: &mut String, top: f64) {
        let figure = self.row.figure();
        let reached = self.row.is_reached() == Some(true);
        let class = if reached { "reached" } else { "missed" };
        let (text, bar) = (top + 15.0, top + 21.0);
        let (track, end) = (x(LONGEST) - ZERO, x(figure));
        let _ = writeln!(
            svg,
            "<text x=\"{ZERO}\" y=\"{text}\">{} <tspan class=\"quiet\">beside {}</tspan></text>\n\
             <rect class=\"track\" x=\"{ZERO}\" y=\"{bar}\" width=\"{track:.1}\" height=\"14\" rx=\"3\"/>\n\
             <rect class=\"{class}\" x=\"{ZERO}\" y=\"{bar}\" width=\"{:.1}\" height=\"14\" rx=\"3\"/>\n\
             <text class=\"figure\" x=\"{:.1}\" y=\"{}\">{}</text>",
            escaped(&self.row.job),
            escaped(self.rival),
            (end - ZERO).max(2.0),
            x(LONGEST) + 10.0,
            bar + 12.0,
            ratio(figure),
        );
        if let Some(bound) = self.row.at_most {
            let (at, from, to) = (x(bound), bar - 3.0, bar + 17.0);
            let _ = writeln!(
                svg,
                "<line class=\"bound\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{from}\" y2=\"{to}\"/>"
            );
        }
    }
}

fn x(ratio: f64) -> f64 {
    ZERO + (ONE - ZERO) * ratio.min(LONGEST)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Spread;

    fn row(job: &str, ours: f64, theirs: f64) -> Row {
        Row {
            job: job.to_owned(),
            ours: Spread::of(vec![ours]).unwrap(),
            unit: Unit::Seconds,
            beside: Beside::Rival("cargo <test>".to_owned(), Spread::of(vec![theirs]).unwrap()),
            at_most: Some(0.5),
        }
    }

    #[test]
    fn a_bar_says_whether_its_figure_is_reached() {
        let svg = plot(&[row("fast & small", 1.0, 4.0), row("slow", 3.0, 4.0)]);
        assert_eq!(svg.matches("<rect class=\"reached\"").count(), 1);
        assert_eq!(svg.matches("<rect class=\"missed\"").count(), 1);
        assert_eq!(svg.matches("<line class=\"bound\"").count(), 2);
        assert!(svg.contains("fast &amp; small") && svg.contains("cargo &lt;test&gt;"));
    }

    #[test]
    fn a_bar_is_as_long_as_its_ratio_and_never_leaves_the_picture() {
        assert!((x(0.5) - f64::midpoint(ZERO, ONE)).abs() < f64::EPSILON);
        assert!((x(50.0) - x(LONGEST)).abs() < f64::EPSILON);
        assert!(x(LONGEST) < WIDTH);
    }

    #[test]
    fn what_is_no_ratio_of_times_has_no_bar() {
        let mut memory = row("memory", 1.0, 2.0);
        memory.unit = Unit::Mebibytes;
        assert_eq!(plot(&[memory]).matches("class=\"figure\"").count(), 0);
    }
}
