//! When a sender sends.

use std::time::Duration;

use tokio::time::Instant;

/// How fast each of the senders sends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Pace {
    /// Closed loop: as many unacknowledged messages, and the next as soon as one is acknowledged.
    Window(usize),
    /// Open loop: all senders together send so many a second, evenly, whatever comes back.
    Rate(f64),
}

/// The moments in which one of several senders means to send, at a fixed rate.
#[derive(Debug)]
pub(super) struct Schedule {
    pub(super) next: Instant,
    gap: Duration,
    until: Instant,
}

impl Schedule {
    /// Of sender `index` of `senders`, which begin one after another and send `rate` a second
    /// together.
    pub(super) fn new(
        rate: f64,
        index: usize,
        senders: usize,
        began: Instant,
        until: Instant,
    ) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let step = Duration::from_secs_f64(1.0 / rate);
        Self {
            next: began + step * count(index),
            gap: step * count(senders),
            until,
        }
    }

    /// A moment that has come by `now`, each once.
    pub(super) fn due(&mut self, now: Instant) -> Option<Instant> {
        let due = self.next;
        (due <= now && !self.is_over()).then(|| {
            self.next += self.gap;
            due
        })
    }

    /// Whether the round is over before the next moment.
    pub(super) fn is_over(&self) -> bool {
        self.next >= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_together_keep_the_rate() {
        let began = Instant::now();
        let until = began + Duration::from_secs(2);
        let mut moments = Vec::new();
        for index in 0..10 {
            let mut schedule = Schedule::new(100.0, index, 10, began, until);
            while let Some(moment) = schedule.due(until) {
                moments.push(moment);
            }
            assert!(schedule.is_over());
        }
        moments.sort();
        let expected: Vec<Instant> = (0..200)
            .map(|step| began + Duration::from_millis(10) * step)
            .collect();
        assert_eq!(moments, expected);
    }

    #[test]
    fn what_was_missed_is_still_due_at_its_own_time() {
        let began = Instant::now();
        let mut schedule = Schedule::new(10.0, 0, 1, began, began + Duration::from_secs(1));
        assert_eq!(schedule.due(began), Some(began));
        assert_eq!(schedule.due(began), None);
        let late = began + Duration::from_millis(250);
        assert_eq!(schedule.due(late), Some(began + Duration::from_millis(100)));
        assert_eq!(schedule.due(late), Some(began + Duration::from_millis(200)));
        assert_eq!(schedule.due(late), None);
    }
}
