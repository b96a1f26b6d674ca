//! The port for the log.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::broadcast;

use super::LogEntry;
use crate::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, UserId},
};

/// The part of the log that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogBounds {
    /// Entries up to this one are gone; zero when none are.
    pub pruned: Position,
    /// The newest entry; zero when there never was one.
    pub head: Position,
}

/// A stretch of the log as one user may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLog {
    /// The user's entries in that stretch, in order. The audience of each is the user alone: who
    /// else was told of it is not asked.
    pub entries: Vec<LogEntry>,
    /// How far the stretch reaches: whatever of the user's lies up to here is in `entries`.
    pub through: Position,
}

/// Hears of commits.
pub type CommitReceiver = broadcast::Receiver<Arc<[LogEntry]>>;
/// Tells of commits.
pub type CommitSender = broadcast::Sender<Arc<[LogEntry]>>;

/// The channel that a store tells its commits through. It is bounded: a receiver that lags loses
/// batches and finds them in the log.
pub fn commit_channel() -> CommitSender {
    broadcast::Sender::new(1024)
}

/// Keeps the log.
///
/// Positions are gapless and in commit order: when a reader sees position *n*, it sees, or has
/// seen, every position below, and no later commit ever takes one of those.
#[async_trait]
pub trait LogStore: Send + Sync {
    /// What is kept of the log.
    ///
    /// # Errors
    /// Only the store's own.
    async fn log_bounds(&self) -> Result<LogBounds, StoreError>;

    /// Up to `limit` entries after `after`, in order.
    ///
    /// # Errors
    /// Only the store's own.
    async fn read_log(&self, after: Position, limit: usize) -> Result<Vec<LogEntry>, StoreError>;

    /// The entries after `after` and up to `until` that `user_id` is in the audience of, at most
    /// `limit` of them. [`UserLog::through`] is `until` when none were left out, otherwise the last
    /// entry's position. `until` is no greater than the log's head, `limit` is at least 1. The cost
    /// follows what is found, not the length of the log.
    ///
    /// # Errors
    /// Only the store's own.
    async fn read_log_for(
        &self,
        user_id: &UserId,
        after: Position,
        until: Position,
        limit: usize,
    ) -> Result<UserLog, StoreError>;

    /// Forgets the entries made before `before`, oldest first, at most `limit` in one call, and
    /// answers how many. It stops at the first that was made at `before` or later, whatever comes
    /// after that one, so that what is kept has no gap. The newest entry always stays.
    ///
    /// # Errors
    /// Only the store's own.
    async fn prune_log(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError>;

    /// Tells of this process's own commits, each batch in order and soon after it is durable. Only
    /// a doorbell: batches may be lost, and other processes' commits are never among them.
    fn subscribe_commits(&self) -> CommitReceiver;
}
