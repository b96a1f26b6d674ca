//! How users stand, and the application's own changes.

use super::{
    ChangeQuotaError, Holding, LedgerAccount, LedgerLine, Money, Quota, QuotaChange, Scope,
};
use crate::{
    caller::Caller,
    clock::Timestamp,
    error::{ErrorKind, Fault, StoreError},
    id::{Position, UserId},
    messaging::Messaging,
    page::{Cursor, InvalidCursor, Page, PageSize},
};

/// Why a quota was not told.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GetQuotaError {
    /// Quotas are off.
    #[error("there are no quotas here")]
    Off,
    /// A cursor of another list.
    #[error(transparent)]
    InvalidCursor(#[from] InvalidCursor),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for GetQuotaError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Off => ErrorKind::NotFound,
            Self::InvalidCursor(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }
}

/// Operations on quotas. All but [`get`](Self::get) are the application's: there is no caller to
/// check.
#[derive(Debug, Clone, Copy)]
pub struct Quotas<'a> {
    messaging: &'a Messaging,
}

impl<'a> Quotas<'a> {
    pub(crate) fn new(messaging: &'a Messaging) -> Self {
        Self { messaging }
    }

    /// The caller's own standing for messages to a creator, or what is good for all of them.
    pub async fn get(
        &self,
        caller: &Caller,
        creator_id: Option<UserId>,
    ) -> Result<Quota, GetQuotaError> {
        if !self.messaging.quota_mode().is_on() {
            return Err(GetQuotaError::Off);
        }
        Ok(self.of(&caller.user_id, Scope::of(creator_id)).await?)
    }

    /// A user's standing, also when quotas are off.
    pub async fn of(&self, user_id: &UserId, scope: Scope) -> Result<Quota, StoreError> {
        let now = self.messaging.clock().now();
        let store = self.messaging.store();
        Ok(store.lookup_means(user_id, &scope, now).await?.quota(now))
    }

    /// Grants, sells, prices or halts. The id of a grant or purchase is its idempotency key: the
    /// same again changes nothing. Answers where the log holds it, if anything changed.
    pub async fn change(&self, change: QuotaChange) -> Result<Option<Position>, ChangeQuotaError> {
        change.check()?;
        let now = self.messaging.clock().now();
        let store = self.messaging.store();
        Ok(store.change_quota(change, now, now).await?.position)
    }

    /// A user's grants, the last to end first.
    pub async fn grants(
        &self,
        user_id: &UserId,
        cursor: Option<&Cursor>,
        size: PageSize,
    ) -> Result<Page<Holding>, GetQuotaError> {
        let scope = format!("grants {user_id}");
        let after: Option<(Timestamp, String)> =
            cursor.map(|cursor| cursor.decode(&scope)).transpose()?;
        let after = after.as_ref().map(|(ends_at, id)| (*ends_at, id.as_str()));
        let store = self.messaging.store();
        let grants = store.list_grants(user_id, after, size).await?;
        Ok(Page::cut(grants, size, |holding| {
            Cursor::encode(&scope, &(holding.grant.ends_at, &holding.grant.id))
        }))
    }

    /// What an account of the ledger holds, by currency.
    pub async fn balances(&self, account: &LedgerAccount) -> Result<Vec<Money>, StoreError> {
        self.messaging.store().list_balances(account).await
    }

    /// The lines of an account, the newest first.
    pub async fn ledger(
        &self,
        account: &LedgerAccount,
        cursor: Option<&Cursor>,
        size: PageSize,
    ) -> Result<Page<LedgerLine>, GetQuotaError> {
        let scope = format!("ledger {account}");
        let before: Option<Position> = cursor.map(|cursor| cursor.decode(&scope)).transpose()?;
        let store = self.messaging.store();
        let lines = store.list_ledger(account, before, size).await?;
        Ok(Page::cut(lines, size, |line| {
            Cursor::encode(&scope, &line.position)
        }))
    }
}
