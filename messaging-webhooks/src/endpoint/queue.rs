//! What an endpoint is to be told: a lane a thread, in each of which one event is under way at most.
//!
//! Nothing here waits or sends. Of each event that was read the queue knows whether it is written
//! down: the cursor stays before the first one that is neither written down nor done with.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use messaging_core::{
    clock::Timestamp,
    event::DomainEvent,
    id::{Position, ThreadId},
    webhook::{Attempt, MAX_PENDING, Pending, Progress},
};

/// The thread of a lane. Events of no thread share one.
pub(super) type Lane = Option<ThreadId>;

/// How many events may be held that are not written down.
const MAX_FRESH: usize = 1000;

/// An event to be delivered now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) lane: Lane,
    pub(super) position: Position,
    /// `None` for one that was read in an earlier life: it is in the log.
    pub(super) event: Option<DomainEvent>,
}

#[derive(Debug)]
struct Item {
    pending: Pending,
    event: Option<DomainEvent>,
    is_written: bool,
    is_changed: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lanes: BTreeMap<Lane, VecDeque<Item>>,
    /// The lanes of which nothing is under way, by when their first event is due.
    due: BTreeSet<(Timestamp, Lane)>,
    /// Events that are held and not written down.
    fresh: BTreeSet<Position>,
    /// How many are written down.
    written: usize,
    settled: Vec<Position>,
    attempts: Vec<Attempt>,
    failing_since: Option<Timestamp>,
}

impl Queue {
    /// Goes on with what was pending, in order of position.
    pub(super) fn restore(pending: Vec<Pending>, failing_since: Option<Timestamp>) -> Self {
        let mut queue = Self {
            failing_since,
            ..Self::default()
        };
        for pending in pending {
            queue.written += 1;
            queue.hold(Item {
                pending,
                event: None,
                is_written: true,
                is_changed: false,
            });
        }
        queue
    }

    /// Takes in the next event.
    pub(super) fn push(&mut self, event: DomainEvent, now: Timestamp) {
        self.fresh.insert(event.position);
        let pending = Pending {
            position: event.position,
            thread_id: event.thread_id(),
            attempts: 0,
            first_at: None,
            next_at: now,
        };
        self.hold(Item {
            pending,
            event: Some(event),
            is_written: false,
            is_changed: false,
        });
    }

    fn hold(&mut self, item: Item) {
        let lane = item.pending.thread_id;
        let items = self.lanes.entry(lane).or_default();
        if items.is_empty() {
            self.due.insert((item.pending.next_at, lane));
        }
        items.push_back(item);
    }

    /// Whether no more is to be read.
    pub(super) fn is_full(&self) -> bool {
        self.fresh.len() >= MAX_FRESH || self.written >= MAX_PENDING
    }

    /// An event that is due. Its lane rests until the outcome is told.
    pub(super) fn next_due(&mut self, now: Timestamp) -> Option<Work> {
        let (at, lane) = *self.due.first()?;
        if at > now {
            return None;
        }
        self.due.remove(&(at, lane));
        let item = self.lanes.get(&lane)?.front()?;
        Some(Work {
            lane,
            position: item.pending.position,
            event: item.event.clone(),
        })
    }

