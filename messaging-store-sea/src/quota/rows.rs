//! Quotas as a unit of work has them: what those who pay hold, and what is to be written of it.

use std::collections::{BTreeMap, BTreeSet};

use messaging_core::{
    caller::Role,
    clock::Timestamp,
    id::{ThreadId, UserId},
    quota::{
        Charge, Currency, Halt, Holding, LedgerAccount, LedgerLine, Means, Money, Payment,
        QuotaMode, Scope, Transfer,
    },
};
use sea_orm::{FromQueryResult, Value};

use super::{
    row::{
        Asked, Found, Part, RawGrant, asked_rows, balances, creator_text, currency, found, holding,
    },
    statements::{
        ADD_CHARGES, ADD_GRANTS, ADD_LINES, BOUGHT, GRANTS_BY_ID, GRANTS_OF, MEANS, MOVE_BALANCES,
        OPEN_BALANCES, SET_HALTS, SET_PRICES, USE_GRANTS,
    },
};
use crate::{
    failure::corrupt,
    rows::Rows,
    unit::{Table, Transaction, Writes},
    writer::GroupError,
};

/// The most grants, and the most users with their scopes, that are kept from group to group.
const KEPT: usize = 32 * 1024;

/// A message that may have to be paid for: by whom is known once its thread is.
#[derive(Debug)]
pub(crate) struct Paying {
    pub(crate) thread_id: ThreadId,
    pub(crate) sender_id: UserId,
    pub(crate) sender_role: Role,
    pub(crate) mode: QuotaMode,
    pub(crate) at: Timestamp,
}

/// What changes must know of quotas.
#[derive(Debug, Default)]
pub(crate) struct QuotaNeeds {
    /// Messages that may have to be paid for.
    pub(crate) paying: Vec<Paying>,
    /// What users hold for messages to a scope, from a moment on.
    means: BTreeMap<(UserId, Scope), Timestamp>,
    /// All grants of users that are open from a moment on.
    pub(super) holders: BTreeMap<UserId, Timestamp>,
    /// Grants by their ids.
    pub(super) grants: BTreeSet<String>,
    /// Purchases by their ids.
    pub(super) purchases: BTreeSet<String>,
}

impl QuotaNeeds {
    /// What a user holds for messages to a scope is looked at, at this moment.
    pub(crate) fn means(&mut self, user_id: UserId, scope: Scope, at: Timestamp) {
        let since = self.means.entry((user_id, scope)).or_insert(at);
        *since = at.min(*since);
    }

    /// All open grants of a user are looked at, at this moment.
    pub(super) fn holder(&mut self, user_id: UserId, at: Timestamp) {
        let since = self.holders.entry(user_id).or_insert(at);
        *since = at.min(*since);
    }
}

#[derive(Debug, FromQueryResult)]
struct Bought {
    transfer: String,
    account: String,
    amount: i64,
    currency: String,
}

/// Working copies of what is known of quotas.
///
/// What was loaded for one group is kept for the next, as [`Cache`](crate::unit::Cache) keeps the
/// rest: it holds until somebody else writes.
#[derive(Debug, Default)]
pub(crate) struct QuotaRows {
    /// Whose means for messages to whom are here, with the grants that are open from a moment on.
    known: BTreeMap<(UserId, Scope), Timestamp>,
    /// Whose open grants are here, all of them.
    complete: BTreeMap<UserId, Timestamp>,
    pub(super) holdings: BTreeMap<UserId, Table<String, Holding>>,
    /// Whose the grants are that were looked for by their ids.
    pub(super) owners: BTreeMap<String, UserId>,
    pub(super) wallets: BTreeMap<UserId, BTreeMap<Currency, i64>>,
    pub(super) prices: Table<UserId, Money>,
    pub(super) halts: Table<(UserId, Scope), Halt>,
    /// What purchases have brought to whom.
    pub(super) purchases: BTreeMap<String, (UserId, Money)>,
    lines: Vec<LedgerLine>,
    charges: Vec<(Charge, Timestamp)>,
}

/// Reading.
impl QuotaRows {
    pub(crate) async fn load(
        &mut self,
        transaction: Transaction<'_>,
        needs: &QuotaNeeds,
    ) -> Result<(), GroupError> {
        self.load_means(transaction, needs).await?;
        self.load_holders(transaction, needs).await?;
        let ids = needs.grants.iter().map(|id| [id.as_str().into()]);
        let grants: Vec<RawGrant> = transaction.set(&GRANTS_BY_ID, Rows::collect(ids)).await?;
        for row in grants {
            let holding = holding(row)?;
            let owner = holding.grant.user_id.clone();
            self.owners.insert(holding.grant.id.clone(), owner);
            self.load_holding(holding);
        }
        self.load_purchases(transaction, needs).await
    }

