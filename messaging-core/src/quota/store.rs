//! The port for quotas.

use async_trait::async_trait;

use super::{
    ChangeQuotaError, Holding, LedgerAccount, LedgerLine, Means, Money, QuotaChange, Scope,
};
use crate::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, UserId},
    log::Committed,
    page::PageSize,
};

/// Keeps grants, prices, halts and the ledger. What a message takes of them is a part of
/// [`append`](crate::message::MessageStore::append).
///
/// The lines of every transfer add up to zero, an account's balance is the sum of its lines, a
/// wallet is never below zero, and a counted grant is never used more often than it says.
#[async_trait]
pub trait QuotaStore: Send + Sync {
    /// Makes a change, atomically. Its values have been checked. `happened_at` is when it was
    /// decided, `at` is now.
    ///
    /// - A grant is kept under its id, and is the newest renewal of its scope if none was later. Its
    ///   id again with the same values changes nothing, also when it is used up or over.
    /// - A purchase moves its amount from [`LedgerAccount::Purchases`] to the user's wallet, and is
    ///   a renewal of [`Scope::All`]. Its id again with the same values changes nothing.
    /// - A price replaces the one before.
    /// - A halt is the newest of its scope if none was later. It [holds](super::Halt::holds) while
    ///   the newest halt of the scope or of all is later than the newest renewal of either.
    ///
    /// What changes something appends, in the same transaction,
    /// [`Change::QuotaChanged`](crate::log::Change) for a grant, a purchase and a halt, with the
    /// scope of the change (all, for a purchase), and [`Change::PriceSet`](crate::log::Change) for a
    /// price; what changes nothing has no position.
    ///
    /// # Errors
    /// [`ChangeQuotaError::Conflict`], then [`ChangeQuotaError::TooMany`] when the user has
    /// [`MAX_OPEN_GRANTS`](super::MAX_OPEN_GRANTS) grants that are open at `at`, or
    /// [`ChangeQuotaError::TooMuch`] when their wallet would hold more than
    /// [`MAX_BALANCE`](super::MAX_BALANCE). Nothing is changed then.
    async fn change_quota(
        &self,
        change: QuotaChange,
        happened_at: Timestamp,
        at: Timestamp,
    ) -> Result<Committed<()>, ChangeQuotaError>;

    /// What the user holds that is good for messages to a scope, with the grants that are open at
    /// `at`.
    ///
    /// # Errors
    /// Only the store's own.
    async fn lookup_means(
        &self,
        user_id: &UserId,
        scope: &Scope,
        at: Timestamp,
    ) -> Result<Means, StoreError>;

    /// Up to `size + 1` of the user's grants, those that are over and used up included: the last to
    /// end first, of several the greater id; those after the one that `after` names.
    ///
    /// # Errors
    /// Only the store's own.
    async fn list_grants(
        &self,
        user_id: &UserId,
        after: Option<(Timestamp, &str)>,
        size: PageSize,
    ) -> Result<Vec<Holding>, StoreError>;

    /// What an account holds in each currency that it holds anything in, by currency.
    ///
    /// # Errors
    /// Only the store's own.
    async fn list_balances(&self, account: &LedgerAccount) -> Result<Vec<Money>, StoreError>;

    /// Up to `size + 1` lines of an account, the newest first; those before `before` only.
    ///
    /// # Errors
    /// Only the store's own.
    async fn list_ledger(
        &self,
        account: &LedgerAccount,
        before: Option<Position>,
        size: PageSize,
    ) -> Result<Vec<LedgerLine>, StoreError>;
}
