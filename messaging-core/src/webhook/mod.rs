//! Webhooks: endpoints of other systems that are told the [domain events](crate::event).
//!
//! An endpoint has a *cursor*: every event up to it was delivered, given up, or is *pending*. Events
//! are pending whose delivery failed, and those of the same thread that wait behind them. Each try is
//! an *attempt*. Who delivers is the crate `messaging-webhooks`.

mod manage;
mod secret;
mod store;

pub use manage::{AddWebhook, WebhookError, WebhookPolicy, Webhooks};
pub use secret::{ParseSecretError, WebhookSecret};
pub use store::{Progress, WebhookChange, WebhookStore};

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    id::{Position, ThreadId, WebhookId},
};

/// The most endpoints.
pub const MAX_WEBHOOKS: usize = 50;
/// The most events of one endpoint that are pending: then it waits, and its cursor stays.
pub const MAX_PENDING: usize = 10_000;
/// How many attempts of one endpoint are kept.
pub const KEPT_ATTEMPTS: i64 = 1000;

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Names it.
    pub id: WebhookId,
    /// Where events are sent.
    pub url: String,
    /// What operators call it.
    pub description: String,
    /// The types of events it is told; all when there are none.
    pub kinds: Vec<String>,
    /// What its deliveries are signed with.
    pub secret: WebhookSecret,
    /// What they were signed with before, and are until a moment, too.
    pub former_secret: Option<(WebhookSecret, Timestamp)>,
    /// Whether it is told anything.
    pub state: WebhookState,
    /// How far it has been told.
    pub cursor: Position,
    /// Since when every delivery has failed; `None` while they do not.
    pub failing_since: Option<Timestamp>,
    /// Counts the changes that make a delivery under way an old one: progress made before such a
    /// change is not kept.
    pub epoch: i64,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Webhook {
    /// Whether it is told events of this type.
    pub fn wants(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted == kind)
    }

    /// What a delivery at `at` is signed with.
    pub fn secrets(&self, at: Timestamp) -> impl Iterator<Item = &WebhookSecret> {
        let former = self.former_secret.as_ref();
        let former = former.filter(|(_, until)| at < *until);
        std::iter::once(&self.secret).chain(former.map(|(secret, _)| secret))
    }
}

/// Whether an endpoint is told anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebhookState {
    /// It is.
    Active,
    /// It is not, until it is resumed: then it is told what it has missed, as far as the log is kept.
    Paused {
        /// Since when.
        since: Timestamp,
        /// Why: an operator's wish, or what was wrong with it.
        reason: String,
    },
}

/// An event that is to be delivered again, or behind one that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Which.
    pub position: Position,
    /// The thread within which it keeps its order.
    pub thread_id: Option<ThreadId>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was tried first; `None` for one that waits behind another.
    pub first_at: Option<Timestamp>,
    /// When it is to be tried next.
    pub next_at: Timestamp,
}

/// One try to deliver an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its place among the endpoint's attempts: 1, 2, 3, … Set by the store.
    pub number: i64,
    /// Which event; zero for what is noted of the endpoint itself.
    pub position: Position,
    /// Its type.
    pub kind: String,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// The HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    /// What came of it.
    pub outcome: AttemptOutcome,
    /// What was wrong, in short.
    pub error: Option<String>,
}

/// What came of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// The endpoint has taken it.
    Delivered,
    /// It has not, and is asked again.
    Failed,
    /// It has not, and is not asked again.
    GaveUp,
    /// Events were gone from the log before they could be delivered.
    Skipped,
}

impl AttemptOutcome {
    /// The name in stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::GaveUp => "gave_up",
            Self::Skipped => "skipped",
        }
    }

    /// Reads the name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::Delivered, Self::Failed, Self::GaveUp, Self::Skipped];
        all.into_iter().find(|outcome| outcome.as_str() == name)
    }
}
