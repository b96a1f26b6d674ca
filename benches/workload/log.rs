//! The log: appending to it and following it.

use anyhow::Result;
use async_trait::async_trait;
use messaging_core::{
    caller::Caller,
    id::{MessageId, ThreadId},
    log::EventStream,
    message::NewMessage,
    moderation::Judgement,
    testkit::text,
};

use crate::{
    Operation,
    world::{TEXT, World, ann},
};

/// Appends messages to the store, past the core's rules.
pub(crate) struct Append {
    world: World,
    caller: Caller,
    thread_id: ThreadId,
    appended: u64,
}

impl Append {
    pub(crate) async fn open() -> Result<Self> {
        let world = World::memory();
        let thread_id = world.thread(&["ben".to_owned()]).await?;
        Ok(Self {
            world,
            caller: ann(),
            thread_id,
            appended: 0,
        })
    }

    async fn append(&mut self) -> Result<()> {
        let messaging = &self.world.messaging;
        self.appended += 1;
        let message = NewMessage {
            id: MessageId::from_uuid(messaging.ids().next_uuid()),
            thread_id: self.thread_id,
            sender_id: self.caller.user_id.clone(),
            sender_role: self.caller.role,
            client_id: self.appended.to_string(),
            content: text(TEXT),
            reply_to: None,
            quota: messaging.quota_mode().clone(),
            judgement: Judgement::default(),
            at: messaging.clock().now(),
        };
        messaging.store().append(message).await?;
        Ok(())
    }
}

#[async_trait(?Send)]
impl Operation for Append {
    async fn run(&mut self, times: u64) -> Result<()> {
        for _ in 0..times {
            self.append().await?;
        }
        Ok(())
    }
}

/// Appends and follows, as an application that subscribes to the log does.
pub(crate) struct Follow {
    append: Append,
    events: EventStream,
}

impl Follow {
    pub(crate) async fn open() -> Result<Self> {
        let append = Append::open().await?;
        let messaging = &append.world.messaging;
        let head = messaging.store().log_bounds().await?.head;
        let events = messaging.events().subscribe_after(head);
        Ok(Self { append, events })
    }
}

#[async_trait(?Send)]
impl Operation for Follow {
    async fn run(&mut self, times: u64) -> Result<()> {
        for _ in 0..times {
            self.append.append().await?;
            self.events.next().await?;
        }
        Ok(())
    }
}
