//! How often one user may ask.

use std::{fmt, num::NonZeroU32, time::Duration};

use async_trait::async_trait;
use governor::{
    Quota, RateLimiter as Governor,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};

use crate::id::UserId;

/// Whether a request may pass, and what is left after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateDecision {
    /// How many requests a window takes.
    pub limit: u32,
    /// How long a window is.
    pub window: Duration,
    /// How many more may follow at once.
    pub remaining: u32,
    /// When the full limit is there again, or, when refused, how long to wait before the next try.
    pub reset_after: Duration,
    /// Whether this one passes.
    pub allowed: bool,
}

/// Counts requests by user. Several nodes share one through an implementation over a network.
#[async_trait]
pub trait RateLimiter: Send + Sync + fmt::Debug + 'static {
    /// Counts one request of the user.
    async fn check(&self, user_id: &UserId) -> RateDecision;
}

/// Counts in this process: a bucket of `limit` that refills evenly over `window`.
pub struct LocalRateLimiter {
    governor: Governor<UserId, DashMapStateStore<UserId>, DefaultClock, StateInformationMiddleware>,
    clock: DefaultClock,
    limit: u32,
    window: Duration,
}

impl LocalRateLimiter {
    /// How many users are kept in mind before those with a full bucket are forgotten.
    const SWEEP_AT: usize = 10_000;

    /// A limiter of `limit` requests a `window`; `None` when the window is too short for so many.
    pub fn new(limit: NonZeroU32, window: Duration) -> Option<Self> {
        let quota = Quota::with_period(window / limit.get())?.allow_burst(limit);
        Some(Self {
            governor: Governor::dashmap(quota).with_middleware(),
            clock: DefaultClock::default(),
            limit: limit.get(),
            window,
        })
    }

    fn each(&self) -> Duration {
        self.window / self.limit
    }
}

impl fmt::Debug for LocalRateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalRateLimiter")
            .field("limit", &self.limit)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl RateLimiter for LocalRateLimiter {
    async fn check(&self, user_id: &UserId) -> RateDecision {
        if self.governor.len() > Self::SWEEP_AT {
            self.governor.retain_recent();
        }
        let (allowed, remaining, reset_after) = match self.governor.check_key(user_id) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                (true, remaining, self.each() * (self.limit - remaining))
            }
            Err(refused) => (false, 0, refused.wait_time_from(self.clock.now())),
        };
        RateDecision {
            limit: self.limit,
            window: self.window,
            remaining,
            reset_after,
            allowed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_bucket_takes_its_limit_and_counts_down_for_each_user() {
        let limit = NonZeroU32::new(3).unwrap();
        let limiter = LocalRateLimiter::new(limit, Duration::from_hours(1)).unwrap();
        let ann: UserId = "ann".parse().unwrap();
        let mut left = Vec::new();
        for _ in 0..3 {
            let decision = limiter.check(&ann).await;
            assert!(decision.allowed);
            left.push(decision.remaining);
        }
        assert_eq!(left, [2, 1, 0]);
        let refused = limiter.check(&ann).await;
        assert!(!refused.allowed);
        assert!(refused.reset_after > Duration::from_mins(19));
        assert!(limiter.check(&"bob".parse().unwrap()).await.allowed);
    }
}
