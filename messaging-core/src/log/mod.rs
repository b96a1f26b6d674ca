//! The log: every durable change, in one order, and all that is made from it.
//!
//! Resuming clients, live delivery and the application's own subscribers all read the same entries.
//! A stored entry holds references and small facts, never a message's words: what a reader gets is
//! filled in from the rows as they are when it reads, so an erased word is gone everywhere.

mod follow;
mod store;
mod sync;

pub(crate) use follow::follow;
pub use follow::{EventStream, FollowError};
pub use store::{CommitReceiver, CommitSender, LogBounds, LogStore, UserLog, commit_channel};
pub use sync::{SyncError, SyncPage};

use std::sync::Arc;

use crate::{
    account::Account,
    clock::Timestamp,
    id::{Position, Seq, ThreadId, UserId},
    message::Message,
    moderation::Flagged,
    quota::{Charge, Means, Money},
    receipt::Marker,
    thread::ArchiveReason,
};

/// What a write came to, and where the log holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed<T> {
    /// The outcome. It is durable.
    pub value: T,
    /// Where; `None` when nothing was appended.
    pub position: Option<Position>,
}

impl<T> Committed<T> {
    /// A write that appended an entry.
    pub fn at(position: Position, value: T) -> Self {
        Self {
            value,
            position: Some(position),
        }
    }

    /// A write that found nothing to change.
    pub fn unchanged(value: T) -> Self {
        Self {
            value,
            position: None,
        }
    }
}

/// One durable change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its place.
    pub position: Position,
    /// When it was made.
    pub at: Timestamp,
    /// Who made it; `None` when the application did.
    pub actor: Option<UserId>,
    /// Whose sessions it goes to: everyone who took part in the thread at that position, or the
    /// one user whom it concerns. Ordered by user id. Empty for a change that no session is told.
    pub audience: Arc<[UserId]>,
    /// What changed.
    pub change: Change,
}

/// What changed. Messages, accounts, means and prices are as they are when the entry is read, or
/// newer than the change itself by what was committed in between; of means, the grants are those
/// that are open at the entry's time. What was flagged stays as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// A thread was opened. Audience: its participants.
    ThreadCreated {
        /// Which.
        thread_id: ThreadId,
    },
    /// Title, metadata or a participant's role changed. Audience: the participants.
    ThreadUpdated {
        /// Which.
        thread_id: ThreadId,
    },
    /// One participant keeps the thread otherwise: back in the inbox, muted, pinned, tags. Audience:
    /// they.
    ThreadSettings {
        /// Which.
        thread_id: ThreadId,
    },
    /// A thread left one participant's inbox. Audience: they.
    ThreadArchived {
        /// Which.
        thread_id: ThreadId,
        /// Whose inbox.
        user_id: UserId,
        /// Why.
        reason: ArchiveReason,
    },
    /// A user takes part in a group from here on. Audience: the participants, the new one too.
    ParticipantAdded {
        /// In which.
        thread_id: ThreadId,
        /// Who.
        user_id: UserId,
    },
    /// A user no longer takes part. Audience: the participants, the one who left too.
    ParticipantRemoved {
        /// In which.
        thread_id: ThreadId,
        /// Who.
        user_id: UserId,
    },
    /// A message was appended. Audience: the participants, as for all changes of messages.
    MessageSent {
        /// The message as it is now.
        message: Arc<Message>,
    },
    /// A message was edited.
    MessageEdited {
        /// The message as it is now.
        message: Arc<Message>,
    },
    /// A message was deleted.
    MessageDeleted {
        /// The tombstone.
        message: Arc<Message>,
    },
    /// A reaction was put on a message or taken off.
    MessageReacted {
        /// The message as it is now.
        message: Arc<Message>,
    },
    /// A message was flagged, as it was sent or edited. Audience: nobody; it is a domain event.
    MessageFlagged {
        /// The message and its verdict, as they were then.
        flagged: Arc<Flagged>,
    },
    /// A participant's marker moved. Audience: the participants.
    MarkerAdvanced {
        /// In which thread.
        thread_id: ThreadId,
        /// Whose: the entry's actor.
        user_id: UserId,
        /// Which.
        marker: Marker,
        /// How far.
        seq: Seq,
    },
    /// A user's standing changed. Audience: nobody; the hub ends the sessions of one who no longer
    /// takes part.
    AccountChanged {
        /// The account as it is now.
        account: Account,
    },
    /// A message was paid for. Audience: who paid.
    QuotaCharged {
        /// What was taken.
        charge: Arc<Charge>,
        /// What the sender holds now for messages to the same creator.
        means: Arc<Means>,
    },
    /// Something was granted, bought or halted. Audience: the user.
    QuotaChanged {
        /// What the user holds now, for messages to whom it is good.
        means: Arc<Means>,
    },
    /// A creator's price was set. Audience: nobody.
    PriceSet {
        /// Whose.
        creator_id: UserId,
        /// What a message costs now.
        price: Money,
    },
}

impl Change {
    /// The thread that changed, if one did. Entries of one thread are told in order.
    pub fn thread_id(&self) -> Option<ThreadId> {
        match self {
            Self::ThreadCreated { thread_id }
            | Self::ThreadUpdated { thread_id }
            | Self::ThreadSettings { thread_id }
            | Self::ThreadArchived { thread_id, .. }
            | Self::ParticipantAdded { thread_id, .. }
            | Self::ParticipantRemoved { thread_id, .. }
            | Self::MarkerAdvanced { thread_id, .. } => Some(*thread_id),
            Self::MessageSent { message }
            | Self::MessageEdited { message }
            | Self::MessageDeleted { message }
            | Self::MessageReacted { message } => Some(message.thread_id),
            Self::MessageFlagged { flagged } => Some(flagged.thread_id),
            Self::QuotaCharged { charge, .. } => Some(charge.thread_id),
            Self::AccountChanged { .. } | Self::QuotaChanged { .. } | Self::PriceSet { .. } => None,
        }
    }
}
