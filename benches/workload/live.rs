//! Sessions, over connections without a network.

use anyhow::Result;
use async_trait::async_trait;
use messaging_core::{id::ThreadId, page::Cursor, realtime::Gateway};

use crate::{
    Operation,
    frame::send_values,
    line::Line,
    world::{World, ann, message},
};

/// From the sender's session to the acknowledgement and to the other's session.
pub(crate) struct SessionSend {
    /// Held, so that the store is not freed with the last session.
    _world: World,
    ann: Line,
    ben: Line,
    thread_id: ThreadId,
    sent: u64,
}

impl SessionSend {
    pub(crate) async fn open() -> Result<Self> {
        let world = World::memory();
        let gateway = world.gateway();
        Ok(Self {
            ann: Line::connect(&gateway, "ann", None).await?,
            ben: Line::connect(&gateway, "ben", None).await?,
            thread_id: world.thread(&["ben".to_owned()]).await?,
            sent: 0,
            _world: world,
        })
    }
}

#[async_trait(?Send)]
impl Operation for SessionSend {
    async fn run(&mut self, times: u64) -> Result<()> {
        if self.sent == 0 {
            self.ann.event("thread.created").await?;
            self.ben.event("thread.created").await?;
        }
        for _ in 0..times {
            self.sent += 1;
            let data = send_values(&self.thread_id, self.sent);
            self.ann
                .say("message.send", self.sent.to_string(), data)
                .await?;
            self.ann.acknowledged().await?;
            self.ben.event("message.new").await?;
        }
        Ok(())
    }
}

/// From a message that is sent to everyone's session.
pub(crate) struct Fanout {
    world: World,
    sessions: Vec<Line>,
    thread_id: ThreadId,
    sent: u64,
}

impl Fanout {
    pub(crate) async fn open() -> Result<Self> {
        let world = World::memory();
        let gateway = world.gateway();
        let names: Vec<String> = (0..100).map(|index| format!("user-{index}")).collect();
        let thread_id = world.thread(&names).await?;
        let mut sessions = Vec::with_capacity(names.len());
        for name in &names {
            sessions.push(Line::connect(&gateway, name, None).await?);
        }
        Ok(Self {
            world,
            sessions,
            thread_id,
            sent: 0,
        })
    }
}

#[async_trait(?Send)]
impl Operation for Fanout {
    async fn run(&mut self, times: u64) -> Result<()> {
        let caller = ann();
        for _ in 0..times {
            self.sent += 1;
            let wish = message(self.thread_id, self.sent);
            self.world.messaging.messages().send(&caller, wish).await?;
            for session in &mut self.sessions {
                session.event("message.new").await?;
            }
        }
        Ok(())
    }
}

/// A client comes back.
pub(crate) struct Resume {
    world: World,
    gateway: Gateway,
    cursor: Cursor,
    missed: u64,
}

impl Resume {
    pub(crate) async fn memory() -> Result<Self> {
        Self::open(World::memory()).await
    }

    pub(crate) async fn sqlite() -> Result<Self> {
        Self::open(World::sqlite().await?).await
    }

    async fn open(world: World) -> Result<Self> {
        let missed = 100;
        let thread_id = world.thread(&["ben".to_owned()]).await?;
        let messaging = &world.messaging;
        let head = messaging.store().log_bounds().await?.head;
        for number in 0..missed {
            let wish = message(thread_id, number);
            messaging.messages().send(&ann(), wish).await?;
        }
        Ok(Self {
            gateway: world.gateway(),
            cursor: Cursor::of_position(head),
            missed,
            world,
        })
    }
}

#[async_trait(?Send)]
impl Operation for Resume {
    async fn run(&mut self, times: u64) -> Result<()> {
        for _ in 0..times {
            let cursor = Some(self.cursor.clone());
            let mut line = Line::connect(&self.gateway, "ben", cursor).await?;
            for _ in 0..self.missed {
                line.event("message.new").await?;
            }
            line.hang_up().await?;
        }
        Ok(())
    }

    fn leave(self: Box<Self>) {
        self.world.leave();
    }
}
