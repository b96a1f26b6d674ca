//! How much nonsense and haste a session may show.

use std::time::Duration;

use tokio::time::Instant;

/// How many commands may come at once.
const BURST: f64 = 500.0;
/// How many more each second.
const PER_SECOND: f64 = 50.0;
/// How many unreadable or refused commands a session survives; one a second is forgiven.
const STRIKES: f64 = 50.0;

/// Counts a session's commands, and those that were refused.
#[derive(Debug)]
pub(super) struct Flood {
    limited: bool,
    tokens: f64,
    filled_at: Option<Instant>,
    strikes: f64,
    struck_at: Option<Instant>,
}

impl Flood {
    /// A counter that, unless `limited`, lets every command pass.
    pub(super) fn new(limited: bool) -> Self {
        Self {
            limited,
            tokens: BURST,
            filled_at: None,
            strikes: 0.0,
            struck_at: None,
        }
    }

    /// Counts a command; tells how long to wait when there are too many.
    pub(super) fn allow(&mut self, now: Instant) -> Result<(), Duration> {
        if !self.limited {
            return Ok(());
        }
        let since = self
            .filled_at
            .replace(now)
            .map_or(Duration::ZERO, |at| now - at);
        self.tokens = (self.tokens + since.as_secs_f64() * PER_SECOND).min(BURST);
        if self.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.tokens) / PER_SECOND));
        }
        self.tokens -= 1.0;
        Ok(())
    }

    /// Counts a command that was unreadable or over a limit. An error when it is one too many.
    pub(super) fn strike(&mut self, now: Instant) -> Result<(), ()> {
        let since = self
            .struck_at
            .replace(now)
            .map_or(Duration::ZERO, |at| now - at);
        self.strikes = (self.strikes - since.as_secs_f64()).max(0.0) + 1.0;
        if self.strikes > STRIKES {
            Err(())
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_a_steady_rate() {
        let mut flood = Flood::new(true);
        let now = Instant::now();
        assert!((0..500).all(|_| flood.allow(now).is_ok()));
        assert_eq!(flood.allow(now), Err(Duration::from_millis(20)));
        assert!(flood.allow(now + Duration::from_millis(20)).is_ok());
        assert!((0..10_000).all(|_| Flood::new(false).allow(now).is_ok()));
    }

    #[tokio::test(start_paused = true)]
    async fn strikes_are_forgiven_with_time() {
        let mut flood = Flood::new(true);
        let mut now = Instant::now();
        for _ in 0..1_000 {
            now += Duration::from_secs(1);
            assert!(flood.strike(now).is_ok());
        }
        let strikes = (0..1_000).take_while(|_| flood.strike(now).is_ok()).count();
        assert_eq!(strikes, 49);
    }
}
