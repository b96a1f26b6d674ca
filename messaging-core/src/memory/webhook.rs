//! Webhooks.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    clock::Timestamp,
    error::StoreError,
    id::{Position, WebhookId},
    page::PageSize,
    webhook::{
        Attempt, KEPT_ATTEMPTS, MAX_WEBHOOKS, Pending, Progress, Webhook, WebhookChange,
        WebhookError, WebhookState, WebhookStore,
    },
};

/// An endpoint, what is pending, and its attempts by their numbers.
#[derive(Debug, Clone)]
pub(super) struct Hook {
    webhook: Webhook,
    pending: BTreeMap<Position, Pending>,
    attempts: BTreeMap<i64, Attempt>,
    last_number: i64,
}

impl Hook {
    fn change(&mut self, change: WebhookChange, at: Timestamp) {
        let webhook = &mut self.webhook;
        match change {
            WebhookChange::Kinds(kinds) => webhook.kinds = kinds,
            WebhookChange::Pause { reason } => {
                if webhook.state != WebhookState::Active {
                    return;
                }
                webhook.state = WebhookState::Paused { since: at, reason };
            }
            WebhookChange::Resume => {
                webhook.state = WebhookState::Active;
                webhook.failing_since = None;
                for pending in self.pending.values_mut() {
                    pending.next_at = at;
                    pending.attempts = 0;
                    pending.first_at = None;
                }
            }
            WebhookChange::Rotate { secret, until } => {
                let former = std::mem::replace(&mut webhook.secret, secret);
                webhook.former_secret = Some((former, until));
            }
            WebhookChange::Replay(after) => {
                webhook.cursor = after;
                webhook.failing_since = None;
                self.pending.clear();
            }
        }
        webhook.epoch += 1;
    }

    fn record(&mut self, progress: Progress) {
        self.webhook.cursor = progress.cursor;
        self.webhook.failing_since = progress.failing_since;
        for position in progress.settled {
            self.pending.remove(&position);
        }
        for pending in progress.pending {
            self.pending.insert(pending.position, pending);
        }
        for attempt in progress.attempts {
            self.last_number += 1;
            let number = self.last_number;
            self.attempts.insert(number, Attempt { number, ..attempt });
        }
        let oldest = self.last_number - KEPT_ATTEMPTS + 1;
        self.attempts = self.attempts.split_off(&oldest);
    }
}

#[async_trait]
impl WebhookStore for MemoryStore {
    async fn add_webhook(&self, webhook: Webhook) -> Result<(), WebhookError> {
        let mut state = self.state()?;
        if state.webhooks.len() >= MAX_WEBHOOKS {
            return Err(WebhookError::TooMany);
        }
        let hook = Hook {
            webhook,
            pending: BTreeMap::new(),
            attempts: BTreeMap::new(),
            last_number: 0,
        };
        state.webhooks.insert(hook.webhook.id, hook);
        Ok(())
    }

    async fn change_webhook(
        &self,
        id: WebhookId,
        change: WebhookChange,
        at: Timestamp,
    ) -> Result<Webhook, WebhookError> {
        let mut state = self.state()?;
        let hook = state.webhooks.get_mut(&id);
        let hook = hook.ok_or(WebhookError::NoSuchWebhook)?;
        hook.change(change, at);
        Ok(hook.webhook.clone())
    }

    async fn remove_webhook(&self, id: WebhookId) -> Result<bool, StoreError> {
        Ok(self.state()?.webhooks.remove(&id).is_some())
    }

    async fn list_webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        let state = self.state()?;
        let hooks = state.webhooks.values();
        Ok(hooks.map(|hook| hook.webhook.clone()).collect())
    }

    async fn record_progress(
        &self,
        id: WebhookId,
        epoch: i64,
        progress: Progress,
    ) -> Result<bool, StoreError> {
        let mut state = self.state()?;
        let hook = state.webhooks.get_mut(&id);
        let Some(hook) = hook.filter(|hook| hook.webhook.epoch == epoch) else {
            return Ok(false);
        };
        hook.record(progress);
        Ok(true)
    }

    async fn list_pending(&self, id: WebhookId, limit: usize) -> Result<Vec<Pending>, StoreError> {
        let state = self.state()?;
        let pending = state.webhooks.get(&id).into_iter();
        let pending = pending.flat_map(|hook| hook.pending.values());
        Ok(pending.take(limit).cloned().collect())
    }

    async fn list_attempts(
        &self,
        id: WebhookId,
        before: Option<i64>,
        size: PageSize,
    ) -> Result<Vec<Attempt>, StoreError> {
        let state = self.state()?;
        let attempts = state.webhooks.get(&id).into_iter();
        let attempts = attempts.flat_map(|hook| hook.attempts.values().rev());
        Ok(attempts
            .filter(|attempt| before.is_none_or(|before| attempt.number < before))
            .take(size.get() + 1)
            .cloned()
            .collect())
    }
}
