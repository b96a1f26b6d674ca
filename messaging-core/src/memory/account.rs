//! Accounts.

use async_trait::async_trait;

use super::{MemoryStore, log::Fact};
use crate::{
    account::{Account, AccountChange, AccountStore},
    clock::Timestamp,
    error::StoreError,
    id::UserId,
    log::Committed,
};

#[async_trait]
impl AccountStore for MemoryStore {
    async fn set_account(
        &self,
        user_id: &UserId,
        change: AccountChange,
        at: Timestamp,
    ) -> Result<Committed<Account>, StoreError> {
        let mut state = self.state()?;
        let before = state.account(user_id);
        let mut account = before.clone();
        match change {
            AccountChange::Ban(ban) => account.ban = Some(ban),
            AccountChange::Unban => account.ban = None,
            AccountChange::Deactivate => account.deactivated = true,
            AccountChange::Reactivate => account.deactivated = false,
        }
        if account == before {
            return Ok(Committed::unchanged(account));
        }
        state.accounts.insert(user_id.clone(), account.clone());
        let fact = Fact::Account(user_id.clone());
        let position = state.commit(at, None, [].into(), fact);
        Ok(Committed::at(position, account))
    }

    async fn lookup_account(&self, user_id: &UserId) -> Result<Account, StoreError> {
        Ok(self.state()?.account(user_id))
    }
}
