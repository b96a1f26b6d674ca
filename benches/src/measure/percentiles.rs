//! Percentiles of several rounds.

use super::{figure::Figure, latency::Latencies};
use crate::report::Table;

/// What is shown of a distribution; the greatest is its hundredth percentile.
const SHOWN: [(&str, f64); 5] = [
    ("p50", 50.0),
    ("p95", 95.0),
    ("p99", 99.0),
    ("p99.9", 99.9),
    ("max", 100.0),
];

/// The percentiles of each round, and all rounds' latencies together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Percentiles {
    figures: [Figure; SHOWN.len()],
    all: Latencies,
}

impl Percentiles {
    pub(crate) fn push(&mut self, round: &Latencies) {
        for (figure, (_, percent)) in self.figures.iter_mut().zip(SHOWN) {
            figure.push(round.percentile_ms(percent));
        }
        self.all.add(round);
    }

    pub(crate) fn p99(&self) -> &Figure {
        &self.figures[2]
    }

    /// All rounds' latencies.
    pub(crate) fn all(&self) -> &Latencies {
        &self.all
    }

    /// A row for each percentile, with a column for each distribution.
    pub(crate) fn rows(table: &mut Table, name: &str, columns: &[Option<&Self>]) {
        for (index, (shown, _)) in SHOWN.into_iter().enumerate() {
            let figures = columns
                .iter()
                .map(|column| Some(&(*column)?.figures[index]));
            table.row(format!("{name}, {shown}"), "ms", figures);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_round_has_its_own_percentiles() {
        let mut percentiles = Percentiles::default();
        for ms in [1, 3] {
            let mut round = Latencies::default();
            round.extend_us(&[1000 * ms, 2000 * ms]);
            percentiles.push(&round);
        }
        assert_eq!(percentiles.p99().to_string(), "4.00 [2.00 to 6.00]");
        assert_eq!(percentiles.all().len(), 4);
        let mut table = Table::new("Latency", &["ours"]);
        Percentiles::rows(&mut table, "to the ack", &[Some(&percentiles)]);
        assert!(
            table.plain().contains("to the ack, p50, ms"),
            "{}",
            table.plain()
        );
    }
}
