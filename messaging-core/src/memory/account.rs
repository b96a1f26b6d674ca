//! Accounts.

use async_trait::async_trait;

use super::{MemoryStore, log::Fact, state::State};
use crate::{
    account::{Account, AccountChange, AccountStore},
    clock::Timestamp,
    error::StoreError,
    id::UserId,
    log::Committed,
};

impl State {
    pub(super) fn set_account(
        &mut self,
        user_id: &UserId,
        change: AccountChange,
        at: Timestamp,
    ) -> Committed<Account> {
        let before = self.account(user_id);
        let mut account = before.clone();
        match change {
            AccountChange::Ban(ban) => account.ban = Some(ban),
            AccountChange::Unban => account.ban = None,
            AccountChange::Deactivate => account.deactivated = true,
            AccountChange::Reactivate => account.deactivated = false,
        }
        if account == before {
            return Committed::unchanged(account);
        }
        self.accounts.insert(user_id.clone(), account.clone());
        let fact = Fact::Account(user_id.clone());
        let position = self.commit(at, None, [].into(), fact);
        if account.deactivated != before.deactivated {
            self.sweeps.insert(user_id.clone(), position);
        }
        Committed::at(position, account)
    }
}

#[async_trait]
impl AccountStore for MemoryStore {
    async fn set_account(
        &self,
        user_id: &UserId,
        change: AccountChange,
        at: Timestamp,
    ) -> Result<Committed<Account>, StoreError> {
        Ok(self.state()?.set_account(user_id, change, at))
    }

    async fn lookup_account(&self, user_id: &UserId) -> Result<Account, StoreError> {
        Ok(self.state()?.account(user_id))
    }
}
