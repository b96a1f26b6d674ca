//! Accounts.

use async_trait::async_trait;
use messaging_core::{
    account::{Account, AccountChange, AccountStore, Ban},
    clock::Timestamp,
    error::StoreError,
    id::UserId,
    log::Committed,
    memory::MemoryStore,
};
use serde::{Deserialize, Serialize};

use super::JournalStore;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call {
    user_id: UserId,
    change: Change,
    at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    Ban {
        reason: String,
        until: Option<Timestamp>,
    },
    Unban,
    Deactivate,
    Reactivate,
}

impl Change {
    pub(super) fn new(change: &AccountChange) -> Result<Self, StoreError> {
        match change.clone() {
            AccountChange::Ban(Ban { reason, until }) => Ok(Self::Ban { reason, until }),
            AccountChange::Unban => Ok(Self::Unban),
            AccountChange::Deactivate => Ok(Self::Deactivate),
            AccountChange::Reactivate => Ok(Self::Reactivate),
            // A later version of the core may know more.
            other => Err(StoreError::backend(format!("{other:?} is not known here"))),
        }
    }
}

impl From<Change> for AccountChange {
    fn from(change: Change) -> Self {
        match change {
            Change::Ban { reason, until } => Self::Ban(Ban { reason, until }),
            Change::Unban => Self::Unban,
            Change::Deactivate => Self::Deactivate,
            Change::Reactivate => Self::Reactivate,
        }
    }
}

impl Call {
    pub(super) async fn make(self, store: &MemoryStore) {
        let set = store.set_account(&self.user_id, self.change.into(), self.at);
        drop(set.await);
    }
}

#[async_trait]
impl AccountStore for JournalStore {
    async fn set_account(
        &self,
        user_id: &UserId,
        change: AccountChange,
        at: Timestamp,
    ) -> Result<Committed<Account>, StoreError> {
        let call = super::Call::Account(Call {
            user_id: user_id.clone(),
            change: Change::new(&change)?,
            at,
        });
        self.write(call, self.memory.set_account(user_id, change, at))
            .await
    }

    async fn lookup_account(&self, user_id: &UserId) -> Result<Account, StoreError> {
        self.memory.lookup_account(user_id).await
    }
}
