//! The log.

mod append;
mod audience;
mod prune;
mod read;
mod tell;

use async_trait::async_trait;
use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, UserId},
    log::{CommitReceiver, LogBounds, LogEntry, LogStore, UserLog},
};

pub(crate) use append::{APPEND, values};

use crate::SeaStore;
use prune::Prune;

#[async_trait]
impl LogStore for SeaStore {
    async fn log_bounds(&self) -> Result<LogBounds, StoreError> {
        self.reader.log_bounds().await
    }

    async fn read_log(&self, after: Position, limit: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.reader.log(after, limit).await
    }

    async fn read_log_for(
        &self,
        user_id: &UserId,
        after: Position,
        until: Position,
        limit: usize,
    ) -> Result<UserLog, StoreError> {
        self.reader.log_for(user_id, after, until, limit).await
    }

    async fn prune_log(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.writer.submit(Prune { before, limit }).await
    }

    fn subscribe_commits(&self) -> CommitReceiver {
        self.writer.subscribe()
    }
}
