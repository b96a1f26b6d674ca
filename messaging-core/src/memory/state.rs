//! What is kept, and the questions that more than one port asks of it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    log::{Fact, Log},
    quota::Book,
    rows::{MessageRow, TagRow, ThreadRow},
    webhook::Hook,
};
use crate::{
    account::Account,
    clock::Timestamp,
    id::{MessageId, Position, TagId, ThreadId, UserId, WebhookId},
    log::LogEntry,
    platform::EventKey,
};

/// Everything, behind one lock.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) closed: bool,
    pub(super) accounts: BTreeMap<UserId, Account>,
    /// By who blocks, then by who is blocked.
    pub(super) blocks: BTreeMap<UserId, BTreeMap<UserId, Timestamp>>,
    pub(super) tags: BTreeMap<TagId, TagRow>,
    pub(super) threads: BTreeMap<ThreadId, ThreadRow>,
    pub(super) messages: BTreeMap<MessageId, MessageRow>,
    /// Which message a sender's `client_id` stands for in a thread.
    pub(super) sent: HashMap<(ThreadId, UserId, String), MessageId>,
    /// The events that the platform has sent.
    pub(super) events: BTreeSet<EventKey>,
    /// When the newest event of each topic happened.
    pub(super) topics: BTreeMap<String, Timestamp>,
    pub(super) quota: Book,
    pub(super) webhooks: BTreeMap<WebhookId, Hook>,
    /// Who does a job, and until when.
    pub(super) leases: BTreeMap<String, (String, Timestamp)>,
    /// Where the sweep of a user's threads stands: it is through with those from here on.
    pub(super) sweeps: BTreeMap<UserId, Position>,
    pub(super) log: Log,
}

impl State {
    /// The account; an active one for a user never heard of.
    pub(super) fn account(&self, user_id: &UserId) -> Account {
        let known = self.accounts.get(user_id).cloned();
        known.unwrap_or_else(|| Account::active(user_id.clone()))
    }

    /// Whether the user takes part in anything at `at`.
    pub(super) fn is_active(&self, user_id: &UserId, at: Timestamp) -> bool {
        self.account(user_id).is_active(at)
    }

    /// Whether `user_id` has blocked `other`.
    pub(super) fn has_blocked(&self, user_id: &UserId, other: &UserId) -> bool {
        self.blocks
            .get(user_id)
            .is_some_and(|blocked| blocked.contains_key(other))
    }

    /// Appends to the log and rings the doorbell. Whatever the fact names is in place already, so
    /// that the entry can be told.
    pub(super) fn commit(
        &mut self,
        at: Timestamp,
        actor: Option<&UserId>,
        audience: Arc<[UserId]>,
        fact: Fact,
    ) -> Position {
        let position = self.log.push(at, actor.cloned(), audience, fact);
        let told: Arc<[LogEntry]> = self
            .entries_after(Position::new(position.get() - 1))
            .collect();
        // Nobody listening is no failure.
        let _ = self.log.commits.send(told);
        position
    }

    /// The same state with a doorbell of its own.
    #[cfg(feature = "testkit")]
    pub(super) fn fork(&self) -> Self {
        let mut fork = self.clone();
        fork.log.commits = crate::log::commit_channel();
        fork
    }
}
