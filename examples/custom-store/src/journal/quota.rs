//! Grants, prices, halts and the ledger.

use async_trait::async_trait;
use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, UserId},
    log::Committed,
    memory::MemoryStore,
    page::PageSize,
    quota::{
        Allowance, ChangeQuotaError, Grant, Holding, LedgerAccount, LedgerLine, Means, Money,
        Purchase, QuotaChange, QuotaStore, Scope,
    },
};
use serde::{Deserialize, Serialize};

use super::JournalStore;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call {
    change: Change,
    happened_at: Timestamp,
    at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    Grant {
        id: String,
        user_id: UserId,
        creator_id: Option<UserId>,
        /// Without a number: as many as they like.
        messages: Option<i64>,
        starts_at: Timestamp,
        ends_at: Timestamp,
    },
    Purchase {
        id: String,
        user_id: UserId,
        amount: Money,
    },
    Price {
        creator_id: UserId,
        price: Money,
    },
    Halt {
        user_id: UserId,
        creator_id: Option<UserId>,
    },
}

impl Change {
    pub(super) fn new(change: &QuotaChange) -> Result<Self, StoreError> {
        Ok(match change.clone() {
            QuotaChange::Grant(grant) => Self::Grant {
                id: grant.id,
                user_id: grant.user_id,
                creator_id: grant.scope.creator_id().cloned(),
                messages: match grant.allowance {
                    Allowance::Unlimited => None,
                    Allowance::Messages(messages) => Some(messages),
                },
                starts_at: grant.starts_at,
                ends_at: grant.ends_at,
            },
            QuotaChange::Purchase(purchase) => Self::Purchase {
                id: purchase.id,
                user_id: purchase.user_id,
                amount: purchase.amount,
            },
            QuotaChange::Price { creator_id, price } => Self::Price { creator_id, price },
            QuotaChange::Halt { user_id, scope } => Self::Halt {
                user_id,
                creator_id: scope.creator_id().cloned(),
            },
            // A later version of the core may know more.
            other => return Err(StoreError::backend(format!("{other:?} is not known here"))),
        })
    }
}

impl From<Change> for QuotaChange {
    fn from(change: Change) -> Self {
        match change {
            Change::Grant {
                id,
                user_id,
                creator_id,
                messages,
                starts_at,
                ends_at,
            } => Self::Grant(Grant {
                id,
                user_id,
                scope: Scope::of(creator_id),
                allowance: messages.map_or(Allowance::Unlimited, Allowance::Messages),
                starts_at,
                ends_at,
            }),
            Change::Purchase {
                id,
                user_id,
                amount,
            } => Self::Purchase(Purchase {
                id,
                user_id,
                amount,
            }),
            Change::Price { creator_id, price } => Self::Price { creator_id, price },
            Change::Halt {
                user_id,
                creator_id,
            } => Self::Halt {
                user_id,
                scope: Scope::of(creator_id),
            },
        }
    }
}

impl Call {
    pub(super) async fn make(self, store: &MemoryStore) {
        let changed = store.change_quota(self.change.into(), self.happened_at, self.at);
        drop(changed.await);
    }
}

#[async_trait]
impl QuotaStore for JournalStore {
    async fn change_quota(
        &self,
        change: QuotaChange,
        happened_at: Timestamp,
        at: Timestamp,
    ) -> Result<Committed<()>, ChangeQuotaError> {
        let call = super::Call::Quota(Call {
            change: Change::new(&change)?,
            happened_at,
            at,
        });
        self.write(call, self.memory.change_quota(change, happened_at, at))
            .await
    }

    async fn lookup_means(
        &self,
        user_id: &UserId,
        scope: &Scope,
        at: Timestamp,
    ) -> Result<Means, StoreError> {
        self.memory.lookup_means(user_id, scope, at).await
    }

    async fn list_grants(
        &self,
        user_id: &UserId,
        after: Option<(Timestamp, &str)>,
        size: PageSize,
    ) -> Result<Vec<Holding>, StoreError> {
        self.memory.list_grants(user_id, after, size).await
    }

    async fn list_balances(&self, account: &LedgerAccount) -> Result<Vec<Money>, StoreError> {
        self.memory.list_balances(account).await
    }

    async fn list_ledger(
        &self,
        account: &LedgerAccount,
        before: Option<Position>,
        size: PageSize,
    ) -> Result<Vec<LedgerLine>, StoreError> {
        self.memory.list_ledger(account, before, size).await
    }
}
