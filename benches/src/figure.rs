//! Figures of several rounds.

use std::fmt;

/// The same figure, measured again and again.
#[derive(Debug, Default)]
pub(crate) struct Figure {
    values: Vec<f64>,
}

impl Figure {
    pub(crate) fn push(&mut self, value: f64) {
        self.values.push(value);
        self.values.sort_by(f64::total_cmp);
    }

    pub(crate) fn median(&self) -> f64 {
        let middle = self.values.len() / 2;
        match self.values.len() {
            0 => f64::NAN,
            odd if odd % 2 == 1 => self.values[middle],
            _ => f64::midpoint(self.values[middle - 1], self.values[middle]),
        }
    }
}

impl fmt::Display for Figure {
    /// The median, and the smallest and the greatest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(0);
        let least = self.values.first().copied().unwrap_or(f64::NAN);
        let most = self.values.last().copied().unwrap_or(f64::NAN);
        let median = self.median();
        write!(f, "{median:.digits$} [{least:.digits$} to {most:.digits$}]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_shows_its_median_and_spread() {
        let mut figure = Figure::default();
        for value in [3.0, 1.0, 10.0, 2.0] {
            figure.push(value);
        }
        assert_eq!(format!("{figure:.1}"), "2.5 [1.0 to 10.0]");
    }
}
