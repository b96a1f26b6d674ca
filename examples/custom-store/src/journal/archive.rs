//! Sweeps.

use async_trait::async_trait;
use messaging_core::{
    archive::ArchiveStore, clock::Timestamp, error::StoreError, id::UserId, log::Committed,
    memory::MemoryStore,
};
use serde::{Deserialize, Serialize};

use super::JournalStore;

/// A step: whose sweep, and of how many threads.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call(UserId, usize, Timestamp);

impl Call {
    pub(super) async fn make(self, store: &MemoryStore) {
        let Self(user_id, limit, at) = self;
        drop(store.sweep_threads(&user_id, limit, at).await);
    }
}

#[async_trait]
impl ArchiveStore for JournalStore {
    async fn list_sweeps(
        &self,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Vec<UserId>, StoreError> {
        self.memory.list_sweeps(after, limit).await
    }

    async fn sweep_threads(
        &self,
        user_id: &UserId,
        limit: usize,
        at: Timestamp,
    ) -> Result<Committed<bool>, StoreError> {
        let call = super::Call::Archive(Call(user_id.clone(), limit, at));
        self.write(call, self.memory.sweep_threads(user_id, limit, at))
            .await
    }
}
