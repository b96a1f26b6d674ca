//! When a failed event is tried again.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_hours(6);
/// The longest that an endpoint may ask for.
const LONGEST_ASKED: Duration = Duration::from_hours(24);
const FACTOR: f32 = 3.0;

/// How long to wait after so many failed attempts: three times as long each time, up to 6 hours, and
/// up to as long again at random. No less than the endpoint asks for, within a day.
pub(crate) fn delay(attempts: u32, asked: Option<Duration>, seed: u64) -> Duration {
    let schedule = ExponentialBuilder::new()
        .with_min_delay(FIRST)
        .with_max_delay(LONGEST)
        .with_factor(FACTOR)
        .with_jitter()
        .with_jitter_seed(seed)
        .without_max_times();
    let index = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    // Long before that the delay is the longest.
    let delay = schedule.build().nth(index.min(64)).unwrap_or(LONGEST);
    delay.max(asked.unwrap_or_default().min(LONGEST_ASKED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_the_longest_with_jitter() {
        for seed in 0..100 {
            let mut least = FIRST;
            for attempts in 1..40 {
                let delay = delay(attempts, None, seed);
                assert!(
                    delay >= least && delay <= least * 2,
                    "{attempts}: {delay:?}"
                );
                least = (least * 3).min(LONGEST);
            }
        }
        assert_ne!(delay(3, None, 1), delay(3, None, 2));
        assert_eq!(delay(3, None, 1), delay(3, None, 1));
    }

    #[test]
    fn an_endpoint_may_ask_for_more_within_a_day() {
        let hour = Duration::from_hours(1);
        assert_eq!(delay(1, Some(hour), 1), hour);
        assert_eq!(delay(1, Some(hour * 100), 1), hour * 24);
        assert!(delay(1, Some(Duration::ZERO), 1) >= FIRST);
    }
}