    async fn load_means(
        &mut self,
        transaction: Transaction<'_>,
        needs: &QuotaNeeds,
    ) -> Result<(), GroupError> {
        let wanted = needs.means.iter();
        let wanted =
            wanted.filter(|(key, since)| self.known.get(key).is_none_or(|at| *at > **since));
        let wanted =
            wanted.map(|((user_id, scope), since)| (user_id.clone(), scope.clone(), *since));
        let asked: Vec<Asked> = wanted.collect();
        let parts: Vec<Part> = transaction.set(&MEANS, asked_rows(&asked)).await?;
        let found = found(&asked, parts)?;
        for ((user_id, scope, since), found) in asked.into_iter().zip(found) {
            self.take_in(&user_id, &scope, found);
            self.known.insert((user_id, scope), since);
        }
        Ok(())
    }

    fn take_in(&mut self, user_id: &UserId, scope: &Scope, found: Found) {
        for holding in found.holdings {
            self.load_holding(holding);
        }
        self.wallets.insert(user_id.clone(), found.balances);
        if let (Some(creator_id), Some(price)) = (scope.creator_id(), found.price) {
            self.prices.load(creator_id.clone(), price);
        }
        for (scope, halt) in found.halts {
            self.halts.load((user_id.clone(), scope), halt);
        }
    }

    async fn load_holders(
        &mut self,
        transaction: Transaction<'_>,
        needs: &QuotaNeeds,
    ) -> Result<(), GroupError> {
        let wanted = needs.holders.iter();
        let wanted =
            wanted.filter(|(id, since)| self.complete.get(id).is_none_or(|at| *at > **since));
        let wanted: Vec<(UserId, Timestamp)> = wanted.map(|(id, at)| (id.clone(), *at)).collect();
        let rows = wanted.iter();
        let rows = rows.map(|(id, since)| [id.as_str().into(), since.as_millis().into()]);
        let grants: Vec<RawGrant> = transaction.set(&GRANTS_OF, Rows::collect(rows)).await?;
        for row in grants {
            self.load_holding(holding(row)?);
        }
        self.complete.extend(wanted);
        Ok(())
    }

    fn load_holding(&mut self, holding: Holding) {
        let (id, user_id) = (holding.grant.id.clone(), holding.grant.user_id.clone());
        self.holdings.entry(user_id).or_default().load(id, holding);
    }

    async fn load_purchases(
        &mut self,
        transaction: Transaction<'_>,
        needs: &QuotaNeeds,
    ) -> Result<(), GroupError> {
        let transfers = needs.purchases.iter();
        let transfers = transfers.map(|id| [Transfer::Purchase(id.clone()).to_string().into()]);
        let bought: Vec<Bought> = transaction.set(&BOUGHT, Rows::collect(transfers)).await?;
        for row in bought {
            let faulty = || corrupt("ledger", &row.transfer);
            let transfer = row.transfer.parse().map_err(|_| faulty())?;
            let account = row.account.parse().map_err(|_| faulty())?;
            let amount = Money::new(row.amount, currency(&row.currency, "ledger.currency")?);
            if let (Transfer::Purchase(id), LedgerAccount::Wallet(user_id)) = (transfer, account) {
                self.purchases.insert(id, (user_id, amount));
            }
        }
        Ok(())
    }
}

/// Working.
impl QuotaRows {
    /// What a user holds for messages to a scope. It must have been named as a need.
    pub(super) fn means(&self, user_id: &UserId, scope: &Scope, at: Timestamp) -> Means {
        let holdings = self.holdings.get(user_id).into_iter().flat_map(Table::iter);
        let holdings = holdings.map(|(_, holding)| holding);
        let holdings =
            holdings.filter(|holding| holding.grant.scope.covers(scope) && holding.is_open(at));
        let price = scope.creator_id().and_then(|id| self.prices.get(id));
        let halt = self
            .halt(user_id, &Scope::All)
            .and(self.halt(user_id, scope));
        Means {
            user_id: user_id.clone(),
            scope: scope.clone(),
            holdings: holdings.cloned().collect(),
            balances: self.wallets.get(user_id).map(balances).unwrap_or_default(),
            price: price.copied(),
            halted: halt.holds(),
        }
    }

    pub(super) fn halt(&self, user_id: &UserId, scope: &Scope) -> Halt {
        let key = (user_id.clone(), scope.clone());
        self.halts.get(&key).copied().unwrap_or_default()
    }

    /// Takes one message of a grant.
    pub(super) fn use_grant(&mut self, user_id: &UserId, grant_id: &String) {
        let holdings = self.holdings.get_mut(user_id);
        if let Some(holding) = holdings.and_then(|holdings| holdings.get_mut(grant_id)) {
            holding.used += 1;
        }
    }

