//! The port for receipts.

use async_trait::async_trait;

use super::{MarkError, Marker};
use crate::{
    clock::Timestamp,
    id::{Seq, ThreadId, UserId},
    log::Committed,
};

/// A marker to be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// In which thread.
    pub thread_id: ThreadId,
    /// Whose.
    pub user_id: UserId,
    /// Which.
    pub marker: Marker,
    /// How far.
    pub seq: Seq,
    /// Now.
    pub at: Timestamp,
}

/// Keeps participants' markers.
#[async_trait]
pub trait ReceiptStore: Send + Sync {
    /// Moves a marker forward and appends [`Change::MarkerAdvanced`](crate::log::Change),
    /// atomically, and answers where it stands. It never moves back: a `seq` that it has reached
    /// changes nothing, appends nothing, and answers without a position. Moving the read marker
    /// moves the delivered one at least as far, without a row of its own. Accounts are not asked.
    ///
    /// # Errors
    /// [`MarkError::NoSuchThread`] unless the user takes part; [`MarkError::BeyondTheEnd`] when
    /// `seq` is greater than the thread's newest.
    async fn advance_marker(&self, advance: Advance) -> Result<Committed<Seq>, MarkError>;
}
