//! What a user can pay a message with, and the rule by which it is paid.

use serde::Serialize;

use super::{Holding, Money, Scope};
use crate::{
    clock::Timestamp,
    error::{ErrorKind, Extensions, Fault},
    id::UserId,
};

/// What a user holds that is good for messages to a scope. Stores gather it; the rule is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Means {
    /// Whose.
    pub user_id: UserId,
    /// For messages to whom.
    pub scope: Scope,
    /// The grants that are open and cover the scope, in the order of their ids.
    pub holdings: Vec<Holding>,
    /// The credits that are not zero, by currency.
    pub balances: Vec<Money>,
    /// What a message to the creator costs; `None` when it has no price, and for all creators.
    pub price: Option<Money>,
    /// Whether a halt stands: then nothing covers a message.
    pub halted: bool,
}

/// What covers a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cover {
    /// An unlimited grant: nothing is taken.
    Unlimited,
    /// A counted grant: one message of it.
    Grant {
        /// Which.
        grant_id: String,
    },
    /// Credits.
    Credits {
        /// How much of them.
        price: Money,
    },
}

/// A user's standing: what `GET /api/quota` answers. Under a halt nothing of it can be used, and
/// what could be is left out; credits are shown all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quota {
    /// For messages to whom; `None` for what is good for all creators.
    pub creator_id: Option<UserId>,
    /// Until when the user may write without limit; `None` when they may not.
    pub unlimited_until: Option<Timestamp>,
    /// How many messages the counted grants have left.
    pub remaining: i64,
    /// The credits in the price's currency; without a price, in the first currency that there are
    /// credits in.
    pub balance: Option<Money>,
    /// All credits, by currency.
    pub balances: Vec<Money>,
    /// What a message costs that no grant covers; `None` when credits do not pay for it.
    pub price: Option<Money>,
    /// Whether a halt stands.
    pub halted: bool,
}

impl Means {
    /// Which of them covers a message at `at`: an unlimited grant; else a counted grant, the soonest
    /// to end first (of several, one to the creator alone, then the smaller id); else credits at
    /// the creator's price.
    ///
    /// # Errors
    /// What there is instead.
    pub fn cover(&self, at: Timestamp) -> Result<Cover, QuotaExhausted> {
        if self.halted {
            return Err(QuotaExhausted(Box::new(self.quota(at))));
        }
        let mut counted: Option<&Holding> = None;
        for holding in self.current(at) {
            if holding.remaining().is_none() {
                return Ok(Cover::Unlimited);
            }
            if counted.is_none_or(|first| order(holding) < order(first)) {
                counted = Some(holding);
            }
        }
        if let Some(holding) = counted {
            let grant_id = holding.grant.id.clone();
            return Ok(Cover::Grant { grant_id });
        }
        match (self.price, self.balance()) {
            (Some(price), Some(balance)) if balance.amount >= price.amount => {
                Ok(Cover::Credits { price })
            }
            _ => Err(QuotaExhausted(Box::new(self.quota(at)))),
        }
    }

    /// The standing at `at`.
    pub fn quota(&self, at: Timestamp) -> Quota {
        let usable = || self.current(at).filter(|_| !self.halted);
        let unlimited = usable().filter(|holding| holding.remaining().is_none());
        Quota {
            creator_id: self.scope.creator_id().cloned(),
            unlimited_until: unlimited.map(|holding| holding.grant.ends_at).max(),
            remaining: usable().filter_map(Holding::remaining).sum(),
            balance: self.balance(),
            balances: self.balances.clone(),
            price: self.price,
            halted: self.halted,
        }
    }

    fn current(&self, at: Timestamp) -> impl Iterator<Item = &Holding> {
        let holdings = self.holdings.iter();
        holdings.filter(move |holding| holding.is_current(at))
    }

    fn balance(&self) -> Option<Money> {
        let Some(price) = self.price else {
            return self.balances.first().copied();
        };
        let mut balances = self.balances.iter().copied();
        let own = balances.find(|balance| balance.currency == price.currency);
        Some(own.unwrap_or(Money::new(0, price.currency)))
    }
}

fn order(holding: &Holding) -> (Timestamp, bool, &str) {
    let grant = &holding.grant;
    (grant.ends_at, grant.scope == Scope::All, &grant.id)
}

/// Nothing that the sender holds covers the message: this is what they hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words())]
pub struct QuotaExhausted(pub Box<Quota>);

impl QuotaExhausted {
    fn words(&self) -> String {
        let Self(quota) = self;
        let message = match &quota.creator_id {
            Some(creator_id) => format!("a message to {creator_id}"),
            None => "a message here".to_owned(),
        };
        match (quota.halted, quota.price, quota.balance) {
            (true, ..) => "the quota is used up until something new is granted".to_owned(),
            (false, Some(price), Some(balance)) => {
                format!("{message} costs {price}, and there are {balance}")
            }
            (false, ..) => format!("no plan covers {message}"),
        }
    }
}

impl Fault for QuotaExhausted {
    fn kind(&self) -> ErrorKind {
        ErrorKind::QuotaExhausted
    }

    fn extensions(&self) -> Extensions {
        let Self(quota) = self;
        let mut extensions = Extensions::new();
        extensions.insert("remaining".to_owned(), quota.remaining.into());
        let price = quota.price.map(|price| price.amount);
        extensions.insert("price".to_owned(), price.into());
        let money = quota.price.or(quota.balance);
        let currency = money.map(|money| money.currency.code());
        extensions.insert("currency".to_owned(), currency.into());
        let balance = quota.balance.map(|balance| balance.amount);
        extensions.insert("balance".to_owned(), balance.into());
        let creator_id = quota.creator_id.as_ref().map(UserId::as_str);
        extensions.insert("creator_id".to_owned(), creator_id.into());
        extensions
    }
}
