//! The port for accounts.

use async_trait::async_trait;

use super::{Account, Ban};
use crate::{clock::Timestamp, error::StoreError, id::UserId, log::Committed};

/// One change of a user's standing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountChange {
    /// Bans the user; a ban that stands is replaced.
    Ban(Ban),
    /// Lifts a ban.
    Unban,
    /// Deactivates the user.
    Deactivate,
    /// Undoes a deactivation.
    Reactivate,
}

/// Keeps accounts.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// Applies one change and appends [`Change::AccountChanged`](crate::log::Change), atomically.
    /// The row is made when there is none. A change that changes nothing (lifting no ban) appends
    /// nothing and answers without a position. One that deactivates or reactivates begins a
    /// [sweep](crate::archive::ArchiveStore) of the user's threads; a ban begins none.
    ///
    /// # Errors
    /// Only the store's own.
    async fn set_account(
        &self,
        user_id: &UserId,
        change: AccountChange,
        at: Timestamp,
    ) -> Result<Committed<Account>, StoreError>;

    /// The account; [`Account::active`] for a user that was never heard of.
    ///
    /// # Errors
    /// Only the store's own.
    async fn lookup_account(&self, user_id: &UserId) -> Result<Account, StoreError>;
}
