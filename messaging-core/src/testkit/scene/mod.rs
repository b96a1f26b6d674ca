//! A store under test, with the handful of sentences that tests are written in.

mod message;
mod people;
mod quota;
mod thread;

use std::{sync::Arc, time::Duration};

use super::{ManualClock, SeqIds};
use crate::{
    Store,
    clock::{Clock, Timestamp},
    id::{IdGenerator, MessageId, Position, TagId, ThreadId, UserId},
    log::LogEntry,
};

/// A store, a clock that stands still, ids that count.
///
/// Every change that a scene makes takes a millisecond. Methods that make a change expect it to
/// succeed and panic when it does not; to see a refusal, call the store.
#[derive(Debug, Clone)]
pub struct Scene {
    store: Arc<dyn Store>,
    clock: ManualClock,
    ids: SeqIds,
}

impl Scene {
    /// A scene on this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            clock: ManualClock::default(),
            ids: SeqIds::default(),
        }
    }

    /// The store.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The store, for a task of its own.
    pub fn shared_store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    /// The clock.
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// A millisecond later than the last time.
    pub fn now(&self) -> Timestamp {
        self.clock.advance(Duration::from_millis(1));
        self.clock.now()
    }

    /// An id for a thread to come.
    pub fn thread_id(&self) -> ThreadId {
        ThreadId::from_uuid(self.ids.next_uuid())
    }

    /// An id for a message to come.
    pub fn message_id(&self) -> MessageId {
        MessageId::from_uuid(self.ids.next_uuid())
    }

    /// An id for a tag to come.
    pub fn tag_id(&self) -> TagId {
        TagId::from_uuid(self.ids.next_uuid())
    }
}

/// The log.
impl Scene {
    /// Where the log ends.
    pub async fn head(&self) -> Position {
        self.store.log_bounds().await.expect("the log is read").head
    }

    /// The log after a position, to its end.
    pub async fn log_after(&self, after: Position) -> Vec<LogEntry> {
        let entries = self.store.read_log(after, 100_000).await;
        entries.expect("the log is read")
    }

    /// The newest entry.
    pub async fn last_entry(&self) -> LogEntry {
        let before = Position::new(self.head().await.get() - 1);
        let mut entries = self.log_after(before).await;
        entries.pop().expect("the log has an entry")
    }

    /// Whom the newest entry goes to.
    pub async fn last_audience(&self) -> Vec<UserId> {
        self.last_entry().await.audience.to_vec()
    }
}
