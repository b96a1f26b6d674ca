//! The task that has an endpoint's task for each endpoint, on one process of several.

use std::{collections::HashMap, future::Future, sync::Arc};

use messaging_core::{
    Messaging,
    clock::Timestamp,
    error::StoreError,
    id::WebhookId,
    webhook::{Webhook, WebhookState},
};
use tokio::{
    pin,
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use crate::{DispatcherSettings, Sender, endpoint::Endpoint};

const LEASE: &str = "webhooks";

/// Delivers domain events to the webhooks of a system.
#[derive(Debug)]
pub struct Dispatcher {
    messaging: Messaging,
    sender: Arc<dyn Sender>,
    settings: Arc<DispatcherSettings>,
    /// Who this process is to the others.
    holder: String,
    /// Until when it is this process's turn.
    leased_until: Option<Timestamp>,
    running: HashMap<WebhookId, Running>,
}

/// An endpoint's task, and of which epoch of the endpoint it is.
#[derive(Debug)]
struct Running {
    epoch: i64,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    async fn end(self) {
        self.stop.cancel();
        // One that panicked has ended, too.
        let _ = self.task.await;
    }
}

impl Dispatcher {
    /// Delivers through `sender`, with the default settings.
    pub fn new(messaging: Messaging, sender: impl Sender) -> Self {
        let holder = messaging.ids().next_uuid().to_string();
        Self {
            messaging,
            sender: Arc::new(sender),
            settings: Arc::default(),
            holder,
            leased_until: None,
            running: HashMap::new(),
        }
    }

    /// Other settings.
    #[must_use]
    pub fn settings(mut self, settings: DispatcherSettings) -> Self {
        self.settings = Arc::new(settings);
        self
    }

    /// Delivers until `shutdown` completes. While another process delivers, it waits for its turn.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        pin!(shutdown);
        let mut looks = interval(self.settings.look_every);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                _ = looks.tick() => {}
            }
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "webhooks cannot be looked at now");
                // Whoever can reach the store may have taken over meanwhile.
                let now = self.messaging.clock().now();
                if self.leased_until.is_some_and(|until| until <= now) {
                    self.stop_all().await;
                }
            }
        }
        self.stop_all().await;
        let store = self.messaging.store();
        if let Err(error) = store.release_lease(LEASE, &self.holder).await {
            tracing::debug!(%error, "the webhooks' lease runs out by itself");
        }
    }

    /// Sees to it that exactly the endpoints that are to be told have a task.
    async fn look(&mut self) -> Result<(), StoreError> {
        let webhooks = self.messaging.store().list_webhooks().await?;
        let active = webhooks.into_iter();
        let active = active.filter(|webhook| webhook.state == WebhookState::Active);
        let mut active: HashMap<WebhookId, Webhook> =
            active.map(|webhook| (webhook.id, webhook)).collect();
        // Where there is nothing to tell, there is nothing to write.
        if !active.is_empty() && !self.has_turn().await? {
            active.clear();
        }
        let ids: Vec<WebhookId> = self.running.keys().copied().collect();
        let mut changed = Vec::new();
        for id in ids {
            let running = &self.running[&id];
            let is_same = active
                .get(&id)
                .is_some_and(|webhook| webhook.epoch == running.epoch);
            if !is_same || running.task.is_finished() {
                changed.extend(self.running.remove(&id));
            }
        }
        for running in changed {
            running.end().await;
        }
        for id in active.into_keys() {
            if !self.running.contains_key(&id) {
                self.start(id).await?;
            }
        }
        Ok(())
    }

    /// Whether this process is the one that delivers. It prolongs its turn well before the end.
    async fn has_turn(&mut self) -> Result<bool, StoreError> {
        let now = self.messaging.clock().now();
        let soon = now.after(self.settings.lease / 2);
        if self.leased_until.is_some_and(|until| soon < until) {
            return Ok(true);
        }
        let until = now.after(self.settings.lease);
        let store = self.messaging.store();
        let has_turn = store.take_lease(LEASE, &self.holder, until, now).await?;
        self.leased_until = has_turn.then_some(until);
        Ok(has_turn)
    }

    /// Starts an endpoint's task with what is noted of it now: its last task may have noted more
    /// since it was listed.
    async fn start(&mut self, id: WebhookId) -> Result<(), StoreError> {
        let store = self.messaging.store();
        let webhooks = store.list_webhooks().await?;
        let webhook = webhooks.into_iter().find(|webhook| webhook.id == id);
        let Some(webhook) = webhook.filter(|webhook| webhook.state == WebhookState::Active) else {
            return Ok(());
        };
        let epoch = webhook.epoch;
        let messaging = self.messaging.clone();
        let (sender, settings) = (self.sender.clone(), self.settings.clone());
        let endpoint = Endpoint::open(messaging, sender, settings, webhook).await?;
        let stop = CancellationToken::new();
        let task = tokio::spawn(endpoint.run(stop.clone()));
        self.running.insert(id, Running { epoch, stop, task });
        Ok(())
    }

    async fn stop_all(&mut self) {
        // All are told before any is waited for.
        for running in self.running.values() {
            running.stop.cancel();
        }
        for (_, running) in self.running.drain() {
            running.end().await;
        }
    }
}
