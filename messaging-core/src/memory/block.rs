//! Blocks.

use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    block::{Block, BlockStore},
    clock::Timestamp,
    error::StoreError,
    id::UserId,
    page::PageSize,
};

#[async_trait]
impl BlockStore for MemoryStore {
    async fn add_block(
        &self,
        user_id: &UserId,
        blocked: &UserId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut state = self.state()?;
        let blocks = state.blocks.entry(user_id.clone()).or_default();
        blocks.entry(blocked.clone()).or_insert(at);
        Ok(())
    }

    async fn remove_block(&self, user_id: &UserId, blocked: &UserId) -> Result<(), StoreError> {
        if let Some(blocks) = self.state()?.blocks.get_mut(user_id) {
            blocks.remove(blocked);
        }
        Ok(())
    }

    async fn list_blocks(
        &self,
        user_id: &UserId,
        after: Option<&UserId>,
        size: PageSize,
    ) -> Result<Vec<Block>, StoreError> {
        let state = self.state()?;
        let blocks = state.blocks.get(user_id).into_iter().flatten();
        Ok(blocks
            .filter(|(blocked, _)| after.is_none_or(|after| *blocked > after))
            .take(size.get() + 1)
            .map(|(blocked, at)| Block {
                user_id: blocked.clone(),
                created_at: *at,
            })
            .collect())
    }
}
