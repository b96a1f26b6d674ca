//! Latencies in an HDR histogram.

use std::{sync::LazyLock, time::Duration};

use hdrhistogram::Histogram;
use tokio::time::Instant;

static EPOCH: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Microseconds since this program first asked: a time that fits into a message.
pub(crate) fn now_us() -> u64 {
    as_us(EPOCH.elapsed())
}

/// What [`now_us`] is, or was, at this moment.
pub(crate) fn us_of(moment: Instant) -> u64 {
    as_us(moment.saturating_duration_since(*EPOCH))
}

fn as_us(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// An hour.
const LONGEST_US: u64 = 3_600_000_000;

/// Latencies to three digits, in microseconds within and in milliseconds without.
#[derive(Debug, Clone)]
pub(crate) struct Latencies {
    histogram: Histogram<u64>,
}

impl Default for Latencies {
    fn default() -> Self {
        let histogram = Histogram::new_with_bounds(1, LONGEST_US, 3);
        let histogram = histogram.expect("the bounds are in order and the digits few");
        Self { histogram }
    }
}

impl Latencies {
    pub(crate) fn record_us(&mut self, us: u64) {
        // Longer than the longest counts as the longest.
        self.histogram.saturating_record(us);
    }

    pub(crate) fn record(&mut self, latency: Duration) {
        self.record_us(as_us(latency));
    }

    pub(crate) fn extend_us(&mut self, latencies: &[u32]) {
        for us in latencies {
            self.record_us(u64::from(*us));
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.histogram += &other.histogram;
    }

    pub(crate) fn len(&self) -> u64 {
        self.histogram.len()
    }

    /// The latency in ms within which `percent` of all lie; NaN when there is none.
    pub(crate) fn percentile_ms(&self, percent: f64) -> f64 {
        self.ms(self.histogram.value_at_percentile(percent))
    }

    pub(crate) fn max_ms(&self) -> f64 {
        self.ms(self.histogram.max())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "latencies are far below 2^52 us"
    )]
    fn ms(&self, us: u64) -> f64 {
        if self.histogram.is_empty() {
            return f64::NAN;
        }
        us as f64 / 1e3
    }

    /// The distribution as points of a plot: the share of requests that took longer, as "one in x",
    /// and the latency in ms.
    pub(crate) fn tail(&self) -> Vec<(f64, f64)> {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let count = self.len() as f64;
        let mut one_in = 1.0;
        let mut points = Vec::new();
        while one_in <= count {
            points.push((one_in, self.percentile_ms(100.0 - 100.0 / one_in)));
            one_in *= 1.25;
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up_to(count: u32) -> Latencies {
        let mut latencies = Latencies::default();
        let each: Vec<u32> = (1..=count).map(|ms| ms * 1000).collect();
        latencies.extend_us(&each);
        latencies
    }

    #[test]
    fn percentiles_are_those_of_the_recorded_to_three_digits() {
        let latencies = up_to(1000);
        for (percent, expected) in [(50.0, 500.0), (95.0, 950.0), (99.0, 990.0)] {
            let ms = latencies.percentile_ms(percent);
            assert!((ms - expected).abs() < 1.0, "p{percent} is {ms}");
        }
        assert!((latencies.max_ms() - 1000.0).abs() < 1.0);
    }

    #[test]
    fn none_has_no_percentile() {
        let latencies = Latencies::default();
        assert!(latencies.percentile_ms(50.0).is_nan());
        assert!(latencies.max_ms().is_nan());
        assert!(latencies.tail().is_empty());
    }

    #[test]
    fn histograms_add_up() {
        let mut latencies = up_to(10);
        latencies.add(&up_to(10));
        latencies.record(Duration::from_secs(7));
        assert_eq!(latencies.len(), 21);
        assert!((latencies.max_ms() - 7000.0).abs() < 7.0);
    }

    #[test]
    fn the_tail_grows_to_the_rarest() {
        let tail = up_to(1000).tail();
        assert!(tail.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1));
        assert!(tail.last().unwrap().1 > 990.0);
    }
}
