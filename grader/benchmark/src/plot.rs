//! The ratios as a picture: one bar for each, with a mark at the goal.

use crate::figures::Row;
use std::fmt::Write;

/// Where bars begin, where a ratio of 1 ends, and the longest bar.
const ZERO: f64 = 24.0;
const ONE: f64 = 640.0;
const LONGEST: f64 = 1.3;

/// Colours that can be read on a light and on a dark page.
const STYLE: &str = "
  text { font: 14px system-ui, sans-serif; fill: #808890 }
  rect { fill: #8c959f }
  .reached { fill: #2f9e72 }
  .missed { fill: #d9701e }
  line { stroke: #808890; stroke-width: 3 }
  .rival { stroke-width: 1; stroke-dasharray: 3 3 }
";

/// The picture, in SVG, of all rows with a rival. Their texts need no escaping.
pub(crate) fn plot(rows: &[Row]) -> String {
    let mut bars = String::new();
    let mut y = 60.0;
    for row in rows {
        if let Some((rival, _)) = &row.rival {
            draw(&mut bars, row, rival, y);
            y += 46.0;
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 920 {y}\">\n<style>{STYLE}</style>\n\
         <text x=\"{ZERO}\" y=\"24\">Time of the grader as a share of its rival’s; shorter is better.</text>\n\
         <text x=\"{ZERO}\" y=\"44\">Thick mark: the goal. Dashed line: the rival.</text>\n\
         {bars}<line class=\"rival\" x1=\"{ONE}\" x2=\"{ONE}\" y1=\"60\" y2=\"{y}\"/>\n</svg>\n"
    )
}

fn draw(svg: &mut String, row: &Row, rival: &str, y: f64) {
    let figure = row.figure();
    let (text, top, bottom) = (y + 14.0, y + 20.0, y + 34.0);
    let (width, behind) = (x(figure) - ZERO, x(LONGEST) + 10.0);
    let _ = writeln!(
        svg,
        "<text x=\"{ZERO}\" y=\"{text}\">{}; {rival}</text>\n\
         <rect class=\"{}\" x=\"{ZERO}\" y=\"{top}\" width=\"{width:.1}\" height=\"14\"/>\n\
         <text x=\"{behind}\" y=\"{bottom}\">{figure:.2}</text>",
        row.job,
        row.verdict(),
    );
    if let Some(goal) = row.at_most.map(x) {
        let ends = format!("y1=\"{}\" y2=\"{}\"", top - 3.0, bottom + 3.0);
        let _ = writeln!(svg, "<line x1=\"{goal:.1}\" x2=\"{goal:.1}\" {ends}/>");
    }
}

fn x(ratio: f64) -> f64 {
    ZERO + (ONE - ZERO) * ratio.min(LONGEST)
}
