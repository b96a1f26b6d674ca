//! What the platform's events say, by their types.

use serde::Deserialize;

use crate::{clock::Timestamp, id::UserId, quota::Currency};

/// `safety.user.banned`: sending stops at once, open sessions close.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct UserBanned {
    pub(crate) user_id: UserId,
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 500)))]
    pub(crate) reason: String,
    #[serde(default)]
    pub(crate) until: Option<Timestamp>,
}

/// `safety.user.unbanned`, `profile.user.deactivated` and `profile.user.reactivated`.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct User {
    pub(crate) user_id: UserId,
}

/// `marketplace.subscription.created`: lets a user write.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SubscriptionCreated {
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 128)))]
    pub(crate) subscription_id: String,
    pub(crate) user_id: UserId,
    /// All creators unless given.
    #[serde(default)]
    pub(crate) creator_id: Option<UserId>,
    pub(crate) plan: Plan,
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Timestamp,
}

/// How much a subscription lets its user write.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Plan {
    pub(crate) kind: PlanKind,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1_000_000_000)))]
    pub(crate) messages: Option<i64>,
}

/// Without limit, or so many messages.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum PlanKind {
    Unlimited,
    Messages,
}

/// `marketplace.credits.purchased`: adds credits, in minor units.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct CreditsPurchased {
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 128)))]
    pub(crate) purchase_id: String,
    pub(crate) user_id: UserId,
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 1, max = 1_000_000_000_000_u64))
    )]
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
}

/// `marketplace.price.set`: what one message to a creator costs, in minor units.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PriceSet {
    pub(crate) creator_id: UserId,
    #[cfg_attr(
        feature = "schema",
        schemars(range(min = 0, max = 1_000_000_000_000_u64))
    )]
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
}

/// `marketplace.quota.depleted`: stops a user until something new is granted or bought.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct QuotaDepleted {
    pub(crate) user_id: UserId,
    /// All creators unless given.
    #[serde(default)]
    pub(crate) creator_id: Option<UserId>,
}
