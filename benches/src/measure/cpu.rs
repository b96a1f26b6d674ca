//! Who used the processor between two moments.

use std::{ops::Sub, time::Duration};

use crate::target::{Database, process};

/// Processor time used up to a moment, or between two. `None`: the process is not known, or runs
/// elsewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// This program: the clients, or a ceiling that runs in it.
    pub(crate) own: Duration,
    pub(crate) server: Option<Duration>,
    /// The database's own processes.
    pub(crate) database: Option<Duration>,
}

impl Usage {
    /// What has been used so far.
    pub(crate) fn now(server_pid: Option<u32>, database: Database) -> anyhow::Result<Self> {
        Ok(Self {
            own: process::own_cpu()?,
            server: server_pid.map(process::cpu).transpose()?,
            database: database.cpu()?,
        })
    }
}

impl Sub for Usage {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        let between =
            |now: Option<Duration>, then: Option<Duration>| Some(now?.saturating_sub(then?));
        Self {
            own: self.own.saturating_sub(earlier.own),
            server: between(self.server, earlier.server),
            database: between(self.database, earlier.database),
        }
    }
}

/// Seconds of processor time for a thousand of `count` things; NaN where it is not known.
pub(crate) fn per_thousand(time: Option<Duration>, count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
    let count = count as f64;
    time.map_or(f64::NAN, |time| time.as_secs_f64() * 1e3 / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_stays_unknown() {
        let at = |own, server| Usage {
            own: Duration::from_secs(own),
            server,
            database: None,
        };
        let used = at(5, Some(Duration::from_secs(9))) - at(2, Some(Duration::from_secs(4)));
        assert_eq!(used, at(3, Some(Duration::from_secs(5))));
        assert!((per_thousand(used.server, 10_000) - 0.5).abs() < 1e-9);
        assert!(per_thousand(used.database, 10_000).is_nan());
    }
}
