//! Webhooks between the tables and the core.

use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, ThreadId, WebhookId},
    webhook::{Attempt, AttemptOutcome, Pending, Webhook, WebhookSecret, WebhookState},
};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{
    convert::{self, to_json},
    failure::corrupt,
    rows::{Columns, Kind},
};

/// An endpoint, and how many attempts it has had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WebhookRow {
    pub(super) webhook: Webhook,
    pub(super) last_number: i64,
}

#[derive(Debug, FromQueryResult)]
pub(super) struct RawWebhook {
    id: Uuid,
    url: String,
    description: String,
    kinds: String,
    secret: String,
    former_secret: Option<String>,
    former_until: Option<i64>,
    paused_since: Option<i64>,
    paused_reason: Option<String>,
    position: i64,
    failing_since: Option<i64>,
    epoch: i64,
    attempts: i64,
    created_at: i64,
}

pub(super) const WEBHOOK: Columns = &[
    ("id", Kind::Uuid),
    ("url", Kind::Text),
    ("description", Kind::Text),
    ("kinds", Kind::Text),
    ("secret", Kind::Text),
    ("former_secret", Kind::MaybeText),
    ("former_until", Kind::MaybeInt),
    ("paused_since", Kind::MaybeInt),
    ("paused_reason", Kind::MaybeText),
    ("position", Kind::Int),
    ("failing_since", Kind::MaybeInt),
    ("epoch", Kind::Int),
    ("attempts", Kind::Int),
    ("created_at", Kind::Int),
];

impl TryFrom<RawWebhook> for WebhookRow {
    type Error = StoreError;

    fn try_from(row: RawWebhook) -> Result<Self, StoreError> {
        let id = row.id;
        let time = |millis, column| convert::maybe_timestamp(millis, column, id);
        let secret = |text: &str| {
            let secret = text.parse::<WebhookSecret>();
            secret.map_err(|_| corrupt("webhook.secret", id))
        };
        let former = match (
            row.former_secret,
            time(row.former_until, "webhook.former_until")?,
        ) {
            (Some(text), Some(until)) => Some((secret(&text)?, until)),
            _ => None,
        };
        let state = match (
            row.paused_reason,
            time(row.paused_since, "webhook.paused_since")?,
        ) {
            (Some(reason), Some(since)) => WebhookState::Paused { since, reason },
            _ => WebhookState::Active,
        };
        let webhook = Webhook {
            id: WebhookId::from_uuid(id),
            url: row.url,
            description: row.description,
            kinds: convert::json(&row.kinds, "webhook.kinds", id)?,
            secret: secret(&row.secret)?,
            former_secret: former,
            state,
            cursor: Position::new(row.position),
            failing_since: time(row.failing_since, "webhook.failing_since")?,
            epoch: row.epoch,
            created_at: convert::timestamp(row.created_at, "webhook.created_at", id)?,
        };
        Ok(Self {
            webhook,
            last_number: row.attempts,
        })
    }
}

pub(super) fn webhook_values(row: &WebhookRow) -> [Value; 14] {
    let webhook = &row.webhook;
    let former = webhook.former_secret.as_ref();
    let (since, reason) = match &webhook.state {
        WebhookState::Active => (None, None),
        WebhookState::Paused { since, reason } => (Some(since.as_millis()), Some(reason.clone())),
    };
    [
        webhook.id.as_uuid().into(),
        webhook.url.as_str().into(),
        webhook.description.as_str().into(),
        to_json(&webhook.kinds).into(),
        webhook.secret.expose().into(),
        former.map(|(secret, _)| secret.expose()).into(),
        former.map(|(_, until)| until.as_millis()).into(),
        since.into(),
        reason.into(),
        webhook.cursor.get().into(),
        webhook.failing_since.map(Timestamp::as_millis).into(),
        webhook.epoch.into(),
        row.last_number.into(),
        webhook.created_at.as_millis().into(),
    ]
}

#[derive(Debug, FromQueryResult)]
pub(super) struct RawPending {
    position: i64,
    thread_id: Option<Uuid>,
    attempts: i64,
    first_at: Option<i64>,
    next_at: i64,
}

impl TryFrom<RawPending> for Pending {
    type Error = StoreError;

    fn try_from(row: RawPending) -> Result<Self, StoreError> {
        let at = row.position;
        let attempts = u32::try_from(row.attempts);
        Ok(Self {
            position: Position::new(at),
            thread_id: row.thread_id.map(ThreadId::from_uuid),
            attempts: attempts.map_err(|_| corrupt("webhook_pending.attempts", at))?,
            first_at: convert::maybe_timestamp(row.first_at, "webhook_pending.first_at", at)?,
            next_at: convert::timestamp(row.next_at, "webhook_pending.next_at", at)?,
        })
    }
}

pub(super) fn pending_values(id: WebhookId, pending: &Pending) -> [Value; 6] {
    [
        id.as_uuid().into(),
        pending.position.get().into(),
        pending.thread_id.map(ThreadId::as_uuid).into(),
        i64::from(pending.attempts).into(),
        pending.first_at.map(Timestamp::as_millis).into(),
        pending.next_at.as_millis().into(),
    ]
}

#[derive(Debug, FromQueryResult)]
pub(super) struct RawAttempt {
    number: i64,
    position: i64,
    kind: String,
    at: i64,
    duration_ms: i64,
    status: Option<i64>,
    outcome: String,
    error: Option<String>,
}

impl TryFrom<RawAttempt> for Attempt {
    type Error = StoreError;

    fn try_from(row: RawAttempt) -> Result<Self, StoreError> {
        let number = row.number;
        let status = row.status.map(u16::try_from).transpose();
        let outcome = AttemptOutcome::from_name(&row.outcome);
        Ok(Self {
            number,
            position: Position::new(row.position),
            kind: row.kind,
            at: convert::timestamp(row.at, "webhook_attempt.at", number)?,
            duration_ms: row.duration_ms,
            status: status.map_err(|_| corrupt("webhook_attempt.status", number))?,
            outcome: outcome.ok_or_else(|| corrupt("webhook_attempt.outcome", number))?,
            error: row.error,
        })
    }
}

pub(super) fn attempt_values(id: WebhookId, attempt: &Attempt) -> [Value; 9] {
    [
        id.as_uuid().into(),
        attempt.number.into(),
        attempt.position.get().into(),
        attempt.kind.as_str().into(),
        attempt.at.as_millis().into(),
        attempt.duration_ms.into(),
        attempt.status.map(i64::from).into(),
        attempt.outcome.as_str().into(),
        attempt.error.clone().into(),
    ]
}
