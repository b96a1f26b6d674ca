//! Accounts: whether a user may take part at all.
//!
//! A user needs no account row to take part: one that no store has heard of is active.

mod set_state;
mod store;

pub use set_state::{Accounts, SetAccountError};
pub use store::{AccountChange, AccountStore};

use crate::{clock::Timestamp, id::UserId};

/// What is known of a user's standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub user_id: UserId,
    /// A ban that stands or stood; see [`Account::state`].
    pub ban: Option<Ban>,
    /// Whether the user has been deactivated and not reactivated.
    pub deactivated: bool,
}

/// A ban and how long it lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    /// Why, for operators; never shown to users.
    pub reason: String,
    /// When it ends by itself; `None` for good.
    pub until: Option<Timestamp>,
}

/// A user's standing at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountState {
    /// Takes part.
    Active,
    /// May not write, is not written to in direct threads, holds no session.
    Banned,
    /// The same, by the user's own leave or the platform's; and their threads are put away.
    Deactivated,
}

impl Account {
    /// The account of a user that no store has heard of.
    pub fn active(user_id: UserId) -> Self {
        Self {
            user_id,
            ban: None,
            deactivated: false,
        }
    }

    /// The standing at `now`: a ban counts until its end.
    pub fn state(&self, now: Timestamp) -> AccountState {
        let banned = self
            .ban
            .as_ref()
            .is_some_and(|ban| ban.until.is_none_or(|until| now < until));
        if banned {
            AccountState::Banned
        } else if self.deactivated {
            AccountState::Deactivated
        } else {
            AccountState::Active
        }
    }

    /// Whether the user takes part at `now`.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.state(now) == AccountState::Active
    }
}
