//! A clock that stands still.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use crate::clock::{Clock, Timestamp};

/// A clock that moves only when it is told to. Cloning shares the hands.
#[derive(Debug, Clone)]
pub struct ManualClock {
    millis: Arc<AtomicI64>,
}

impl ManualClock {
    /// A clock that shows this moment.
    pub fn at(time: Timestamp) -> Self {
        Self {
            millis: Arc::new(AtomicI64::new(time.as_millis())),
        }
    }

    /// Moves on.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.millis.fetch_add(millis, Ordering::Relaxed);
    }

    /// Shows another moment, earlier ones too: machines' clocks are set back.
    pub fn set(&self, time: Timestamp) {
        self.millis.store(time.as_millis(), Ordering::Relaxed);
    }
}

impl Default for ManualClock {
    /// Shows 2026-11-23, ten o'clock.
    fn default() -> Self {
        Self {
            millis: Arc::new(AtomicI64::new(1_795_428_000_000)),
        }
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        let millis = self.millis.load(Ordering::Relaxed);
        Timestamp::from_millis(millis).expect("a manual clock stays within the calendar")
    }
}
