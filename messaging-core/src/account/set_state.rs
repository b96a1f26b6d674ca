//! Bans and deactivations.

use super::{Account, AccountChange};
use crate::{
    error::{ErrorKind, Fault, StoreError},
    id::UserId,
    messaging::Messaging,
};

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetAccountError {
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for SetAccountError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) => error.kind(),
        }
    }
}

/// Operations on accounts. They are the application's, not a user's: there is no caller to check.
#[derive(Debug, Clone, Copy)]
pub struct Accounts<'a> {
    messaging: &'a Messaging,
}

impl<'a> Accounts<'a> {
    pub(crate) fn new(messaging: &'a Messaging) -> Self {
        Self { messaging }
    }

    /// Changes a user's standing. When the user no longer takes part, sends are refused from the
    /// moment this returns, and every open session ends within a second on every node. The threads
    /// of a user who is deactivated are put away soon after, direct ones for both sides, and are
    /// brought back when that is undone; see [`archive`](crate::archive).
    pub async fn set(
        &self,
        user_id: &UserId,
        change: AccountChange,
    ) -> Result<Account, SetAccountError> {
        let now = self.messaging.clock().now();
        let committed = self
            .messaging
            .store()
            .set_account(user_id, change, now)
            .await?;
        Ok(committed.value)
    }

    /// What is known of a user's standing.
    pub async fn lookup(&self, user_id: &UserId) -> Result<Account, StoreError> {
        self.messaging.store().lookup_account(user_id).await
    }
}
