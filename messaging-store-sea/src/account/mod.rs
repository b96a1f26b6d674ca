//! Accounts.

mod row;
mod set;

use async_trait::async_trait;
use messaging_core::{
    account::{Account, AccountChange, AccountStore},
    clock::Timestamp,
    error::StoreError,
    id::UserId,
    log::Committed,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

pub(crate) use row::account;

use crate::{SeaStore, entity, reader::Reader};
use set::SetAccount;
pub(crate) use set::set_account;

#[async_trait]
impl AccountStore for SeaStore {
    async fn set_account(
        &self,
        user_id: &UserId,
        change: AccountChange,
        at: Timestamp,
    ) -> Result<Committed<Account>, StoreError> {
        let user_id = user_id.clone();
        let command = SetAccount {
            user_id,
            change,
            at,
        };
        self.writer.submit(command).await
    }

    async fn lookup_account(&self, user_id: &UserId) -> Result<Account, StoreError> {
        let mut found = self.reader.accounts([user_id]).await?;
        Ok(found
            .pop()
            .unwrap_or_else(|| Account::active(user_id.clone())))
    }
}

impl Reader {
    /// The accounts of these users that have a row.
    pub(crate) async fn accounts(
        &self,
        user_ids: impl IntoIterator<Item = &UserId>,
    ) -> Result<Vec<Account>, StoreError> {
        let user_ids = user_ids.into_iter().map(UserId::as_str);
        let query =
            entity::account::Entity::find().filter(entity::account::Column::UserId.is_in(user_ids));
        let rows: Vec<entity::account::Model> = self.all(self.schema.query(query)).await?;
        rows.into_iter().map(account).collect()
    }
}
