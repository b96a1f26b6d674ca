//! Grants, prices, halts and the ledger.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{MemoryStore, log::Fact, state::State};
use crate::{
    clock::Timestamp,
    error::StoreError,
    id::{MessageId, Position, UserId},
    log::Committed,
    message::Message,
    page::PageSize,
    quota::{
        ChangeQuotaError, Charge, Cover, Currency, Grant, Halt, Holding, LedgerAccount, LedgerLine,
        MAX_BALANCE, MAX_OPEN_GRANTS, Means, Money, Payment, Purchase, QuotaChange, QuotaStore,
        Scope, Transfer,
    },
};

/// What is kept of quotas.
#[derive(Debug, Clone, Default)]
pub(super) struct Book {
    holdings: BTreeMap<String, Holding>,
    pub(super) prices: BTreeMap<UserId, Money>,
    halts: BTreeMap<(UserId, Scope), Halt>,
    pub(super) charges: BTreeMap<MessageId, Charge>,
    lines: Vec<LedgerLine>,
}

impl Book {
    /// What a user holds that is good for messages to a scope.
    pub(super) fn means(&self, user_id: &UserId, scope: &Scope, at: Timestamp) -> Means {
        let holdings = self.holdings.values().filter(|holding| {
            let grant = &holding.grant;
            grant.user_id == *user_id && grant.scope.covers(scope) && holding.is_open(at)
        });
        let price = scope.creator_id().and_then(|id| self.prices.get(id));
        Means {
            user_id: user_id.clone(),
            scope: scope.clone(),
            holdings: holdings.cloned().collect(),
            balances: self.balances(&LedgerAccount::Wallet(user_id.clone())),
            price: price.copied(),
            halted: self
                .halt(user_id, &Scope::All)
                .and(self.halt(user_id, scope))
                .holds(),
        }
    }

    fn halt(&self, user_id: &UserId, scope: &Scope) -> Halt {
        let key = (user_id.clone(), scope.clone());
        self.halts.get(&key).copied().unwrap_or_default()
    }

    /// The sums of an account's lines.
    fn balances(&self, account: &LedgerAccount) -> Vec<Money> {
        let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.account == *account) {
            *sums.entry(line.amount.currency).or_default() += line.amount.amount;
        }
        let sums = sums.into_iter().filter(|(_, amount)| *amount != 0);
        sums.map(|(currency, amount)| Money::new(amount, currency))
            .collect()
    }

    /// Moves money; nothing when it is nothing.
    fn transfer(
        &mut self,
        transfer: &Transfer,
        [from, to]: [LedgerAccount; 2],
        amount: Money,
        (position, at): (Position, Timestamp),
    ) {
        if amount.amount == 0 {
            return;
        }
        for (account, amount) in [(from, amount.negated()), (to, amount)] {
            self.lines.push(LedgerLine {
                position,
                transfer: transfer.clone(),
                account,
                amount,
                at,
            });
        }
    }

    /// Takes what covers a message. Answers whether that was anything.
    pub(super) fn charge(
        &mut self,
        message: &Message,
        payee: &Scope,
        cover: Cover,
        position: Position,
    ) -> bool {
        let payment = match cover {
            Cover::Unlimited => return false,
            Cover::Grant { grant_id } => {
                if let Some(holding) = self.holdings.get_mut(&grant_id) {
                    holding.used += 1;
                }
                Payment::Grant { grant_id }
            }
            Cover::Credits { price } => {
                if let Scope::Creator(creator_id) = payee {
                    let from = LedgerAccount::Wallet(message.sender_id.clone());
                    let to = LedgerAccount::Earnings(creator_id.clone());
                    let transfer = Transfer::Message(message.id);
                    self.transfer(&transfer, [from, to], price, (position, message.created_at));
                }
                Payment::Credits { price }
            }
        };
        let charge = Charge {
            message_id: message.id,
            thread_id: message.thread_id,
            user_id: message.sender_id.clone(),
            creator_id: payee.creator_id().cloned(),
            payment,
        };
        self.charges.insert(message.id, charge);
        true
    }

    fn renew(&mut self, user_id: &UserId, scope: Scope, at: Timestamp) {
        let halt = self.halts.entry((user_id.clone(), scope)).or_default();
        halt.renewed_at = halt.renewed_at.max(Some(at));
    }

    /// Whether the grant is new.
    fn check_grant(&self, grant: &Grant, at: Timestamp) -> Result<bool, ChangeQuotaError> {
        if let Some(known) = self.holdings.get(&grant.id) {
            return if known.grant == *grant {
                Ok(false)
            } else {
                Err(ChangeQuotaError::Conflict(grant.id.clone()))
            };
        }
        let open = self
            .holdings
            .values()
            .filter(|holding| holding.grant.user_id == grant.user_id && holding.is_open(at));
        if open.count() >= MAX_OPEN_GRANTS {
            return Err(ChangeQuotaError::TooMany);
        }
        Ok(true)
    }

    /// Whether the purchase is new.
    fn check_purchase(&self, purchase: &Purchase) -> Result<bool, ChangeQuotaError> {
        let transfer = Transfer::Purchase(purchase.id.clone());
        let wallet = LedgerAccount::Wallet(purchase.user_id.clone());
        let mut lines = self.lines.iter();
        let known = lines.find(|line| line.transfer == transfer && line.amount.amount > 0);
        if let Some(known) = known {
            return if known.account == wallet && known.amount == purchase.amount {
                Ok(false)
            } else {
                Err(ChangeQuotaError::Conflict(purchase.id.clone()))
            };
        }
        let balances = self.balances(&wallet);
        let mut balances = balances.iter();
        let balance = balances.find(|balance| balance.currency == purchase.amount.currency);
        let balance = balance.map_or(0, |balance| balance.amount);
        let fits = balance <= MAX_BALANCE - purchase.amount.amount;
        fits.then_some(true).ok_or(ChangeQuotaError::TooMuch)
    }
}

