//! Granting, selling, pricing and halting.

use std::sync::Arc;

use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::UserId,
    log::{Change, Committed},
    quota::{
        ChangeQuotaError, Grant, Holding, LedgerAccount, LedgerLine, MAX_BALANCE, MAX_OPEN_GRANTS,
        Money, Purchase, QuotaChange, Scope, Transfer,
    },
};

use crate::{
    unit::{Needs, Table, Unit},
    writer::Command,
};

/// Makes a change of quotas.
#[derive(Debug)]
pub(super) struct ChangeQuota {
    pub(super) change: QuotaChange,
    pub(super) happened_at: Timestamp,
    pub(super) at: Timestamp,
}

impl Command for ChangeQuota {
    type Output = Committed<()>;
    type Error = ChangeQuotaError;

    fn needs(&self, needs: &mut Needs) {
        needs_of_change(&self.change, self.at, needs);
    }

    fn apply(&self, unit: &mut Unit) -> Result<Self::Output, ChangeQuotaError> {
        change_quota(unit, &self.change, self.happened_at, self.at)
    }
}

/// Names what a change looks at.
pub(crate) fn needs_of_change(change: &QuotaChange, at: Timestamp, needs: &mut Needs) {
    let quota = &mut needs.quota;
    match change {
        QuotaChange::Grant(grant) => {
            quota.grants.insert(grant.id.clone());
            quota.holder(grant.user_id.clone(), at);
            quota.means(grant.user_id.clone(), grant.scope.clone(), at);
        }
        QuotaChange::Purchase(purchase) => {
            quota.purchases.insert(purchase.id.clone());
            quota.means(purchase.user_id.clone(), Scope::All, at);
        }
        QuotaChange::Price { creator_id, .. } => {
            let scope = Scope::Creator(creator_id.clone());
            quota.means(creator_id.clone(), scope, at);
        }
        QuotaChange::Halt { user_id, scope } => quota.means(user_id.clone(), scope.clone(), at),
        // Refused when it is made.
        _ => {}
    }
}

/// Makes a change, and tells it if it is one.
pub(crate) fn change_quota(
    unit: &mut Unit,
    change: &QuotaChange,
    happened_at: Timestamp,
    at: Timestamp,
) -> Result<Committed<()>, ChangeQuotaError> {
    let (user_id, scope) = match change {
        QuotaChange::Grant(grant) => {
            if !is_new_grant(unit, grant, at)? {
                return Ok(Committed::unchanged(()));
            }
            add_grant(unit, grant);
            renew(unit, &grant.user_id, &grant.scope, happened_at);
            (&grant.user_id, &grant.scope)
        }
        QuotaChange::Purchase(purchase) => {
            if !is_new_purchase(unit, purchase)? {
                return Ok(Committed::unchanged(()));
            }
            add_purchase(unit, purchase, at);
            renew(unit, &purchase.user_id, &Scope::All, happened_at);
            (&purchase.user_id, &Scope::All)
        }
        QuotaChange::Price { creator_id, price } => {
            return Ok(set_price(unit, creator_id, *price, at));
        }
        QuotaChange::Halt { user_id, scope } => {
            let mut halt = unit.quota.halt(user_id, scope);
            if halt.halted_at >= Some(happened_at) {
                return Ok(Committed::unchanged(()));
            }
            halt.halted_at = Some(happened_at);
            let key = (user_id.clone(), scope.clone());
            unit.quota.halts.insert(key, halt);
            (user_id, scope)
        }
        _ => return Err(StoreError::backend("a change of quotas of a newer version").into()),
    };
    let change = Change::QuotaChanged {
        means: Arc::new(unit.quota.means(user_id, scope, at)),
    };
    let position = unit.log(at, None, [user_id.clone()].into(), change);
    Ok(Committed::at(position, ()))
}

fn is_new_grant(unit: &Unit, grant: &Grant, at: Timestamp) -> Result<bool, ChangeQuotaError> {
    let rows = &unit.quota;
    let holdings = |user_id| rows.holdings.get(user_id).into_iter();
    if let Some(owner) = rows.owners.get(&grant.id) {
        let known = holdings(owner).find_map(|holdings| holdings.get(&grant.id));
        return match known {
            Some(known) if known.grant == *grant => Ok(false),
            _ => Err(ChangeQuotaError::Conflict(grant.id.clone())),
        };
    }
    let own = holdings(&grant.user_id).flat_map(Table::iter);
    if own.filter(|(_, holding)| holding.is_open(at)).count() >= MAX_OPEN_GRANTS {
        return Err(ChangeQuotaError::TooMany);
    }
    Ok(true)
}

fn add_grant(unit: &mut Unit, grant: &Grant) {
    let (id, user_id) = (grant.id.clone(), grant.user_id.clone());
    unit.quota.owners.insert(id.clone(), user_id.clone());
    let holding = Holding {
        grant: grant.clone(),
        used: 0,
    };
    let holdings = unit.quota.holdings.entry(user_id).or_default();
    holdings.insert(id, holding);
}

fn is_new_purchase(unit: &Unit, purchase: &Purchase) -> Result<bool, ChangeQuotaError> {
    let rows = &unit.quota;
    if let Some((user_id, amount)) = rows.purchases.get(&purchase.id) {
        return if (user_id, amount) == (&purchase.user_id, &purchase.amount) {
            Ok(false)
        } else {
            Err(ChangeQuotaError::Conflict(purchase.id.clone()))
        };
    }
    let wallet = rows.wallets.get(&purchase.user_id);
    let balance = wallet.and_then(|wallet| wallet.get(&purchase.amount.currency));
    if balance.copied().unwrap_or(0) > MAX_BALANCE - purchase.amount.amount {
        return Err(ChangeQuotaError::TooMuch);
    }
    Ok(true)
}

fn add_purchase(unit: &mut Unit, purchase: &Purchase, at: Timestamp) {
    let bought = (purchase.user_id.clone(), purchase.amount);
    unit.quota.purchases.insert(purchase.id.clone(), bought);
    let from = LedgerLine {
        position: unit.next_position(),
        transfer: Transfer::Purchase(purchase.id.clone()),
        account: LedgerAccount::Purchases,
        amount: purchase.amount.negated(),
        at,
    };
    let wallet = LedgerAccount::Wallet(purchase.user_id.clone());
    unit.quota.transfer(from, wallet);
}

fn renew(unit: &mut Unit, user_id: &UserId, scope: &Scope, happened_at: Timestamp) {
    let mut halt = unit.quota.halt(user_id, scope);
    halt.renewed_at = halt.renewed_at.max(Some(happened_at));
    let key = (user_id.clone(), scope.clone());
    unit.quota.halts.insert(key, halt);
}

fn set_price(unit: &mut Unit, creator_id: &UserId, price: Money, at: Timestamp) -> Committed<()> {
    if unit.quota.prices.get(creator_id) == Some(&price) {
        return Committed::unchanged(());
    }
    unit.quota.prices.insert(creator_id.clone(), price);
    let change = Change::PriceSet {
        creator_id: creator_id.clone(),
        price,
    };
    Committed::at(unit.log(at, None, [].into(), change), ())
}
