//! Lists, a page at a time.

use std::hint::black_box;

use anyhow::Result;
use async_trait::async_trait;
use messaging_core::{
    id::{Position, ThreadId},
    message::ListMessages,
    page::{Cursor, PageSize},
};

use crate::{
    Operation,
    world::{World, ann, message},
};

/// How many messages there are to page through.
const MESSAGES: u64 = 500;

/// Cursors are written and read.
pub(crate) struct Cursors;

#[async_trait(?Send)]
impl Operation for Cursors {
    async fn run(&mut self, times: u64) -> Result<()> {
        for _ in 0..times {
            let cursor = Cursor::of_position(black_box(Position::new(1_000_000)));
            black_box(cursor.to_position()?);
        }
        Ok(())
    }
}

/// Goes back through a thread's history, from its end again when it has come to the beginning.
pub(crate) struct Pages {
    world: World,
    thread_id: ThreadId,
}

impl Pages {
    pub(crate) async fn memory() -> Result<Self> {
        Self::open(World::memory()).await
    }

    pub(crate) async fn sqlite() -> Result<Self> {
        Self::open(World::sqlite().await?).await
    }

    async fn open(world: World) -> Result<Self> {
        let thread_id = world.thread(&["ben".to_owned()]).await?;
        for number in 0..MESSAGES {
            let wish = message(thread_id, number);
            world.messaging.messages().send(&ann(), wish).await?;
        }
        Ok(Self { world, thread_id })
    }
}

#[async_trait(?Send)]
impl Operation for Pages {
    async fn run(&mut self, times: u64) -> Result<()> {
        let caller = ann();
        let mut wish = ListMessages::newest(self.thread_id, PageSize::default());
        for _ in 0..times {
            let page = self.world.messaging.messages().list(&caller, &wish).await?;
            wish.cursor = black_box(page).next_cursor;
        }
        Ok(())
    }

    fn leave(self: Box<Self>) {
        self.world.leave();
    }
}
