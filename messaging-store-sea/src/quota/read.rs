//! Reading what is kept of quotas.

use std::collections::{BTreeMap, HashMap};

use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::{MessageId, Position, UserId},
    page::PageSize,
    quota::{Holding, LedgerAccount, LedgerLine, Means, Money, Payment},
};
use sea_orm::FromQueryResult;

use super::{
    row::{
        Asked, Part, RawCharge, RawGrant, RawPrice, asked_rows, balances, currency, found, holding,
        payment,
    },
    statements::{CHARGES, MEANS, PRICES},
};
use crate::{convert, failure::corrupt, reader::Reader, rows::Rows};

const GRANTS: &str =
    "SELECT g.id, g.user_id, g.creator_id, g.granted, g.used, g.starts_at, g.ends_at
    FROM {quota_grant} g WHERE g.user_id = $1 ORDER BY g.ends_at DESC, g.id DESC LIMIT +$2";

const GRANTS_AFTER: &str =
    "SELECT g.id, g.user_id, g.creator_id, g.granted, g.used, g.starts_at, g.ends_at
    FROM {quota_grant} g WHERE g.user_id = $1 AND (g.ends_at, g.id) < ($3, $4)
    ORDER BY g.ends_at DESC, g.id DESC LIMIT +$2";

const BALANCES: &str = "SELECT b.currency, b.amount FROM {ledger_balance} b
    WHERE b.account = $1 AND b.amount <> 0";

const LEDGER: &str = "SELECT l.transfer, l.amount, l.currency, l.position, l.at
    FROM {ledger} l WHERE l.account = $1 AND l.position < $2
    ORDER BY l.position DESC LIMIT +$3";

#[derive(Debug, FromQueryResult)]
struct RawBalance {
    currency: String,
    amount: i64,
}

#[derive(Debug, FromQueryResult)]
struct RawLine {
    transfer: String,
    amount: i64,
    currency: String,
    position: i64,
    at: i64,
}

impl Reader {
    /// What users hold for messages to a scope.
    pub(crate) async fn means(
        &self,
        asked: impl IntoIterator<Item = Asked>,
    ) -> Result<BTreeMap<Asked, Means>, StoreError> {
        let asked: Vec<Asked> = asked.into_iter().collect();
        let parts: Vec<Part> = self.set(&MEANS, asked_rows(&asked)).await?;
        let found = found(&asked, parts)?;
        let means = asked.into_iter().zip(found).map(|(asked, found)| {
            let means = found.into_means(&asked);
            (asked, means)
        });
        Ok(means.collect())
    }

    pub(super) async fn grants(
        &self,
        user_id: &UserId,
        after: Option<(Timestamp, &str)>,
        size: PageSize,
    ) -> Result<Vec<Holding>, StoreError> {
        let limit = convert::limit(size);
        let mut values = vec![user_id.as_str().into(), limit.into()];
        let sql = match after {
            None => GRANTS,
            Some((ends_at, id)) => {
                values.extend([ends_at.as_millis().into(), id.into()]);
                GRANTS_AFTER
            }
        };
        let rows: Vec<RawGrant> = self.all(self.schema.statement(sql, values)).await?;
        rows.into_iter().map(holding).collect()
    }

    pub(super) async fn balances(&self, account: &LedgerAccount) -> Result<Vec<Money>, StoreError> {
        let statement = self
            .schema
            .statement(BALANCES, [account.to_string().into()]);
        let rows: Vec<RawBalance> = self.all(statement).await?;
        let held = rows.iter().map(|row| {
            let currency = currency(&row.currency, "ledger_balance.currency")?;
            Ok((currency, row.amount))
        });
        Ok(balances(&held.collect::<Result<_, StoreError>>()?))
    }

    pub(super) async fn ledger(
        &self,
        account: &LedgerAccount,
        before: Option<Position>,
        size: PageSize,
    ) -> Result<Vec<LedgerLine>, StoreError> {
        let before = before.map_or(i64::MAX, Position::get);
        let limit = convert::limit(size);
        let values = [account.to_string().into(), before.into(), limit.into()];
        let rows: Vec<RawLine> = self.all(self.schema.statement(LEDGER, values)).await?;
        let lines = rows.into_iter().map(|row| {
            let transfer = row.transfer.parse();
            let currency = currency(&row.currency, "ledger.currency")?;
            Ok(LedgerLine {
                position: Position::new(row.position),
                transfer: transfer.map_err(|_| corrupt("ledger.transfer", &row.transfer))?,
                account: account.clone(),
                amount: Money::new(row.amount, currency),
                at: convert::timestamp(row.at, "ledger.at", &row.transfer)?,
            })
        });
        lines.collect()
    }

    /// What messages were paid with.
    pub(crate) async fn payments(
        &self,
        ids: impl IntoIterator<Item = MessageId>,
    ) -> Result<HashMap<MessageId, Payment>, StoreError> {
        let rows = Rows::collect(ids.into_iter().map(|id| [id.as_uuid().into()]));
        let charges: Vec<RawCharge> = self.set(&CHARGES, rows).await?;
        let payments = charges.into_iter().map(|row| {
            let id = MessageId::from_uuid(row.message_id);
            Ok((id, payment(row)?))
        });
        payments.collect()
    }

    /// The prices of those creators that have one.
    pub(crate) async fn prices(
        &self,
        creators: impl IntoIterator<Item = UserId>,
    ) -> Result<HashMap<UserId, Money>, StoreError> {
        let rows = creators.into_iter().map(|id| [id.as_str().into()]);
        let prices: Vec<RawPrice> = self.set(&PRICES, Rows::collect(rows)).await?;
        let prices = prices.into_iter().map(|row| {
            let id = &row.creator_id;
            let creator_id = convert::user_id(id, "quota_price.creator_id", id)?;
            let currency = currency(&row.currency, "quota_price.currency")?;
            Ok((creator_id, Money::new(row.amount, currency)))
        });
        prices.collect()
    }
}
