//! The port for tags.

use async_trait::async_trait;

use super::{Tag, TagError, TagUpdate};
use crate::{
    clock::Timestamp,
    error::StoreError,
    id::{TagId, ThreadId, UserId},
    log::Committed,
    page::PageSize,
};

/// A tag to be made. Its values have been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTag {
    /// Its id.
    pub id: TagId,
    /// Whose it is.
    pub owner: UserId,
    /// Its name.
    pub name: String,
    /// Its colour.
    pub color: Option<String>,
    /// Now.
    pub at: Timestamp,
}

/// Keeps tags. Every method sees the owner's tags only: another's do not exist.
#[async_trait]
pub trait TagStore: Send + Sync {
    /// Makes a tag.
    ///
    /// # Errors
    /// [`TagError::NameTaken`] when the owner has one of that name, [`TagError::TooMany`] when the
    /// owner has [`MAX_TAGS`](crate::limits::MAX_TAGS) already.
    async fn create_tag(&self, tag: NewTag) -> Result<Tag, TagError>;

    /// Changes what `update` names. Names differ when their bytes do. Nothing is appended.
    ///
    /// # Errors
    /// [`TagError::NoSuchTag`]; [`TagError::NameTaken`] when another tag of the owner's has it.
    async fn update_tag(
        &self,
        owner: &UserId,
        tag_id: TagId,
        update: TagUpdate,
    ) -> Result<Tag, TagError>;

    /// Deletes a tag and takes it off every thread, atomically. Nothing is appended.
    ///
    /// # Errors
    /// [`TagError::NoSuchTag`].
    async fn delete_tag(&self, owner: &UserId, tag_id: TagId) -> Result<(), TagError>;

    /// Puts a tag on a thread that the owner takes part in, or takes it off, and appends
    /// [`Change::ThreadSettings`](crate::log::Change), atomically. Repeating it changes nothing,
    /// appends nothing, and answers without a position.
    ///
    /// # Errors
    /// [`TagError::NoSuchTag`]; [`TagError::NoSuchThread`] also for a thread the owner has left.
    async fn apply_tag(
        &self,
        owner: &UserId,
        tag_id: TagId,
        thread_id: ThreadId,
        applied: bool,
        at: Timestamp,
    ) -> Result<Committed<Tag>, TagError>;

    /// Up to `size + 1` of the owner's tags, oldest first (by id), those after `after` only.
    ///
    /// # Errors
    /// Only the store's own.
    async fn list_tags(
        &self,
        owner: &UserId,
        after: Option<TagId>,
        size: PageSize,
    ) -> Result<Vec<Tag>, StoreError>;
}
