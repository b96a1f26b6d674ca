//! How often one user may ask.

use std::{num::NonZeroU32, time::Duration};

use anyhow::{Context, Result};
use messaging_core::rate_limit::LocalRateLimiter;

use super::value::parse_count;

/// How often one user may ask.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Rate limit")]
pub(crate) struct Throttle {
    /// The window in which requests are counted, in milliseconds.
    #[arg(
        long,
        env = "MESSAGING_THROTTLE_TTL",
        value_name = "MESSAGING_THROTTLE_TTL",
        default_value_t = 60_000,
        value_parser = parse_window
    )]
    throttle_ttl: u32,
    /// How many requests of one user a window takes; 0 for any number.
    #[arg(
        long,
        env = "MESSAGING_THROTTLE_LIMIT",
        value_name = "MESSAGING_THROTTLE_LIMIT",
        default_value_t = 100,
        value_parser = parse_count
    )]
    throttle_limit: u32,
}

impl Throttle {
    /// No limit, for the demo.
    pub(crate) const OFF: Self = Self {
        throttle_ttl: 60_000,
        throttle_limit: 0,
    };

    /// The limiter, unless it is off.
    pub(crate) fn limiter(&self) -> Result<Option<LocalRateLimiter>> {
        let Some(limit) = NonZeroU32::new(self.throttle_limit) else {
            return Ok(None);
        };
        LocalRateLimiter::new(limit, Duration::from_millis(self.throttle_ttl.into()))
            .context("MESSAGING_THROTTLE_LIMIT is too large for MESSAGING_THROTTLE_TTL")
            .map(Some)
    }
}

fn parse_window(text: &str) -> Result<u32, String> {
    match parse_count(text)? {
        0 => Err("must be a number of milliseconds greater than 0".to_owned()),
        millis => Ok(millis),
    }
}
