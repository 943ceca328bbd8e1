//! What repeated measurements come to.

/// Repeated measurements of one thing, smallest first; never empty.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spread(Vec<f64>);

impl Spread {
    /// `None` if nothing was measured.
    pub(crate) fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        (!values.is_empty()).then_some(Self(values))
    }

    /// The middle value, or the mean of the two in the middle.
    pub(crate) fn median(&self) -> f64 {
        let values = &self.0;
        let upper = values.len() / 2;
        let lower = (values.len() - 1) / 2;
        f64::midpoint(values[lower], values[upper])
    }

    /// The smallest.
    pub(crate) fn min(&self) -> f64 {
        self.0[0]
    }

    /// The greatest.
    pub(crate) fn max(&self) -> f64 {
        self.0[self.0.len() - 1]
    }

    /// The same for `factor` times as much work.
    pub(crate) fn times(&self, factor: f64) -> Self {
        Self(self.0.iter().map(|value| value * factor).collect())
    }
}

/// What the values of a [`Row`] are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Wall clock, or processor time where the row says so.
    Seconds,
    /// Of 1024 × 1024 bytes.
    Mebibytes,
}

/// What a row is compared with.
#[derive(Debug, Clone)]
pub(crate) enum Beside {
    /// Something else, measured in turn with it; the figure is the ratio of medians.
    Rival(String, Spread),
    /// Nothing: the figure is the median itself.
    Nothing,
}

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// The job, in words.
    pub(crate) job: String,
    /// What the grader needs.
    pub(crate) ours: Spread,
    /// What `ours` is.
    pub(crate) unit: Unit,
    /// What it is compared with.
    pub(crate) beside: Beside,
    /// The greatest figure that is good enough; `None` where none is set.
    pub(crate) at_most: Option<f64>,
}

impl Row {
    /// The ratio of medians, or the median where there is nothing beside it.
    pub(crate) fn figure(&self) -> f64 {
        match &self.beside {
            Beside::Rival(_, theirs) => self.ours.median() / theirs.median(),
            Beside::Nothing => self.ours.median(),
        }
    }

    /// Whether the figure is reached; `None` where none is set.
    pub(crate) fn is_reached(&self) -> Option<bool> {
        self.at_most.map(|at_most| self.figure() <= at_most)
    }
}

/// How many times the whole of `whole` parts takes what `sample` of them take.
pub(crate) fn scale(whole: usize, sample: usize) -> f64 {
    let count = |number: usize| u32::try_from(number).map_or(f64::INFINITY, f64::from);
    count(whole) / count(sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(values: &[f64]) -> Spread {
        Spread::of(values.to_vec()).unwrap()
    }

    fn row(ours: &[f64], beside: Beside, at_most: Option<f64>) -> Row {
        Row {
            job: String::new(),
            ours: spread(ours),
            unit: Unit::Seconds,
            beside,
            at_most,
        }
    }

    #[test]
    fn the_median_is_the_middle_in_order_of_size() {
        assert!((spread(&[9.0, 1.0, 2.0]).median() - 2.0).abs() < f64::EPSILON);
        assert!((spread(&[4.0, 100.0, 1.0, 2.0]).median() - 3.0).abs() < f64::EPSILON);
        assert!((spread(&[7.0]).median() - 7.0).abs() < f64::EPSILON);
    }

    #[test]
    fn nothing_measured_has_no_median() {
        assert_eq!(Spread::of(Vec::new()), None);
    }

    #[test]
    fn least_and_greatest_are_told() {
        let spread = spread(&[3.0, 1.0, 2.0]);
        assert_eq!((spread.min(), spread.max()), (1.0, 3.0));
    }

    #[test]
    fn the_figure_is_the_ratio_of_medians_not_the_median_of_ratios() {
        let rival = Beside::Rival(String::new(), spread(&[10.0, 2.0, 4.0]));
        let row = row(&[1.0, 8.0, 2.0], rival, Some(0.5));
        assert!((row.figure() - 0.5).abs() < f64::EPSILON);
        assert_eq!(row.is_reached(), Some(true));
    }

    #[test]
    fn a_figure_without_rival_is_the_median_itself() {
        let row = row(&[0.2], Beside::Nothing, Some(0.1));
        assert!((row.figure() - 0.2).abs() < f64::EPSILON);
        assert_eq!(row.is_reached(), Some(false));
    }

    #[test]
    fn a_figure_without_bound_is_neither_reached_nor_missed() {
        assert_eq!(row(&[0.2], Beside::Nothing, None).is_reached(), None);
    }

    #[test]
    fn a_sample_is_scaled_to_the_whole() {
        assert!((scale(200, 5) - 40.0).abs() < f64::EPSILON);
        assert_eq!(spread(&[1.0, 2.0]).times(40.0), spread(&[40.0, 80.0]));
    }
}
