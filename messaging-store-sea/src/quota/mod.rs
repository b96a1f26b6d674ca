//! Quotas: grants, prices, halts and the ledger.

mod change;
mod pay;
mod read;
mod row;
mod rows;
mod statements;

use async_trait::async_trait;
use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, UserId},
    log::Committed,
    page::PageSize,
    quota::{
        ChangeQuotaError, Holding, LedgerAccount, LedgerLine, Means, Money, QuotaChange,
        QuotaStore, Scope,
    },
};

pub(crate) use change::{change_quota, needs_of_change};
pub(crate) use pay::{charge, cover};
pub(crate) use row::Asked;
pub(crate) use rows::{Paying, QuotaNeeds, QuotaRows};

use crate::SeaStore;
use change::ChangeQuota;

#[async_trait]
impl QuotaStore for SeaStore {
    async fn change_quota(
        &self,
        change: QuotaChange,
        happened_at: Timestamp,
        at: Timestamp,
    ) -> Result<Committed<()>, ChangeQuotaError> {
        let command = ChangeQuota {
            change,
            happened_at,
            at,
        };
        self.writer.submit(command).await
    }

    async fn lookup_means(
        &self,
        user_id: &UserId,
        scope: &Scope,
        at: Timestamp,
    ) -> Result<Means, StoreError> {
        let asked: Asked = (user_id.clone(), scope.clone(), at);
        let mut means = self.reader.means([asked.clone()]).await?;
        let found = means.remove(&asked);
        found.ok_or_else(|| StoreError::backend("means were not read"))
    }

    async fn list_grants(
        &self,
        user_id: &UserId,
        after: Option<(Timestamp, &str)>,
        size: PageSize,
    ) -> Result<Vec<Holding>, StoreError> {
        self.reader.grants(user_id, after, size).await
    }

    async fn list_balances(&self, account: &LedgerAccount) -> Result<Vec<Money>, StoreError> {
        self.reader.balances(account).await
    }

    async fn list_ledger(
        &self,
        account: &LedgerAccount,
        before: Option<Position>,
        size: PageSize,
    ) -> Result<Vec<LedgerLine>, StoreError> {
        self.reader.ledger(account, before, size).await
    }
}