    /// Moves money from one account to another; nothing when it is nothing.
    pub(super) fn transfer(&mut self, from: LedgerLine, to: LedgerAccount) {
        if from.amount.amount == 0 {
            return;
        }
        let to = LedgerLine {
            account: to,
            amount: from.amount.negated(),
            ..from.clone()
        };
        for line in [from, to] {
            if let LedgerAccount::Wallet(user_id) = &line.account {
                let wallet = self.wallets.entry(user_id.clone()).or_default();
                *wallet.entry(line.amount.currency).or_default() += line.amount.amount;
            }
            self.lines.push(line);
        }
    }

    pub(super) fn add_charge(&mut self, charge: Charge, at: Timestamp) {
        self.charges.push((charge, at));
    }

    /// All that was written back: from here on it is what the database has.
    pub(crate) fn settle(&mut self) {
        self.lines.clear();
        self.charges.clear();
        self.owners.clear();
        self.purchases.clear();
        self.prices.settle(|_| true);
        self.halts.settle(|_| true);
        for holdings in self.holdings.values_mut() {
            holdings.settle(|holding| !holding.is_spent());
        }
        let grants: usize = self.holdings.values().map(Table::len).sum();
        if grants + self.known.len() + self.complete.len() > KEPT {
            *self = Self::default();
        }
    }
}

/// Writing.
impl QuotaRows {
    pub(crate) fn add_writes(&self, writes: &mut Writes) {
        let holdings = self.holdings.values();
        let added = holdings.clone().flat_map(Table::added);
        writes.add(&ADD_GRANTS, added.map(|(_, holding)| grant_values(holding)));
        let used = holdings.flat_map(Table::changed);
        let used = used.map(|(id, _, now)| {
            let is_spent = now.is_spent();
            [id.as_str().into(), now.used.into(), is_spent.into()]
        });
        writes.add(&USE_GRANTS, used);
        let prices = self
            .prices
            .written()
            .filter_map(|(id, price)| Some((id, price?)));
        let prices = prices.map(|(id, price)| {
            let code = price.currency.code();
            [id.as_str().into(), price.amount.into(), code.into()]
        });
        writes.add(&SET_PRICES, prices);
        let halts = self
            .halts
            .written()
            .filter_map(|(key, halt)| Some((key, halt?)));
        let halts = halts.map(|((user_id, scope), halt)| {
            [
                user_id.as_str().into(),
                creator_text(scope).into(),
                halt.halted_at.map(Timestamp::as_millis).into(),
                halt.renewed_at.map(Timestamp::as_millis).into(),
            ]
        });
        writes.add(&SET_HALTS, halts);
        writes.add(&ADD_LINES, self.lines.iter().map(line_values));
        let moves = self.moves();
        writes.add(&OPEN_BALANCES, moves.iter().map(move_values));
        writes.add(&MOVE_BALANCES, moves.iter().map(move_values));
        let charges = self.charges.iter();
        writes.add(
            &ADD_CHARGES,
            charges.map(|(charge, at)| charge_values(charge, *at)),
        );
    }

    /// By how much the lines move each balance.
    fn moves(&self) -> BTreeMap<(String, Currency), i64> {
        let mut moves = BTreeMap::new();
        for line in &self.lines {
            let key = (line.account.to_string(), line.amount.currency);
            *moves.entry(key).or_default() += line.amount.amount;
        }
        moves
    }
}

fn grant_values(holding: &Holding) -> [Value; 8] {
    let grant = &holding.grant;
    let granted = holding
        .remaining()
        .map(|remaining| remaining + holding.used);
    [
        grant.id.as_str().into(),
        grant.user_id.as_str().into(),
        grant
            .scope
            .creator_id()
            .map(|id| id.as_str().to_owned())
            .into(),
        granted.into(),
        holding.used.into(),
        holding.is_spent().into(),
        grant.starts_at.as_millis().into(),
        grant.ends_at.as_millis().into(),
    ]
}

fn line_values(line: &LedgerLine) -> [Value; 6] {
    [
        line.transfer.to_string().into(),
        line.account.to_string().into(),
        line.amount.amount.into(),
        line.amount.currency.code().into(),
        line.position.get().into(),
        line.at.as_millis().into(),
    ]
}

fn move_values(((account, currency), amount): (&(String, Currency), &i64)) -> [Value; 3] {
    let code = currency.code();
    [account.as_str().into(), code.into(), (*amount).into()]
}

fn charge_values(charge: &Charge, at: Timestamp) -> [Value; 7] {
    let (grant_id, price) = match &charge.payment {
        Payment::Grant { grant_id } => (Some(grant_id.clone()), None),
        Payment::Credits { price } => (None, Some(*price)),
    };
    [
        charge.message_id.as_uuid().into(),
        charge.user_id.as_str().into(),
        charge
            .creator_id
            .as_ref()
            .map(|id| id.as_str().to_owned())
            .into(),
        grant_id.into(),
        price.map(|price| price.amount).into(),
        price.map(|price| price.currency.code()).into(),
        at.as_millis().into(),
    ]
}
