//! Blocks: whom a user does not want to hear from.
//!
//! A block stops direct messages in both directions and new direct threads. In a group both go on
//! reading each other: the group's opener decides who is in it.

mod manage;
mod store;

pub use manage::{BlockError, Blocks};
pub use store::BlockStore;

use serde::Serialize;

use crate::{clock::Timestamp, id::UserId};

/// One user blocked by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Block {
    /// Who is blocked.
    pub user_id: UserId,
    /// Since when.
    pub created_at: Timestamp,
}
