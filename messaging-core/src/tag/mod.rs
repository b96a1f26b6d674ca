//! Tags: a user's own labels on threads. Nobody else sees them.

mod manage;
mod store;

pub use manage::{TagError, TagUpdate, Tags};
pub use store::{NewTag, TagStore};

use serde::Serialize;

use crate::{clock::Timestamp, id::TagId};

/// The longest tag name, in characters.
pub const MAX_TAG_NAME: usize = 64;

/// A user's label for threads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// Names it.
    pub id: TagId,
    /// What its owner calls it: unique among the owner's tags.
    pub name: String,
    /// `#rrggbb`, lower case.
    pub color: Option<String>,
    /// How many threads bear it.
    pub thread_count: i64,
    /// When it was made.
    pub created_at: Timestamp,
}
