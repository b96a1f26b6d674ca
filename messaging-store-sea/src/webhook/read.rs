//! Reading what is kept of webhooks.

use messaging_core::{
    error::StoreError,
    id::WebhookId,
    page::PageSize,
    webhook::{Attempt, Pending, Webhook},
};

use super::{
    row::{RawAttempt, RawPending, RawWebhook, WebhookRow},
    rows::{ALL, most},
};
use crate::{convert, reader::Reader};

const PENDING: &str = "SELECT p.position, p.thread_id, p.attempts, p.first_at, p.next_at
    FROM {webhook_pending} p WHERE p.webhook_id = $1 ORDER BY p.position LIMIT +$2";

const ATTEMPTS: &str =
    "SELECT a.number, a.position, a.kind, a.at, a.duration_ms, a.status, a.outcome,
        a.error
    FROM {webhook_attempt} a WHERE a.webhook_id = $1 AND a.number < $2
    ORDER BY a.number DESC LIMIT +$3";

impl Reader {
    pub(super) async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        let statement = self.schema.statement(ALL, [most()]);
        let rows: Vec<RawWebhook> = self.all(statement).await?;
        let webhooks = rows.into_iter().map(WebhookRow::try_from);
        webhooks.map(|row| Ok(row?.webhook)).collect()
    }

    pub(super) async fn pending(
        &self,
        id: WebhookId,
        limit: usize,
    ) -> Result<Vec<Pending>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = [id.as_uuid().into(), limit.into()];
        let rows: Vec<RawPending> = self.all(self.schema.statement(PENDING, values)).await?;
        rows.into_iter().map(Pending::try_from).collect()
    }

    pub(super) async fn attempts(
        &self,
        id: WebhookId,
        before: Option<i64>,
        size: PageSize,
    ) -> Result<Vec<Attempt>, StoreError> {
        let (before, limit) = (before.unwrap_or(i64::MAX), convert::limit(size));
        let values = [id.as_uuid().into(), before.into(), limit.into()];
        let rows: Vec<RawAttempt> = self.all(self.schema.statement(ATTEMPTS, values)).await?;
        rows.into_iter().map(Attempt::try_from).collect()
    }
}
