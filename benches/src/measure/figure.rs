//! Figures of several rounds.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct};

/// The same figure, measured again and again.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Figure {
    /// In the order of the rounds.
    values: Vec<f64>,
}

impl Figure {
    /// One round's value. What could not be measured, a NaN, is left out.
    pub(crate) fn push(&mut self, value: f64) {
        if !value.is_nan() {
            self.values.push(value);
        }
    }

    /// The rounds' values, in their order.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() {
            0 => f64::NAN,
            odd if odd % 2 == 1 => sorted[middle],
            _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
        }
    }

    pub(crate) fn least(&self) -> f64 {
        self.values.iter().copied().fold(f64::NAN, f64::min)
    }

    pub(crate) fn most(&self) -> f64 {
        self.values.iter().copied().fold(f64::NAN, f64::max)
    }
}

impl FromIterator<f64> for Figure {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut figure = Self::default();
        for value in values {
            figure.push(value);
        }
        figure
    }
}

impl fmt::Display for Figure {
    /// The median, and the smallest and the greatest when there are several; `{:.2}` sets the
    /// digits, and without them there are about three that matter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("unknown");
        }
        let (median, least, most) = (self.median(), self.least(), self.most());
        let digits = f.precision().unwrap_or_else(|| digits(median));
        write!(f, "{median:.digits$}")?;
        if self.values.len() > 1 {
            write!(f, " [{least:.digits$} to {most:.digits$}]")?;
        }
        Ok(())
    }
}

/// How many digits after the point show three that matter.
fn digits(value: f64) -> usize {
    match value.abs() {
        value if value >= 100.0 || value == 0.0 => 0,
        value if value >= 10.0 => 1,
        value if value >= 1.0 => 2,
        value if value >= 0.1 => 3,
        _ => 4,
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Figure", 4)?;
        // JSON has no NaN: what is not known is null.
        out.serialize_field("median", &self.median())?;
        out.serialize_field("least", &self.least())?;
        out.serialize_field("most", &self.most())?;
        out.serialize_field("rounds", &self.values)?;
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_shows_its_median_and_spread() {
        let figure: Figure = [3.0, 1.0, 10.0, 2.0].into_iter().collect();
        assert_eq!(format!("{figure:.1}"), "2.5 [1.0 to 10.0]");
        assert_eq!(figure.to_string(), "2.50 [1.00 to 10.00]");
        assert_eq!(figure.values(), [3.0, 1.0, 10.0, 2.0]);
    }

    #[test]
    fn one_round_has_no_spread_and_none_is_unknown() {
        let mut figure = Figure::default();
        assert_eq!(figure.to_string(), "unknown");
        figure.push(f64::NAN);
        assert!(figure.is_empty());
        figure.push(0.01234);
        assert_eq!(figure.to_string(), "0.0123");
    }

    #[test]
    fn what_is_not_known_is_null_in_json() {
        let json = serde_json::to_value(Figure::default()).unwrap();
        let expected = serde_json::json!({
            "median": null, "least": null, "most": null, "rounds": []
        });
        assert_eq!(json, expected);
    }
}
