//! A whole system for a workload, the same every time.

use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use messaging_core::{
    Messaging, Store,
    auth::{AuthError, Authenticator, Identity},
    caller::{Caller, Role},
    id::ThreadId,
    memory::MemoryStore,
    message::SendMessage,
    realtime::{Gateway, SessionSettings},
    testkit::{ManualClock, SeqIds, text, user},
    thread::{CreateThread, Invitee},
};
use messaging_store_sea::{SeaStore, testkit::TestDatabase};

/// As long as a message between two people usually is.
pub(crate) const TEXT: &str = "Hello! I saw your class on Tuesday and would love to join the next \
                               one. Is there still a place, and what should I bring?";

/// A system, with what its store needs to live. The store goes first.
pub(crate) struct World {
    pub(crate) messaging: Messaging,
    database: Option<TestDatabase>,
}

impl World {
    pub(crate) fn memory() -> Self {
        Self::new(MemoryStore::new(), None)
    }

    pub(crate) async fn sqlite() -> Result<Self> {
        let database = TestDatabase::sqlite();
        let store = SeaStore::connect(database.url()).await?;
        Ok(Self::new(store, Some(database)))
    }

    fn new(store: impl Store, database: Option<TestDatabase>) -> Self {
        let builder = Messaging::builder(store).clock(ManualClock::default());
        Self {
            messaging: builder.ids(SeqIds::default()).build(),
            database,
        }
    }

    /// Leaves what is in memory as it is, and removes the file.
    pub(crate) fn leave(self) {
        std::mem::forget(self.messaging);
        drop(self.database);
    }

    /// Where connections become sessions. Nothing happens in them by the clock.
    pub(crate) fn gateway(&self) -> Gateway {
        Gateway::new(self.messaging.clone(), Arc::new(Names)).settings(quiet())
    }

    /// A thread of Ann's with these.
    pub(crate) async fn thread(&self, others: &[String]) -> Result<ThreadId> {
        let invitees = others.iter().map(|name| Invitee {
            user_id: user(name),
            role: None,
        });
        let wish = CreateThread {
            participants: invitees.collect(),
            kind: None,
            title: None,
            metadata: serde_json::Map::new(),
            message: None,
        };
        let created = self.messaging.threads().create(&ann(), wish).await?;
        Ok(created.thread.id)
    }
}

/// Who sends everything.
pub(crate) fn ann() -> Caller {
    Caller::new(user("ann"), Role::Client)
}

/// A message number so and so.
pub(crate) fn message(thread_id: ThreadId, number: u64) -> SendMessage {
    SendMessage {
        thread_id,
        client_id: number.to_string(),
        content: text(TEXT),
        reply_to: None,
    }
}

/// No pings: a measurement must not depend on how long it takes.
pub(crate) fn quiet() -> SessionSettings {
    let mut settings = SessionSettings::default();
    settings.heartbeat = std::time::Duration::from_hours(24);
    settings
}

/// A token is a name and speaks for that user.
#[derive(Debug)]
pub(crate) struct Names;

#[async_trait]
impl Authenticator for Names {
    async fn authenticate(&self, token: &str) -> Result<Identity, AuthError> {
        Ok(Identity {
            caller: Caller::new(user(token), Role::Client),
            expires_at: None,
        })
    }
}
