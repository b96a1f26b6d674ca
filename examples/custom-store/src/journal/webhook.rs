//! Webhooks.

use async_trait::async_trait;
use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, WebhookId},
    memory::MemoryStore,
    page::PageSize,
    webhook::{
        Attempt, Pending, Progress, Webhook, WebhookChange, WebhookError, WebhookSecret,
        WebhookState, WebhookStore,
    },
};
use serde::{Deserialize, Serialize};

use super::JournalStore;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Call {
    Add(Box<Endpoint>),
    Change(WebhookId, Change, Timestamp),
    Remove(WebhookId),
    Record(WebhookId, i64, Progress),
}

/// An endpoint as the file has it: its secrets in the open, as a file that nobody else reads may.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Endpoint {
    id: WebhookId,
    url: String,
    description: String,
    kinds: Vec<String>,
    secret: String,
    former_secret: Option<(String, Timestamp)>,
    state: WebhookState,
    cursor: Position,
    failing_since: Option<Timestamp>,
    epoch: i64,
    created_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    Kinds(Vec<String>),
    Pause(String),
    Resume,
    Rotate(String, Timestamp),
    Replay(Position),
}

impl From<Webhook> for Endpoint {
    fn from(webhook: Webhook) -> Self {
        let former = webhook.former_secret;
        Self {
            id: webhook.id,
            url: webhook.url,
            description: webhook.description,
            kinds: webhook.kinds,
            secret: webhook.secret.expose(),
            former_secret: former.map(|(secret, until)| (secret.expose(), until)),
            state: webhook.state,
            cursor: webhook.cursor,
            failing_since: webhook.failing_since,
            epoch: webhook.epoch,
            created_at: webhook.created_at,
        }
    }
}

impl Endpoint {
    /// `None` when the file holds a secret that is none.
    fn into_webhook(self) -> Option<Webhook> {
        let former = match self.former_secret {
            Some((secret, until)) => Some((secret.parse().ok()?, until)),
            None => None,
        };
        Some(Webhook {
            id: self.id,
            url: self.url,
            description: self.description,
            kinds: self.kinds,
            secret: self.secret.parse().ok()?,
            former_secret: former,
            state: self.state,
            cursor: self.cursor,
            failing_since: self.failing_since,
            epoch: self.epoch,
            created_at: self.created_at,
        })
    }
}

impl Change {
    fn new(change: WebhookChange) -> Result<Self, StoreError> {
        Ok(match change {
            WebhookChange::Kinds(kinds) => Self::Kinds(kinds),
            WebhookChange::Pause { reason } => Self::Pause(reason),
            WebhookChange::Resume => Self::Resume,
            WebhookChange::Rotate { secret, until } => Self::Rotate(secret.expose(), until),
            WebhookChange::Replay(after) => Self::Replay(after),
            // A later version of the core may know more.
            other => return Err(StoreError::backend(format!("{other:?} is not known here"))),
        })
    }

    fn into_change(self) -> Option<WebhookChange> {
        Some(match self {
            Self::Kinds(kinds) => WebhookChange::Kinds(kinds),
            Self::Pause(reason) => WebhookChange::Pause { reason },
            Self::Resume => WebhookChange::Resume,
            Self::Rotate(secret, until) => {
                let secret: WebhookSecret = secret.parse().ok()?;
                WebhookChange::Rotate { secret, until }
            }
            Self::Replay(after) => WebhookChange::Replay(after),
        })
    }
}

impl Call {
    pub(super) async fn make(self, store: &MemoryStore) {
        match self {
            Self::Add(endpoint) => {
                if let Some(webhook) = endpoint.into_webhook() {
                    drop(store.add_webhook(webhook).await);
                }
            }
            Self::Change(id, change, at) => {
                if let Some(change) = change.into_change() {
                    drop(store.change_webhook(id, change, at).await);
                }
            }
            Self::Remove(id) => drop(store.remove_webhook(id).await),
            Self::Record(id, epoch, progress) => {
                drop(store.record_progress(id, epoch, progress).await);
            }
        }
    }
}

#[async_trait]
impl WebhookStore for JournalStore {
    async fn add_webhook(&self, webhook: Webhook) -> Result<(), WebhookError> {
        let call = super::Call::Webhook(Call::Add(Box::new(webhook.clone().into())));
        self.write(call, self.memory.add_webhook(webhook)).await
    }

    async fn change_webhook(
        &self,
        id: WebhookId,
        change: WebhookChange,
        at: Timestamp,
    ) -> Result<Webhook, WebhookError> {
        let call = super::Call::Webhook(Call::Change(id, Change::new(change.clone())?, at));
        self.write(call, self.memory.change_webhook(id, change, at))
            .await
    }

    async fn remove_webhook(&self, id: WebhookId) -> Result<bool, StoreError> {
        let call = super::Call::Webhook(Call::Remove(id));
        self.write(call, self.memory.remove_webhook(id)).await
    }

    async fn list_webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        self.memory.list_webhooks().await
    }

    async fn record_progress(
        &self,
        id: WebhookId,
        epoch: i64,
        progress: Progress,
    ) -> Result<bool, StoreError> {
        let call = super::Call::Webhook(Call::Record(id, epoch, progress.clone()));
        self.write(call, self.memory.record_progress(id, epoch, progress))
            .await
    }

    async fn list_pending(&self, id: WebhookId, limit: usize) -> Result<Vec<Pending>, StoreError> {
        self.memory.list_pending(id, limit).await
    }

    async fn list_attempts(
        &self,
        id: WebhookId,
        before: Option<i64>,
        size: PageSize,
    ) -> Result<Vec<Attempt>, StoreError> {
        self.memory.list_attempts(id, before, size).await
    }
}
