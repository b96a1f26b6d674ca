//! Blocking, unblocking, listing.

use super::Block;
use crate::{
    caller::Caller,
    error::{ErrorKind, Fault, FieldError, Invalid, StoreError},
    id::UserId,
    messaging::Messaging,
    page::{Cursor, InvalidCursor, Page, PageSize},
};

/// Why a block was not set, lifted or listed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlockError {
    /// Nobody blocks themselves.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The cursor is of another list.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for BlockError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(error) => error.kind(),
            Self::Cursor(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(error) => error.fields(),
            _ => &[],
        }
    }
}

/// Operations on a user's blocks.
#[derive(Debug, Clone, Copy)]
pub struct Blocks<'a> {
    messaging: &'a Messaging,
}

impl<'a> Blocks<'a> {
    pub(crate) fn new(messaging: &'a Messaging) -> Self {
        Self { messaging }
    }

    /// Blocks a user; once is enough.
    pub async fn add(&self, caller: &Caller, user_id: &UserId) -> Result<(), BlockError> {
        if *user_id == caller.user_id {
            return Err(Invalid::field("user_id", "must be another user").into());
        }
        let now = self.messaging.clock().now();
        let store = self.messaging.store();
        Ok(store.add_block(&caller.user_id, user_id, now).await?)
    }

    /// Lifts a block, if there is one.
    pub async fn remove(&self, caller: &Caller, user_id: &UserId) -> Result<(), BlockError> {
        let store = self.messaging.store();
        Ok(store.remove_block(&caller.user_id, user_id).await?)
    }

    /// The caller's blocks, by user id.
    pub async fn list(
        &self,
        caller: &Caller,
        cursor: Option<&Cursor>,
        size: PageSize,
    ) -> Result<Page<Block>, BlockError> {
        let scope = format!("blocks {}", caller.user_id);
        let after: Option<UserId> = cursor.map(|cursor| cursor.decode(&scope)).transpose()?;
        let store = self.messaging.store();
        let blocks = store
            .list_blocks(&caller.user_id, after.as_ref(), size)
            .await?;
        Ok(Page::cut(blocks, size, |block| {
            Cursor::encode(&scope, &block.user_id)
        }))
    }
}
