//! Blocks.

use async_trait::async_trait;
use messaging_core::{
    block::{Block, BlockStore},
    clock::Timestamp,
    error::StoreError,
    id::UserId,
    memory::MemoryStore,
    page::PageSize,
};
use serde::{Deserialize, Serialize};

use super::JournalStore;

/// Who blocks whom, or no longer does.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Call {
    Add(UserId, UserId, Timestamp),
    Remove(UserId, UserId),
}

impl Call {
    pub(super) async fn make(self, store: &MemoryStore) {
        match self {
            Self::Add(user_id, blocked, at) => {
                drop(store.add_block(&user_id, &blocked, at).await);
            }
            Self::Remove(user_id, blocked) => {
                drop(store.remove_block(&user_id, &blocked).await);
            }
        }
    }
}

#[async_trait]
impl BlockStore for JournalStore {
    async fn add_block(
        &self,
        user_id: &UserId,
        blocked: &UserId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let call = super::Call::Block(Call::Add(user_id.clone(), blocked.clone(), at));
        self.write(call, self.memory.add_block(user_id, blocked, at))
            .await
    }

    async fn remove_block(&self, user_id: &UserId, blocked: &UserId) -> Result<(), StoreError> {
        let call = super::Call::Block(Call::Remove(user_id.clone(), blocked.clone()));
        self.write(call, self.memory.remove_block(user_id, blocked))
            .await
    }

    async fn list_blocks(
        &self,
        user_id: &UserId,
        after: Option<&UserId>,
        size: PageSize,
    ) -> Result<Vec<Block>, StoreError> {
        self.memory.list_blocks(user_id, after, size).await
    }
}
