//! Whether the machine's clock can be right.

use std::time::Duration;

use messaging_core::clock::Timestamp;

use super::Finding;

/// Holds the clock against the calendar, and against what was written last.
pub(super) fn check_clock(now: Timestamp, newest: Option<Timestamp>) -> Finding {
    /// 2026-01-01: before this program was written.
    const WRITTEN: i64 = 1_767_225_600_000;
    const SLACK: Duration = Duration::from_mins(1);
    if now.as_millis() < WRITTEN {
        return Err(format!(
            "it is not {now}: set the machine's clock, or every token looks unexpired"
        ));
    }
    match newest {
        Some(newest) if newest > now.after(SLACK) => Err(format!(
            "it is {now}, but the newest change was made at {newest}: this machine's clock is slow, \
             or another's is fast; let both follow NTP"
        )),
        _ => Ok(format!("it is {now}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_behind_the_newest_change_is_noticed() {
        let now = Timestamp::from_millis(1_795_428_000_000).unwrap();
        assert!(check_clock(now, None).is_ok());
        assert!(check_clock(now, Some(now.after(Duration::from_secs(30)))).is_ok());
        assert!(check_clock(now, Some(now.after(Duration::from_mins(5)))).is_err());
        assert!(check_clock(Timestamp::from_millis(0).unwrap(), None).is_err());
    }
}
