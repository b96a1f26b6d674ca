//! The port for sweeps.

use async_trait::async_trait;

use crate::{clock::Timestamp, error::StoreError, id::UserId, log::Committed};

/// Keeps sweeps and carries them out.
///
/// [`set_account`](crate::account::AccountStore::set_account) begins one whenever it deactivates or
/// reactivates a user; it takes the place of one that is not through. A sweep goes the way that the
/// account says: the threads of a deactivated user are put away, those of any other are brought back.
///
/// Whoever's inbox a deactivation archives, the store remembers whose deactivation it was, until the
/// thread is brought back or its participant is through with that: by archiving it or taking it
/// back themselves, by leaving, or because a message of another brings it back.
#[async_trait]
pub trait ArchiveStore: Send + Sync {
    /// Up to `limit` users with a sweep that is not through, by id, those after `after` only.
    ///
    /// # Errors
    /// Only the store's own.
    async fn list_sweeps(
        &self,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<Vec<UserId>, StoreError>;

    /// Takes the next step of a user's sweep, atomically, and answers whether there is more to do.
    /// Without a sweep nothing happens, and there is no more.
    ///
    /// **Putting away** goes on with the `limit` threads that the user takes part in whose activity is
    /// the newest before that of the last step's, and at first before the deactivation's entry. Of
    /// each, in the order of user ids, the inboxes of both participants are archived if it is direct,
    /// and the user's alone if it is a group; an inbox that is archived already stays as it is.
    /// Each that was not appends [`Change::ThreadArchived`](crate::log::Change) with
    /// [`ArchiveReason::Deactivated`](crate::thread::ArchiveReason).
    ///
    /// **Bringing back** goes on with the `limit` first of the inboxes that a deactivation of the user
    /// has archived and that are remembered so, in the order of thread ids, then user ids. Each is
    /// archived no more and appends [`Change::ThreadSettings`](crate::log::Change); but in a direct
    /// thread whose other side is deactivated it stays, and is remembered as of that other side.
    ///
    /// A step that found fewer than `limit` is the last: it ends the sweep. The entries have no actor
    /// and are in a row; the position is the last one's. When a step meets another of the same
    /// sweep, or a message or a change of account on its way, it may do less, or nothing: it never
    /// undoes what came between. `limit` is at least 1.
    ///
    /// # Errors
    /// Only the store's own.
    async fn sweep_threads(
        &self,
        user_id: &UserId,
        limit: usize,
        at: Timestamp,
    ) -> Result<Committed<bool>, StoreError>;
}
