//! Messages through the core to a store.

use anyhow::Result;
use async_trait::async_trait;
use futures_util::future::try_join_all;
use messaging_core::id::ThreadId;

use crate::{
    Operation,
    world::{World, ann, message},
};

/// Sends messages, a few at once, each into a thread of its own.
pub(crate) struct Send {
    world: World,
    threads: Vec<ThreadId>,
    sent: u64,
}

impl Send {
    pub(crate) async fn memory() -> Result<Self> {
        Self::open(World::memory(), 1).await
    }

    pub(crate) async fn sqlite() -> Result<Self> {
        Self::open(World::sqlite().await?, 64).await
    }

    async fn open(world: World, at_once: usize) -> Result<Self> {
        let mut threads = Vec::with_capacity(at_once);
        for index in 0..at_once {
            threads.push(world.thread(&[format!("creator-{index}")]).await?);
        }
        Ok(Self {
            world,
            threads,
            sent: 0,
        })
    }
}

#[async_trait(?Send)]
impl Operation for Send {
    async fn run(&mut self, times: u64) -> Result<()> {
        let caller = ann();
        let messages = self.world.messaging.messages();
        let until = self.sent + times;
        while self.sent < until {
            let group = self.threads.iter().zip(self.sent..until);
            let sending = group.map(|(thread_id, number)| {
                let wish = message(*thread_id, number);
                messages.send(&caller, wish)
            });
            self.sent += u64::try_from(try_join_all(sending).await?.len())?;
            // The memory store answers at once: the hub's turn has to be given to it.
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    fn leave(self: Box<Self>) {
        self.world.leave();
    }
}
