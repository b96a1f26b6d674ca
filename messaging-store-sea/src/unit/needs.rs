//! What a group of changes must have at hand.

use std::collections::BTreeSet;

use messaging_core::{
    id::{MessageId, Seq, ThreadId, UserId},
    platform::EventKey,
};

use crate::quota::QuotaNeeds;

/// The rows that changes name before anything is read. What follows from them is loaded too: a
/// message's thread, a thread's participants.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// Threads with those who take part.
    pub(crate) threads: BTreeSet<ThreadId>,
    /// Direct threads by their pair.
    pub(crate) pairs: BTreeSet<String>,
    /// Participants also when they have left.
    pub(crate) participants: BTreeSet<(ThreadId, UserId)>,
    /// Threads whose participants write to each other: standing and blocks of all in a direct one.
    pub(crate) recipients: BTreeSet<ThreadId>,
    /// Messages by id.
    pub(crate) messages: BTreeSet<MessageId>,
    /// Messages by their sender's idempotency key.
    pub(crate) client_ids: BTreeSet<(ThreadId, UserId, String)>,
    /// How many messages after a place are deleted.
    pub(crate) tombstones: BTreeSet<(ThreadId, Seq)>,
    pub(crate) accounts: BTreeSet<UserId>,
    /// Who blocks whom.
    pub(crate) blocks: BTreeSet<(UserId, UserId)>,
    /// All tags of these users.
    pub(crate) tag_owners: BTreeSet<UserId>,
    /// Tags that a user has put on a thread.
    pub(crate) tagged: BTreeSet<(UserId, ThreadId)>,
    /// Events of the platform.
    pub(crate) events: BTreeSet<EventKey>,
    /// Topics of such events.
    pub(crate) topics: BTreeSet<String>,
    pub(crate) quota: QuotaNeeds,
    /// All webhooks.
    pub(crate) webhooks: bool,
    /// Leases by their names.
    pub(crate) leases: BTreeSet<String>,
    /// Sweeps of these users' threads.
    pub(crate) sweeps: BTreeSet<UserId>,
    /// So many of the log's oldest entries.
    pub(crate) prunable: Option<usize>,
}
