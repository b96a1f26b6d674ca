//! How much nonsense and haste a session may show.

use std::time::Duration;

use tokio::time::Instant;

/// How many commands may come at once.
const BURST: f64 = 500.0;
/// How many more each second.
const PER_SECOND: f64 = 50.0;
/// How many unreadable or refused commands a session survives.
const STRIKES: u32 = 50;

/// Counts a session's commands, and those that were refused.
#[derive(Debug)]
pub(super) struct Flood {
    limited: bool,
    tokens: f64,
    filled_at: Option<Instant>,
    strikes: u32,
}

impl Flood {
    /// A counter that, unless `limited`, lets every command pass.
    pub(super) fn new(limited: bool) -> Self {
        Self {
            limited,
            tokens: BURST,
            filled_at: None,
            strikes: 0,
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
    pub(super) fn strike(&mut self) -> Result<(), ()> {
        self.strikes += 1;
        if self.strikes > STRIKES {
            Err(())
        } else {
            Ok(())
        }
    }
}
