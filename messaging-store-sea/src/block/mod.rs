//! Blocks.

mod set;

use async_trait::async_trait;
use messaging_core::{
    block::{Block, BlockStore},
    clock::Timestamp,
    error::StoreError,
    id::UserId,
    page::PageSize,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    SeaStore, convert,
    entity::block::{Column, Entity, Model},
    unit::read_block,
};
use set::{AddBlock, RemoveBlock};

#[async_trait]
impl BlockStore for SeaStore {
    async fn add_block(
        &self,
        user_id: &UserId,
        blocked: &UserId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let pair = (user_id.clone(), blocked.clone());
        self.writer.submit(AddBlock { pair, at }).await
    }

    async fn remove_block(&self, user_id: &UserId, blocked: &UserId) -> Result<(), StoreError> {
        let pair = (user_id.clone(), blocked.clone());
        self.writer.submit(RemoveBlock { pair }).await
    }

    async fn list_blocks(
        &self,
        user_id: &UserId,
        after: Option<&UserId>,
        size: PageSize,
    ) -> Result<Vec<Block>, StoreError> {
        let mut query = Entity::find()
            .filter(Column::UserId.eq(user_id.as_str()))
            .order_by_asc(Column::BlockedId)
            .limit(convert::limit(size).unsigned_abs());
        if let Some(after) = after {
            query = query.filter(Column::BlockedId.gt(after.as_str()));
        }
        let rows: Vec<Model> = self.reader.all(self.reader.schema.query(query)).await?;
        let blocks = rows.iter().map(|row| {
            let (_, user_id, created_at) = read_block(row)?;
            Ok(Block {
                user_id,
                created_at,
            })
        });
        blocks.collect()
    }
}