    /// When the next event is due.
    pub(super) fn alarm(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    /// How often the lane's first event was tried, and when first.
    pub(super) fn tries(&self, lane: Lane) -> (u32, Option<Timestamp>) {
        let item = self.lanes.get(&lane).and_then(VecDeque::front);
        item.map_or((0, None), |item| {
            (item.pending.attempts, item.pending.first_at)
        })
    }

    pub(super) fn note(&mut self, attempt: Attempt) {
        self.attempts.push(attempt);
    }

    /// The lane's first event is done with: it was delivered, or is given up.
    pub(super) fn finish(&mut self, lane: Lane) {
        let Some(items) = self.lanes.get_mut(&lane) else {
            return;
        };
        if let Some(item) = items.pop_front() {
            let position = item.pending.position;
            self.fresh.remove(&position);
            if item.is_written {
                self.written -= 1;
                self.settled.push(position);
            }
        }
        match items.front() {
            Some(next) => {
                self.due.insert((next.pending.next_at, lane));
            }
            None => {
                self.lanes.remove(&lane);
            }
        }
    }

    /// The lane's first event is to be tried again.
    pub(super) fn retry(&mut self, lane: Lane, first_at: Timestamp, next_at: Timestamp) {
        let item = self.lanes.get_mut(&lane).and_then(VecDeque::front_mut);
        if let Some(item) = item {
            let pending = &mut item.pending;
            pending.attempts += 1;
            pending.first_at.get_or_insert(first_at);
            pending.next_at = next_at;
            item.is_changed = true;
            self.due.insert((next_at, lane));
        }
    }

    pub(super) fn succeeded(&mut self) {
        self.failing_since = None;
    }

    /// Answers since when nothing has succeeded.
    pub(super) fn failed(&mut self, at: Timestamp) -> Timestamp {
        *self.failing_since.get_or_insert(at)
    }

    /// Whether there is anything to note, the cursor apart.
    pub(super) fn has_news(&self) -> bool {
        !self.attempts.is_empty() || !self.settled.is_empty()
    }

    /// What there is to note, when the log has been read up to `read`. Events of which the lane's
    /// first one has failed are to be written down, as far as there is room.
    pub(super) fn take_progress(&mut self, read: Position) -> Progress {
        let mut pending = Vec::new();
        let failing = self.lanes.values_mut().filter(|items| {
            let first = items.front();
            first.is_some_and(|first| first.pending.attempts > 0)
        });
        for item in failing.flatten() {
            if !item.is_written && self.written < MAX_PENDING {
                item.is_written = true;
                item.is_changed = true;
                self.written += 1;
                self.fresh.remove(&item.pending.position);
                // It may wait for days: it is read again from the log.
                item.event = None;
            }
            if item.is_written && item.is_changed {
                item.is_changed = false;
                pending.push(item.pending.clone());
            }
        }
        let before_fresh = self.fresh.first().map(|first| first.get() - 1);
        Progress {
            cursor: before_fresh.map_or(read, Position::new),
            failing_since: self.failing_since,
            settled: std::mem::take(&mut self.settled),
            pending,
            attempts: std::mem::take(&mut self.attempts),
        }
    }
}

#[cfg(test)]
mod tests {
    use messaging_core::{
        event::{EventData, MessageRead},
        id::Seq,
        testkit::user,
    };

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000).unwrap()
    }

    fn thread(number: u8) -> ThreadId {
        format!("00000000-0000-0000-0000-0000000000{number:02}")
            .parse()
            .unwrap()
    }

    fn event(position: i64, in_thread: u8) -> DomainEvent {
        DomainEvent {
            position: Position::new(position),
            at: at(0),
            data: EventData::MessageRead(MessageRead {
                reader_id: user("ann"),
                thread_id: thread(in_thread),
                seq: Seq::new(1),
                read_at: at(0),
            }),
        }
    }

    /// Positions that are due now, in the order they are given out.
    fn due(queue: &mut Queue, now: i64) -> Vec<i64> {
        let mut found = Vec::new();
        while let Some(work) = queue.next_due(at(now)) {
            found.push(work.position.get());
        }
        found
    }

    fn queue(events: &[(i64, u8)]) -> Queue {
        let mut queue = Queue::default();
        for (position, in_thread) in events {
            queue.push(event(*position, *in_thread), at(0));
        }
        queue
    }

    #[test]
    fn a_thread_has_one_event_under_way_and_keeps_its_order() {
        let mut queue = queue(&[(1, 1), (2, 2), (3, 1), (4, 1)]);
        assert_eq!(due(&mut queue, 0), [1, 2]);
        queue.finish(Some(thread(1)));
        assert_eq!(due(&mut queue, 0), [3]);
        queue.retry(Some(thread(1)), at(0), at(5));
        assert_eq!(due(&mut queue, 4), [0_i64; 0]);
        assert_eq!(queue.alarm(), Some(at(5)));
        assert_eq!(due(&mut queue, 5), [3]);
        queue.finish(Some(thread(1)));
        assert_eq!(due(&mut queue, 5), [4]);
    }

    #[test]
    fn the_cursor_stays_before_what_is_neither_done_nor_written_down() {
        let mut queue = queue(&[(1, 1), (2, 2), (5, 1)]);
        let read = Position::new(9);
        assert_eq!(queue.take_progress(read).cursor, Position::new(0));
        assert_eq!(due(&mut queue, 0), [1, 2]);
        queue.finish(Some(thread(2)));
        assert_eq!(queue.take_progress(read).cursor, Position::new(0));
        queue.retry(Some(thread(1)), at(0), at(5));
        let progress = queue.take_progress(read);
        // With the failed one goes the one behind it.
        let written: Vec<i64> = progress
            .pending
            .iter()
            .map(|one| one.position.get())
            .collect();
        assert_eq!((progress.cursor, written), (read, vec![1, 5]));
        assert!(queue.take_progress(read).pending.is_empty());
        assert_eq!(due(&mut queue, 5), [1]);
        queue.finish(Some(thread(1)));
        let progress = queue.take_progress(read);
        assert_eq!(progress.settled, [Position::new(1)]);
    }

    #[test]
    fn what_was_pending_goes_on_in_order() {
        let pending = |position, in_thread, next_at| Pending {
            position: Position::new(position),
            thread_id: Some(thread(in_thread)),
            attempts: 1,
            first_at: Some(at(0)),
            next_at: at(next_at),
        };
        let pending = vec![pending(3, 1, 10), pending(4, 1, 0), pending(6, 2, 0)];
        let mut queue = Queue::restore(pending, None);
        assert_eq!(due(&mut queue, 5), [6]);
        assert_eq!(due(&mut queue, 10), [3]);
        queue.push(event(8, 1), at(10));
        queue.finish(Some(thread(1)));
        assert_eq!(due(&mut queue, 10), [4]);
        queue.finish(Some(thread(1)));
        assert_eq!(due(&mut queue, 10), [8]);
    }

    #[test]
    fn a_queue_holds_so_much() {
        let mut queue = Queue::default();
        let limit = i64::try_from(MAX_FRESH).unwrap();
        for position in 1..=limit {
            assert!(!queue.is_full());
            queue.push(event(position, 1), at(0));
        }
        assert!(queue.is_full());
        due(&mut queue, 0);
        queue.finish(Some(thread(1)));
        assert!(!queue.is_full());
    }
}
