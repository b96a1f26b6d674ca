//! What the platform around this library tells it: who is banned, who has left.
//!
//! It tells it in CloudEvents. Each counts once, however often and on however many connections it
//! comes; of two that contradict each other the one that happened later holds, in whatever order they
//! come.

pub(crate) mod data;
mod event;
mod receive;
mod store;

pub use event::{CloudEvent, read_event};
pub use receive::{Platform, ReceiveError};
pub use store::PlatformStore;

use crate::{
    account::AccountChange,
    clock::Timestamp,
    id::UserId,
    quota::{QuotaChange, Scope},
};

/// What makes an event the same one: `source` and `id`, as CloudEvents 1.0 says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey {
    /// Who sent it.
    pub source: String,
    /// Its id there.
    pub id: String,
}

/// An event that was read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformEvent {
    /// Which event.
    pub key: EventKey,
    /// When it happened, by the platform's clock.
    pub happened_at: Timestamp,
    /// What it says.
    pub change: PlatformChange,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlatformChange {
    /// A user's standing changes.
    Account {
        /// Whose.
        user_id: UserId,
        /// How.
        change: AccountChange,
    },
    /// What users may write changes.
    Quota(QuotaChange),
}

impl PlatformChange {
    /// What it is about: of two changes of one topic, the one that happened later holds. Bans and
    /// their lifting are one topic of a user, deactivations and their undoing are another, a
    /// creator's prices are one, and a user's halts for the same scope. Grants and purchases contradict
    /// nothing: they have none.
    pub fn topic(&self) -> Option<String> {
        Some(match self {
            Self::Account { user_id, change } => match change {
                AccountChange::Ban(_) | AccountChange::Unban => format!("ban {user_id}"),
                AccountChange::Deactivate | AccountChange::Reactivate => {
                    format!("deactivation {user_id}")
                }
            },
            Self::Quota(QuotaChange::Price { creator_id, .. }) => format!("price {creator_id}"),
            Self::Quota(QuotaChange::Halt { user_id, scope }) => match scope {
                Scope::All => format!("halt {user_id}"),
                Scope::Creator(creator_id) => format!("halt {user_id} {creator_id}"),
            },
            Self::Quota(QuotaChange::Grant(_) | QuotaChange::Purchase(_)) => return None,
        })
    }
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reception {
    /// It has been applied.
    Applied,
    /// It had come before, or its subscription or purchase had: nothing happened.
    Repeated,
    /// One of the same topic that happened later had come before: it is noted, and changes nothing.
    Outdated,
}
