//! Webhooks: endpoints, what is pending, and attempts.

mod change;
mod read;
mod row;
mod rows;

use async_trait::async_trait;
use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::WebhookId,
    page::PageSize,
    webhook::{Attempt, Pending, Progress, Webhook, WebhookChange, WebhookError, WebhookStore},
};

pub(crate) use rows::WebhookRows;

use crate::SeaStore;
use change::{Add, ChangeWebhook, Record, Remove};

#[async_trait]
impl WebhookStore for SeaStore {
    async fn add_webhook(&self, webhook: Webhook) -> Result<(), WebhookError> {
        self.writer.submit(Add(webhook)).await
    }

    async fn change_webhook(
        &self,
        id: WebhookId,
        change: WebhookChange,
        at: Timestamp,
    ) -> Result<Webhook, WebhookError> {
        self.writer.submit(ChangeWebhook { id, change, at }).await
    }

    async fn remove_webhook(&self, id: WebhookId) -> Result<bool, StoreError> {
        self.writer.submit(Remove(id)).await
    }

    async fn list_webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        self.reader.webhooks().await
    }

    async fn record_progress(
        &self,
        id: WebhookId,
        epoch: i64,
        progress: Progress,
    ) -> Result<bool, StoreError> {
        let record = Record {
            id,
            epoch,
            progress,
        };
        self.writer.submit(record).await
    }

    async fn list_pending(&self, id: WebhookId, limit: usize) -> Result<Vec<Pending>, StoreError> {
        self.reader.pending(id, limit).await
    }

    async fn list_attempts(
        &self,
        id: WebhookId,
        before: Option<i64>,
        size: PageSize,
    ) -> Result<Vec<Attempt>, StoreError> {
        self.reader.attempts(id, before, size).await
    }
}
