//! The log. It is made by the changes themselves; only forgetting is a call of its own.

use async_trait::async_trait;
use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, UserId},
    log::{CommitReceiver, LogBounds, LogEntry, LogStore, UserLog},
    memory::MemoryStore,
};
use serde::{Deserialize, Serialize};

use super::JournalStore;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Call {
    Prune(Timestamp, usize),
}

impl Call {
    pub(super) async fn make(self, store: &MemoryStore) {
        let Self::Prune(before, limit) = self;
        drop(store.prune_log(before, limit).await);
    }
}

#[async_trait]
impl LogStore for JournalStore {
    async fn log_bounds(&self) -> Result<LogBounds, StoreError> {
        self.memory.log_bounds().await
    }

    async fn read_log(&self, after: Position, limit: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.memory.read_log(after, limit).await
    }

    async fn read_log_for(
        &self,
        user_id: &UserId,
        after: Position,
        until: Position,
        limit: usize,
    ) -> Result<UserLog, StoreError> {
        self.memory.read_log_for(user_id, after, until, limit).await
    }

    async fn prune_log(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let call = super::Call::Log(Call::Prune(before, limit));
        self.write(call, self.memory.prune_log(before, limit)).await
    }

    fn subscribe_commits(&self) -> CommitReceiver {
        self.memory.subscribe_commits()
    }
}
