//! Who may write is decided by what they have paid for.
//!
//! A *grant* lets a user write: to one creator or to all (its *scope*), without limit or so many
//! messages (its *allowance*), from a moment to another. *Credits* are money: a message to a creator
//! costs the creator's *price*. What a message takes is a *charge*; it is made in the same
//! transaction as the message. Money is kept in a double-entry *ledger*: every transfer takes from
//! one account what it gives to another, so all accounts together are always at zero. A *halt* stops
//! a user until something new is granted or bought.

mod change;
mod charge;
mod get;
mod ledger;
mod means;
mod money;
mod policy;
mod store;

pub use change::{ChangeQuotaError, Purchase, QuotaChange};
pub use charge::{Charge, Payment};
pub use get::{GetQuotaError, Quotas};
pub use ledger::{LedgerAccount, LedgerLine, ParseLedgerError, Transfer};
pub use means::{Cover, Means, Quota, QuotaExhausted};
pub use money::{Currency, Money, ParseCurrencyError};
pub use policy::{QuotaMode, QuotaPolicy, Sending, StandardPolicy};
pub use store::QuotaStore;

use crate::{clock::Timestamp, id::UserId};

/// The most grants of one user that are open at one time.
pub const MAX_OPEN_GRANTS: usize = 1000;
/// The longest id of a grant or a purchase, in characters.
pub const MAX_GRANT_ID: usize = 128;
/// The most credits of one user in one currency, in minor units.
pub const MAX_BALANCE: i64 = 1_000_000_000_000_000;
/// The most messages that one grant counts.
pub const MAX_GRANTED: i64 = 1_000_000_000;

/// Whom something is good for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Every creator.
    All,
    /// One creator.
    Creator(UserId),
}

impl Scope {
    /// To one creator, or to all without one.
    pub fn of(creator_id: Option<UserId>) -> Self {
        creator_id.map_or(Self::All, Self::Creator)
    }

    /// The one creator.
    pub fn creator_id(&self) -> Option<&UserId> {
        match self {
            Self::All => None,
            Self::Creator(creator_id) => Some(creator_id),
        }
    }

    /// Whether what is good for this is good for a message to `other`.
    pub fn covers(&self, other: &Self) -> bool {
        *self == Self::All || self == other
    }
}

/// How much a grant lets its user write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowance {
    /// As much as they like.
    Unlimited,
    /// So many messages.
    Messages(i64),
}

/// Lets a user write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id at the platform: a subscription's. 1 to 128 characters.
    pub id: String,
    /// Whom it lets write.
    pub user_id: UserId,
    /// To whom.
    pub scope: Scope,
    /// How much.
    pub allowance: Allowance,
    /// From when on.
    pub starts_at: Timestamp,
    /// Until when; at that moment it is over.
    pub ends_at: Timestamp,
}

/// A grant and what has been taken of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// What was granted.
    pub grant: Grant,
    /// How many messages were charged to it: zero for an unlimited one.
    pub used: i64,
}

impl Holding {
    /// How many messages are left; `None` for an unlimited one.
    pub fn remaining(&self) -> Option<i64> {
        match self.grant.allowance {
            Allowance::Unlimited => None,
            Allowance::Messages(granted) => Some(granted - self.used),
        }
    }

    /// Whether all of it has been taken.
    pub fn is_spent(&self) -> bool {
        self.remaining() == Some(0)
    }

    /// Whether it may cover something at `at` or later.
    pub fn is_open(&self, at: Timestamp) -> bool {
        !self.is_spent() && at < self.grant.ends_at
    }

    /// Whether it covers a message at `at`.
    pub fn is_current(&self, at: Timestamp) -> bool {
        self.grant.starts_at <= at && self.is_open(at)
    }
}

/// Since when a user may not write, and when something that ends it was last granted or bought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Halt {
    /// When the newest halt was called.
    pub halted_at: Option<Timestamp>,
    /// When the newest grant or purchase was made.
    pub renewed_at: Option<Timestamp>,
}

impl Halt {
    /// The newer of both in each.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            halted_at: self.halted_at.max(other.halted_at),
            renewed_at: self.renewed_at.max(other.renewed_at),
        }
    }

    /// Whether the user may not write: what was granted at the moment of the halt ends it.
    pub fn holds(self) -> bool {
        self.halted_at > self.renewed_at
    }
}
