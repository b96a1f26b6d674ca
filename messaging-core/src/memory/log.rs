//! The log: facts by position, told with the rows as they are now.

use std::{collections::BTreeMap, ops::Bound, sync::Arc};

use async_trait::async_trait;

use super::{MemoryStore, state::State};
use crate::{
    clock::Timestamp,
    error::StoreError,
    id::{MessageId, Position, UserId},
    log::{
        Change, CommitReceiver, CommitSender, LogBounds, LogEntry, LogStore, UserLog,
        commit_channel,
    },
    message::Message,
    quota::Scope,
};

/// What the log keeps of a change: references to what can change again, never a copy of it.
#[derive(Debug, Clone)]
pub(super) enum Fact {
    /// Nothing in it grows old.
    Fixed(Change),
    /// A change of a message, made from the message as it is when it is read.
    Message(MessageId, fn(Arc<Message>) -> Change),
    /// A change of a user's account.
    Account(UserId),
    /// A charge for a message.
    Charge(MessageId),
    /// A change of what a user holds for messages to a scope.
    Means(UserId, Scope),
    /// A change of a creator's price.
    Price(UserId),
}

#[derive(Debug, Clone)]
struct Row {
    at: Timestamp,
    actor: Option<UserId>,
    audience: Arc<[UserId]>,
    fact: Fact,
}

/// The kept part of the log.
#[derive(Debug, Clone)]
pub(super) struct Log {
    rows: BTreeMap<Position, Row>,
    bounds: LogBounds,
    pub(super) commits: CommitSender,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            bounds: LogBounds {
                pruned: Position::ZERO,
                head: Position::ZERO,
            },
            commits: commit_channel(),
        }
    }
}

impl Log {
    /// The position that the next entry will have.
    pub(super) fn next_position(&self) -> Position {
        self.bounds.head.next()
    }

    /// Takes the next position.
    pub(super) fn push(
        &mut self,
        at: Timestamp,
        actor: Option<UserId>,
        audience: Arc<[UserId]>,
        fact: Fact,
    ) -> Position {
        let position = self.bounds.head.next();
        self.bounds.head = position;
        let row = Row {
            at,
            actor,
            audience,
            fact,
        };
        self.rows.insert(position, row);
        position
    }

    /// Forgets the oldest entry if it was made before `before` and is not the newest.
    fn prune_one(&mut self, before: Timestamp) -> bool {
        let Some(oldest) = self.rows.first_entry() else {
            return false;
        };
        let position = *oldest.key();
        if position == self.bounds.head || oldest.get().at >= before {
            return false;
        }
        oldest.remove();
        self.bounds.pruned = position;
        true
    }
}

impl State {
    /// Where the log ends.
    pub(super) fn log_head(&self) -> Position {
        self.log.bounds.head
    }

    /// The kept entries after a position, in order.
    pub(super) fn entries_after(&self, after: Position) -> impl Iterator<Item = LogEntry> {
        let range = (Bound::Excluded(after), Bound::Unbounded);
        self.log
            .rows
            .range(range)
            .map(|(position, row)| self.tell(*position, row))
    }

    fn tell(&self, position: Position, row: &Row) -> LogEntry {
        let change = match &row.fact {
            Fact::Fixed(change) => change.clone(),
            Fact::Message(id, change) => change(Arc::new(self.messages[id].message.clone())),
            Fact::Account(user_id) => Change::AccountChanged {
                account: self.account(user_id),
            },
            Fact::Charge(message_id) => {
                let charge = self.quota.charges[message_id].clone();
                let scope = Scope::of(charge.creator_id.clone());
                let means = self.quota.means(&charge.user_id, &scope, row.at);
                Change::QuotaCharged {
                    charge: Arc::new(charge),
                    means: Arc::new(means),
                }
            }
            Fact::Means(user_id, scope) => Change::QuotaChanged {
                means: Arc::new(self.quota.means(user_id, scope, row.at)),
            },
            Fact::Price(creator_id) => Change::PriceSet {
                creator_id: creator_id.clone(),
                price: self.quota.prices[creator_id],
            },
        };
        LogEntry {
            position,
            at: row.at,
            actor: row.actor.clone(),
            audience: row.audience.clone(),
            change,
        }
    }
}

#[async_trait]
impl LogStore for MemoryStore {
    async fn log_bounds(&self) -> Result<LogBounds, StoreError> {
        Ok(self.state()?.log.bounds)
    }

    async fn read_log(&self, after: Position, limit: usize) -> Result<Vec<LogEntry>, StoreError> {
        Ok(self.state()?.entries_after(after).take(limit).collect())
    }

    async fn read_log_for(
        &self,
        user_id: &UserId,
        after: Position,
        until: Position,
        limit: usize,
    ) -> Result<UserLog, StoreError> {
        let state = self.state()?;
        let audience: Arc<[UserId]> = [user_id.clone()].into();
        let mut entries: Vec<LogEntry> = state
            .entries_after(after)
            .take_while(|entry| entry.position <= until)
            .filter(|entry| entry.audience.contains(user_id))
            .take(limit.saturating_add(1))
            .map(|entry| LogEntry {
                audience: audience.clone(),
                ..entry
            })
            .collect();
        let left_out = entries.len() > limit;
        entries.truncate(limit);
        let through = if left_out {
            entries.last().map_or(after, |entry| entry.position)
        } else {
            until
        };
        Ok(UserLog { entries, through })
    }

    async fn prune_log(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let mut state = self.state()?;
        let mut pruned = 0;
        for _ in 0..limit {
            if !state.log.prune_one(before) {
                break;
            }
            pruned += 1;
        }
        Ok(pruned)
    }

    fn subscribe_commits(&self) -> CommitReceiver {
        self.lock().log.commits.subscribe()
    }
}
