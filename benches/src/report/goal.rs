//! Goals that figures are held against.

use std::fmt;

use serde::Serialize;

use crate::measure::figure::Figure;

/// On which side of a value a figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(bound) => write!(f, "at least {bound}"),
            Self::AtMost(bound) => write!(f, "at most {bound}"),
        }
    }
}

/// A goal and what was measured: the median counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Goal {
    pub(crate) name: String,
    pub(crate) bound: Bound,
    pub(crate) figure: Figure,
    /// `None` when nothing was measured.
    reached: Option<bool>,
}

impl Goal {
    pub(crate) fn new(name: impl Into<String>, bound: Bound, figure: &Figure) -> Self {
        Self {
            name: name.into(),
            bound,
            figure: figure.clone(),
            reached: (!figure.is_empty()).then(|| bound.holds(figure.median())),
        }
    }

    /// In a word.
    pub(crate) fn verdict(&self) -> &'static str {
        match self.reached {
            Some(true) => "reached",
            Some(false) => "not reached",
            None => "not measured",
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            bound,
            figure,
            ..
        } = self;
        write!(f, "goal: {name} {bound}: {}, {figure}", self.verdict())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_decides() {
        let figure: Figure = [0.1, 0.8, 0.9].into_iter().collect();
        let cases = [
            (Bound::AtLeast(0.8), "reached"),
            (Bound::AtLeast(0.81), "not reached"),
            (Bound::AtMost(0.8), "reached"),
            (Bound::AtMost(0.79), "not reached"),
        ];
        for (bound, verdict) in cases {
            assert_eq!(
                Goal::new("ratio", bound, &figure).verdict(),
                verdict,
                "{bound}"
            );
        }
        let unknown = Goal::new("ratio", Bound::AtLeast(0.8), &Figure::default());
        assert_eq!(unknown.verdict(), "not measured");
    }
}
