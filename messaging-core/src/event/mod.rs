//! Domain events: what other systems are told of the changes here.
//!
//! They are made from the log, so each comes at least once, and those of a thread in order. They
//! name messages and never hold their words.

mod cloud_event;
mod data;
#[cfg(feature = "schema")]
mod schema;
mod stream;

pub use cloud_event::{CloudEventOut, DEFAULT_SOURCE};
pub use data::{
    EventData, FlagFound, MessageFlagged, MessageRead, MessageSent, QuotaCharged, ThreadArchived,
    ThreadCreated,
};
#[cfg(feature = "schema")]
pub use schema::{EventSchema, schemas};
pub use stream::DomainEventStream;

use crate::{
    clock::Timestamp,
    id::{Position, ThreadId, UserId},
    log::LogEntry,
};

/// One domain event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainEvent {
    /// The log entry that it tells. An entry is told by one event at most, so this names the event,
    /// and it does so whenever the entry is read.
    pub position: Position,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub data: EventData,
}

impl DomainEvent {
    /// The event that tells an entry; `None` for a change that is nobody else's concern.
    pub fn of(entry: &LogEntry) -> Option<Self> {
        Some(Self {
            position: entry.position,
            at: entry.at,
            data: EventData::of(entry)?,
        })
    }

    /// Its type: `messaging.message.sent`.
    pub fn kind(&self) -> &'static str {
        self.data.kind()
    }

    /// The thread within which it has its order.
    pub fn thread_id(&self) -> Option<ThreadId> {
        self.data.thread_id()
    }

    /// Whose doing, or whose concern, it is.
    pub fn user_id(&self) -> Option<&UserId> {
        self.data.user_id()
    }

    /// The event as it goes out: `source` names this system, as a URI reference.
    pub fn to_cloud_event<'a>(&'a self, source: &'a str) -> CloudEventOut<'a> {
        CloudEventOut::new(self, source)
    }
}
