//! What a message took.

use serde::Serialize;

use super::Money;
use crate::id::{MessageId, ThreadId, UserId};

/// What a message took from its sender. There is at most one for a message; one that an unlimited
/// grant covered has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// For which message.
    pub message_id: MessageId,
    /// Where it stands.
    pub thread_id: ThreadId,
    /// Who paid: its sender.
    pub user_id: UserId,
    /// To whom; `None` when it was to be good for all creators.
    pub creator_id: Option<UserId>,
    /// With what.
    pub payment: Payment,
}

/// What a charge was paid with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Payment {
    /// One message of a counted grant.
    Grant {
        /// Which.
        grant_id: String,
    },
    /// Credits, at the price that was in force.
    Credits {
        /// The price.
        price: Money,
    },
}
