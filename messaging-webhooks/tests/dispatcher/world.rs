//! A system, its dispatcher, and what happens in it.

use std::time::Duration;

use messaging_core::{
    Messaging,
    caller::{Caller, Role},
    id::{ThreadId, WebhookId},
    memory::MemoryStore,
    message::SendMessage,
    page::PageSize,
    testkit::{text, user},
    thread::{CreateThread, Invitee, Metadata},
    webhook::{AddWebhook, AttemptOutcome, Webhook, WebhookPolicy, WebhookSecret},
};
use messaging_webhooks::{Dispatcher, DispatcherSettings};
use tokio::{sync::oneshot, task::JoinHandle, time::Instant};

use crate::stage::{RuntimeClock, Stage};

/// A system whose events are told.
pub(crate) struct World {
    pub(crate) messaging: Messaging,
    pub(crate) stage: Stage,
    pub(crate) settings: DispatcherSettings,
    pub(crate) dispatching: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    sent: u32,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = RuntimeClock(Instant::now());
        let messaging = Messaging::builder(MemoryStore::new()).clock(clock).build();
        let stage = Stage::default();
        *stage.clock.lock().unwrap() = Some(messaging.clone());
        Self {
            messaging,
            stage,
            settings: DispatcherSettings::default(),
            dispatching: None,
            sent: 0,
        }
    }

    /// One in which days go by: it looks at things but once a minute.
    pub(crate) fn patient() -> Self {
        let mut world = Self::new();
        world.settings.look_every = Duration::from_mins(1);
        world.settings.note_every = Duration::from_mins(1);
        world.settings.lease = Duration::from_mins(10);
        world
    }

    pub(crate) fn start(&mut self) {
        let (stop, stopped) = oneshot::channel();
        let dispatcher = Dispatcher::new(self.messaging.clone(), self.stage.clone());
        let dispatcher = dispatcher.settings(self.settings.clone());
        let task = tokio::spawn(dispatcher.run(async {
            let _ = stopped.await;
        }));
        self.dispatching = Some((stop, task));
    }

    pub(crate) async fn stop(&mut self) {
        if let Some((stop, task)) = self.dispatching.take() {
            drop(stop);
            task.await.unwrap();
        }
    }

    /// Ends it as a crash would: nothing more is noted.
    pub(crate) async fn kill(&mut self) {
        if let Some((_stop, task)) = self.dispatching.take() {
            task.abort();
            let _ = task.await;
        }
    }

    pub(crate) async fn add(&self, url: &str, kinds: &[&str]) -> WebhookId {
        let wish = AddWebhook {
            url: url.to_owned(),
            description: String::new(),
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            secret: WebhookSecret::from_bytes([1; 32]).unwrap(),
        };
        let webhooks = self.messaging.webhooks();
        webhooks.add(wish, WebhookPolicy::Public).await.unwrap().id
    }

    pub(crate) async fn thread(&self, other: &str) -> ThreadId {
        let ann = Caller::new(user("ann"), Role::Client);
        let wish = CreateThread {
            participants: vec![Invitee {
                user_id: user(other),
                role: None,
            }],
            kind: None,
            title: None,
            metadata: Metadata::new(),
            message: None,
        };
        let created = self.messaging.threads().create(&ann, wish).await;
        created.unwrap().thread.id
    }

    /// Sends a message, and gives the event's id.
    pub(crate) async fn send(&mut self, thread_id: ThreadId) -> i64 {
        self.sent += 1;
        let ann = Caller::new(user("ann"), Role::Client);
        let wish = SendMessage {
            thread_id,
            client_id: self.sent.to_string(),
            content: text("hello"),
            reply_to: None,
        };
        let sent = self.messaging.messages().send(&ann, wish).await.unwrap();
        sent.position.unwrap().get()
    }

    pub(crate) async fn lookup(&self, id: WebhookId) -> Webhook {
        self.messaging.webhooks().lookup(id).await.unwrap()
    }

    pub(crate) async fn outcomes(&self, id: WebhookId) -> Vec<AttemptOutcome> {
        let webhooks = self.messaging.webhooks();
        let attempts = webhooks.attempts(id, None, PageSize::MAX).await.unwrap();
        let mut outcomes: Vec<_> = attempts.items.iter().map(|one| one.outcome).collect();
        outcomes.reverse();
        outcomes
    }
}