impl State {
    pub(super) fn change_quota(
        &mut self,
        change: QuotaChange,
        happened_at: Timestamp,
        at: Timestamp,
    ) -> Result<Committed<()>, ChangeQuotaError> {
        let (user_id, scope) = match change {
            QuotaChange::Grant(grant) => {
                if !self.quota.check_grant(&grant, at)? {
                    return Ok(Committed::unchanged(()));
                }
                let (user_id, scope) = (grant.user_id.clone(), grant.scope.clone());
                let holding = Holding { grant, used: 0 };
                self.quota
                    .holdings
                    .insert(holding.grant.id.clone(), holding);
                self.quota.renew(&user_id, scope.clone(), happened_at);
                (user_id, scope)
            }
            QuotaChange::Purchase(purchase) => {
                if !self.quota.check_purchase(&purchase)? {
                    return Ok(Committed::unchanged(()));
                }
                let wallet = LedgerAccount::Wallet(purchase.user_id.clone());
                let transfer = Transfer::Purchase(purchase.id);
                let accounts = [LedgerAccount::Purchases, wallet];
                let moment = (self.log.next_position(), at);
                self.quota
                    .transfer(&transfer, accounts, purchase.amount, moment);
                self.quota.renew(&purchase.user_id, Scope::All, happened_at);
                (purchase.user_id, Scope::All)
            }
            QuotaChange::Price { creator_id, price } => {
                if self.quota.prices.insert(creator_id.clone(), price) == Some(price) {
                    return Ok(Committed::unchanged(()));
                }
                let position = self.commit(at, None, [].into(), Fact::Price(creator_id));
                return Ok(Committed::at(position, ()));
            }
            QuotaChange::Halt { user_id, scope } => {
                let key = (user_id.clone(), scope.clone());
                let halt = self.quota.halts.entry(key).or_default();
                if halt.halted_at >= Some(happened_at) {
                    return Ok(Committed::unchanged(()));
                }
                halt.halted_at = Some(happened_at);
                (user_id, scope)
            }
        };
        let audience = [user_id.clone()].into();
        let position = self.commit(at, None, audience, Fact::Means(user_id, scope));
        Ok(Committed::at(position, ()))
    }
}

#[async_trait]
impl QuotaStore for MemoryStore {
    async fn change_quota(
        &self,
        change: QuotaChange,
        happened_at: Timestamp,
        at: Timestamp,
    ) -> Result<Committed<()>, ChangeQuotaError> {
        self.state()?.change_quota(change, happened_at, at)
    }

    async fn lookup_means(
        &self,
        user_id: &UserId,
        scope: &Scope,
        at: Timestamp,
    ) -> Result<Means, StoreError> {
        Ok(self.state()?.quota.means(user_id, scope, at))
    }

    async fn list_grants(
        &self,
        user_id: &UserId,
        after: Option<(Timestamp, &str)>,
        size: PageSize,
    ) -> Result<Vec<Holding>, StoreError> {
        let state = self.state()?;
        let holdings = state.quota.holdings.values();
        let key = |holding: &Holding| (holding.grant.ends_at, holding.grant.id.clone());
        let after = after.map(|(ends_at, id)| (ends_at, id.to_owned()));
        let mut own: Vec<Holding> = holdings
            .filter(|holding| holding.grant.user_id == *user_id)
            .filter(|holding| after.as_ref().is_none_or(|after| key(holding) < *after))
            .cloned()
            .collect();
        own.sort_by_key(|holding| std::cmp::Reverse(key(holding)));
        own.truncate(size.get() + 1);
        Ok(own)
    }

    async fn list_balances(&self, account: &LedgerAccount) -> Result<Vec<Money>, StoreError> {
        Ok(self.state()?.quota.balances(account))
    }

    async fn list_ledger(
        &self,
        account: &LedgerAccount,
        before: Option<Position>,
        size: PageSize,
    ) -> Result<Vec<LedgerLine>, StoreError> {
        let state = self.state()?;
        let lines = state.quota.lines.iter().rev();
        Ok(lines
            .filter(|line| line.account == *account)
            .filter(|line| before.is_none_or(|before| line.position < before))
            .take(size.get() + 1)
            .cloned()
            .collect())
    }
}
