//! Quotas between the tables and the core.

use std::collections::BTreeMap;

use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::UserId,
    quota::{Allowance, Currency, Grant, Halt, Holding, Means, Money, Payment, Scope},
};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{convert, failure::corrupt, rows::Rows};

/// Whose means, for messages to whom, with the grants that are open at a moment.
pub(crate) type Asked = (UserId, Scope, Timestamp);

/// A row of [`MEANS`](super::statements::MEANS).
#[derive(Debug, FromQueryResult)]
pub(super) struct Part {
    n: i64,
    #[sea_orm(from_alias = "part")]
    what: i32,
    name: String,
    creator_id: Option<String>,
    granted: Option<i64>,
    amount: i64,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct RawGrant {
    pub(super) id: String,
    pub(super) user_id: String,
    creator_id: Option<String>,
    granted: Option<i64>,
    used: i64,
    starts_at: i64,
    ends_at: i64,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct RawPrice {
    pub(super) creator_id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct RawCharge {
    pub(super) message_id: Uuid,
    grant_id: Option<String>,
    amount: Option<i64>,
    currency: Option<String>,
}

/// What was found of what was asked.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) holdings: Vec<Holding>,
    pub(super) balances: BTreeMap<Currency, i64>,
    pub(super) price: Option<Money>,
    pub(super) halts: Vec<(Scope, Halt)>,
}

/// What is asked, as the rows of a set.
pub(super) fn asked_rows(asked: &[Asked]) -> Rows {
    let numbered = (0_i64..).zip(asked);
    Rows::collect(numbered.map(|(n, (user_id, scope, since))| {
        let since = since.as_millis();
        [
            n.into(),
            user_id.as_str().into(),
            creator_text(scope).into(),
            since.into(),
        ]
    }))
}

/// A scope as a key's column has it: the empty text for all.
pub(super) fn creator_text(scope: &Scope) -> &str {
    scope.creator_id().map_or("", UserId::as_str)
}

/// What was found, in the order in which it was asked.
pub(super) fn found(asked: &[Asked], parts: Vec<Part>) -> Result<Vec<Found>, StoreError> {
    let mut all: Vec<Found> = asked.iter().map(|_| Found::default()).collect();
    for part in parts {
        let n = usize::try_from(part.n).ok();
        let place = n.and_then(|n| Some((asked.get(n)?, all.get_mut(n)?)));
        let ((user_id, ..), found) = place.ok_or_else(|| corrupt("quota_grant", &part.name))?;
        found.add(user_id, part)?;
    }
    Ok(all)
}

impl Found {
    fn add(&mut self, user_id: &UserId, part: Part) -> Result<(), StoreError> {
        match part.what {
            1 => self.holdings.push(holding(RawGrant {
                id: part.name,
                user_id: user_id.as_str().to_owned(),
                creator_id: part.creator_id,
                granted: part.granted,
                used: part.amount,
                starts_at: part.starts_at.unwrap_or_default(),
                ends_at: part.ends_at.unwrap_or_default(),
            })?),
            2 => {
                let currency = currency(&part.name, "ledger_balance.currency")?;
                self.balances.insert(currency, part.amount);
            }
            3 => {
                let currency = currency(&part.name, "quota_price.currency")?;
                self.price = Some(Money::new(part.amount, currency));
            }
            _ => {
                let scope = scope(Some(part.name).filter(|name| !name.is_empty()))?;
                let time = |millis| convert::maybe_timestamp(millis, "quota_halt", user_id);
                let halt = Halt {
                    halted_at: time(part.starts_at)?,
                    renewed_at: time(part.ends_at)?,
                };
                self.halts.push((scope, halt));
            }
        }
        Ok(())
    }

    pub(super) fn into_means(mut self, (user_id, scope, _): &Asked) -> Means {
        self.holdings
            .sort_unstable_by(|one, other| one.grant.id.cmp(&other.grant.id));
        let halts = self.halts.iter().map(|(_, halt)| *halt);
        Means {
            user_id: user_id.clone(),
            scope: scope.clone(),
            holdings: self.holdings,
            balances: balances(&self.balances),
            price: self.price,
            halted: halts.fold(Halt::default(), Halt::and).holds(),
        }
    }
}

/// The balances that are not zero.
pub(super) fn balances(all: &BTreeMap<Currency, i64>) -> Vec<Money> {
    let held = all.iter().filter(|(_, amount)| **amount != 0);
    held.map(|(currency, amount)| Money::new(*amount, *currency))
        .collect()
}

pub(super) fn holding(row: RawGrant) -> Result<Holding, StoreError> {
    let id = row.id;
    let grant = Grant {
        user_id: convert::user_id(&row.user_id, "quota_grant.user_id", &id)?,
        scope: scope(row.creator_id)?,
        allowance: row
            .granted
            .map_or(Allowance::Unlimited, Allowance::Messages),
        starts_at: convert::timestamp(row.starts_at, "quota_grant.starts_at", &id)?,
        ends_at: convert::timestamp(row.ends_at, "quota_grant.ends_at", &id)?,
        id,
    };
    Ok(Holding {
        grant,
        used: row.used,
    })
}

fn scope(creator_id: Option<String>) -> Result<Scope, StoreError> {
    let creator_id = creator_id.map(|id| convert::user_id(&id, "creator_id", &id));
    Ok(Scope::of(creator_id.transpose()?))
}

pub(super) fn currency(text: &str, column: &'static str) -> Result<Currency, StoreError> {
    text.parse().map_err(|_| corrupt(column, text))
}

pub(super) fn payment(row: RawCharge) -> Result<Payment, StoreError> {
    let id = row.message_id;
    match (row.grant_id, row.amount, row.currency) {
        (Some(grant_id), None, None) => Ok(Payment::Grant { grant_id }),
        (None, Some(amount), Some(code)) => {
            let currency = currency(&code, "quota_charge.currency")?;
            let price = Money::new(amount, currency);
            Ok(Payment::Credits { price })
        }
        _ => Err(corrupt("quota_charge", id)),
    }
}
