//! The port for webhooks.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Attempt, Pending, Webhook, WebhookError, WebhookSecret};
use crate::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, WebhookId},
    page::PageSize,
};

/// A change of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebhookChange {
    /// It is told these types of events from here on; all when there are none.
    Kinds(Vec<String>),
    /// It is told nothing more. One that is paused stays so, for its first reason.
    Pause {
        /// Why.
        reason: String,
    },
    /// It is told what it has missed, and goes on. Its pending events are tried at once, as if for the
    /// first time.
    Resume,
    /// Another secret; the former one holds until a moment, too.
    Rotate {
        /// The new one.
        secret: WebhookSecret,
        /// Until when the former one holds.
        until: Timestamp,
    },
    /// It is told everything after this position again. What is pending is dropped: it comes again
    /// if it lies behind the position, and not at all otherwise.
    Replay(Position),
}

/// What delivering has come to since it was noted last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Everything up to here is delivered, given up, or pending.
    pub cursor: Position,
    /// Since when every delivery has failed.
    pub failing_since: Option<Timestamp>,
    /// Events that are pending no more.
    pub settled: Vec<Position>,
    /// Events that are pending, as they are now.
    pub pending: Vec<Pending>,
    /// The tries, in order. Their numbers are the store's to give.
    pub attempts: Vec<Attempt>,
}

/// Keeps endpoints, how far each has been told, and what is pending. Nothing of it is in the log.
#[async_trait]
pub trait WebhookStore: Send + Sync {
    /// Adds an endpoint.
    ///
    /// # Errors
    /// [`WebhookError::TooMany`] when there are [`MAX_WEBHOOKS`](super::MAX_WEBHOOKS).
    async fn add_webhook(&self, webhook: Webhook) -> Result<(), WebhookError>;

    /// Changes an endpoint, atomically, and answers it as it is then. Every change but a pause of
    /// one that is paused counts its `epoch` up. A resume and a replay forget since when it has
    /// failed.
    ///
    /// # Errors
    /// [`WebhookError::NoSuchWebhook`].
    async fn change_webhook(
        &self,
        id: WebhookId,
        change: WebhookChange,
        at: Timestamp,
    ) -> Result<Webhook, WebhookError>;

    /// Removes an endpoint with all that was noted of it. Answers whether there was one.
    ///
    /// # Errors
    /// Only the store's own.
    async fn remove_webhook(&self, id: WebhookId) -> Result<bool, StoreError>;

    /// All endpoints, by id.
    ///
    /// # Errors
    /// Only the store's own.
    async fn list_webhooks(&self) -> Result<Vec<Webhook>, StoreError>;

    /// Notes what delivering has come to, atomically: sets the cursor and since when it has failed,
    /// takes the settled events off those that are pending, puts the pending ones there or in place
    /// of what was known of them, and numbers the attempts on, of which the newest
    /// [`KEPT_ATTEMPTS`](super::KEPT_ATTEMPTS) are kept. Answers whether it was noted: not when the
    /// endpoint is gone or of another `epoch`.
    ///
    /// # Errors
    /// Only the store's own.
    async fn record_progress(
        &self,
        id: WebhookId,
        epoch: i64,
        progress: Progress,
    ) -> Result<bool, StoreError>;

    /// The pending events of an endpoint, by position; at most `limit` of them.
    ///
    /// # Errors
    /// Only the store's own.
    async fn list_pending(&self, id: WebhookId, limit: usize) -> Result<Vec<Pending>, StoreError>;

    /// Up to `size + 1` attempts of an endpoint, the newest first; those before `before` only.
    ///
    /// # Errors
    /// Only the store's own.
    async fn list_attempts(
        &self,
        id: WebhookId,
        before: Option<i64>,
        size: PageSize,
    ) -> Result<Vec<Attempt>, StoreError>;
}
