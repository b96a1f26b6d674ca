//! Blocks: whom a user does not want to hear from.
//!
//! A block stops direct messages in both directions: the blocked one is told that the recipient is
//! unavailable, the blocker to lift the block first. The blocked one opens no new direct thread with
//! the blocker and adds them to no group. In a group that both are in they go on reading each other:
//! its opener decides who is in it.

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
