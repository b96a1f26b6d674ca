//! Changing endpoints, and noting what delivering has come to.

use messaging_core::{
    clock::Timestamp,
    error::StoreError,
    id::WebhookId,
    webhook::{
        Attempt, MAX_WEBHOOKS, Progress, Webhook, WebhookChange, WebhookError, WebhookState,
    },
};

use super::row::WebhookRow;
use crate::{
    unit::{Needs, Unit, check_new},
    writer::Command,
};

#[derive(Debug)]
pub(super) struct Add(pub(super) Webhook);

impl Command for Add {
    type Output = ();
    type Error = WebhookError;

    fn needs(&self, needs: &mut Needs) {
        needs.webhooks = true;
    }

    fn apply(&self, unit: &mut Unit) -> Result<(), WebhookError> {
        let Self(webhook) = self;
        let webhooks = &mut unit.webhooks.webhooks;
        check_new(webhooks.get(&webhook.id))?;
        if webhooks.iter().count() >= MAX_WEBHOOKS {
            return Err(WebhookError::TooMany);
        }
        let row = WebhookRow {
            webhook: webhook.clone(),
            last_number: 0,
        };
        webhooks.insert(webhook.id, row);
        Ok(())
    }
}

#[derive(Debug)]
pub(super) struct Remove(pub(super) WebhookId);

impl Command for Remove {
    type Output = bool;
    type Error = StoreError;

    fn needs(&self, needs: &mut Needs) {
        needs.webhooks = true;
    }

    fn apply(&self, unit: &mut Unit) -> Result<bool, StoreError> {
        let is_there = unit.webhooks.webhooks.get(&self.0).is_some();
        if is_there {
            unit.webhooks.forget(self.0);
        }
        Ok(is_there)
    }
}

#[derive(Debug)]
pub(super) struct ChangeWebhook {
    pub(super) id: WebhookId,
    pub(super) change: WebhookChange,
    pub(super) at: Timestamp,
}

impl Command for ChangeWebhook {
    type Output = Webhook;
    type Error = WebhookError;

    fn needs(&self, needs: &mut Needs) {
        needs.webhooks = true;
    }

    fn apply(&self, unit: &mut Unit) -> Result<Webhook, WebhookError> {
        let Self { id, change, at } = self;
        let rows = &mut unit.webhooks;
        let row = rows.webhooks.get(id).ok_or(WebhookError::NoSuchWebhook)?;
        let mut webhook = row.webhook.clone();
        match change.clone() {
            WebhookChange::Kinds(kinds) => webhook.kinds = kinds,
            WebhookChange::Pause { reason } => {
                if webhook.state != WebhookState::Active {
                    return Ok(webhook);
                }
                webhook.state = WebhookState::Paused { since: *at, reason };
            }
            WebhookChange::Resume => {
                webhook.state = WebhookState::Active;
                webhook.failing_since = None;
                rows.rush_pending(*id, *at);
            }
            WebhookChange::Rotate { secret, until } => {
                let former = std::mem::replace(&mut webhook.secret, secret);
                webhook.former_secret = Some((former, until));
            }
            WebhookChange::Replay(after) => {
                webhook.cursor = after;
                webhook.failing_since = None;
                rows.clear_pending(*id);
            }
            _ => return Err(StoreError::backend("a change of a newer version").into()),
        }
        webhook.epoch += 1;
        if let Some(row) = rows.webhooks.get_mut(id) {
            row.webhook = webhook.clone();
        }
        Ok(webhook)
    }
}

#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: WebhookId,
    pub(super) epoch: i64,
    pub(super) progress: Progress,
}

impl Command for Record {
    type Output = bool;
    type Error = StoreError;

    fn needs(&self, needs: &mut Needs) {
        needs.webhooks = true;
    }

    fn apply(&self, unit: &mut Unit) -> Result<bool, StoreError> {
        let Self {
            id,
            epoch,
            progress,
        } = self;
        let rows = &mut unit.webhooks;
        let row = rows.webhooks.get_mut(id);
        let Some(row) = row.filter(|row| row.webhook.epoch == *epoch) else {
            return Ok(false);
        };
        row.webhook.cursor = progress.cursor;
        row.webhook.failing_since = progress.failing_since;
        let first = row.last_number + 1;
        row.last_number += i64::try_from(progress.attempts.len()).unwrap_or(0);
        for (number, attempt) in (first..).zip(&progress.attempts) {
            let attempt = Attempt {
                number,
                ..attempt.clone()
            };
            rows.add_attempt(*id, attempt);
        }
        for position in &progress.settled {
            rows.set_pending(*id, *position, None);
        }
        for pending in &progress.pending {
            rows.set_pending(*id, pending.position, Some(pending.clone()));
        }
        Ok(true)
    }
}
