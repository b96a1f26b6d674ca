//! The port for blocks.

use async_trait::async_trait;

use super::Block;
use crate::{clock::Timestamp, error::StoreError, id::UserId, page::PageSize};

/// Keeps blocks. They are nobody's business but the blocker's, so the log does not hold them.
#[async_trait]
pub trait BlockStore: Send + Sync {
    /// Blocks `blocked` for `user_id`. Repeating it changes nothing, the first time stands.
    ///
    /// # Errors
    /// Only the store's own.
    async fn add_block(
        &self,
        user_id: &UserId,
        blocked: &UserId,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Lifts a block. Lifting none changes nothing.
    ///
    /// # Errors
    /// Only the store's own.
    async fn remove_block(&self, user_id: &UserId, blocked: &UserId) -> Result<(), StoreError>;

    /// Up to `size + 1` of the user's blocks, ordered by the blocked user's id (by bytes), those
    /// after `after` only.
    ///
    /// # Errors
    /// Only the store's own.
    async fn list_blocks(
        &self,
        user_id: &UserId,
        after: Option<&UserId>,
        size: PageSize,
    ) -> Result<Vec<Block>, StoreError>;
}
