//! Two things that run in turn, and what their rounds come to.

use super::figure::Figure;

/// A figure of ours beside the same figure of a ceiling: A B A B.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beside {
    pub(crate) ours: Figure,
    pub(crate) ceiling: Figure,
    /// Ours divided by the ceiling's, of each pair of rounds.
    pub(crate) ratio: Figure,
}

impl Beside {
    /// A round of ours and the round of the ceiling that followed it.
    pub(crate) fn push(&mut self, ours: f64, ceiling: f64) {
        self.ours.push(ours);
        self.ceiling.push(ceiling);
        self.ratio.push(ours / ceiling);
    }

    /// In the order of a table's columns.
    pub(crate) fn cells(&self) -> [Option<&Figure>; 3] {
        [Some(&self.ours), Some(&self.ceiling), Some(&self.ratio)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_compared_pair_by_pair() {
        let mut beside = Beside::default();
        beside.push(80.0, 100.0);
        beside.push(30.0, 60.0);
        assert_eq!(beside.ratio.values(), [0.8, 0.5]);
        beside.push(f64::NAN, 60.0);
        assert_eq!(beside.ratio.values().len(), 2);
    }
}
