//! A closed loop of senders within this process.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::{task::JoinSet, time::Instant};

use super::Sender;
use crate::{
    measure::{
        cpu::{Usage, per_thousand},
        latency::Latencies,
    },
    target::Database,
};

/// How many send at once, each as soon as its last message is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) senders: usize,
    /// The senders go round these.
    pub(crate) threads: usize,
    pub(crate) duration: Duration,
}

/// What a round came to.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) messages: u64,
    pub(crate) per_second: f64,
    pub(crate) latencies: Latencies,
    pub(crate) used: Usage,
}

impl Stored {
    /// Seconds of processor time for 1,000 messages, of this process and of the database.
    pub(crate) fn cpu(&self) -> (f64, f64) {
        (
            per_thousand(Some(self.used.own), self.messages),
            per_thousand(self.used.database, self.messages),
        )
    }
}

/// Numbers of messages are unique in a run, over all rounds.
static NUMBER: AtomicU64 = AtomicU64::new(0);

impl Load {
    /// Lets the senders send for the time, and waits for what is then under way.
    pub(crate) async fn run<S: Sender>(
        self,
        sender: &S,
        database: Database,
    ) -> anyhow::Result<Stored> {
        let before = Usage::now(None, database)?;
        let began = Instant::now();
        let mut tasks = JoinSet::new();
        for index in 0..self.senders {
            tasks.spawn(self.send_until(sender.clone(), index, began + self.duration));
        }
        let mut latencies = Latencies::default();
        while let Some(task) = tasks.join_next().await {
            latencies.extend_us(&task??);
        }
        let elapsed = began.elapsed().as_secs_f64();
        let used = Usage::now(None, database)? - before;
        let messages = latencies.len();
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let per_second = messages as f64 / elapsed;
        Ok(Stored {
            messages,
            per_second,
            latencies,
            used,
        })
    }

    /// One sender; the latency of each message in microseconds.
    async fn send_until<S: Sender>(
        self,
        sender: S,
        index: usize,
        until: Instant,
    ) -> anyhow::Result<Vec<u32>> {
        let mut latencies = Vec::new();
        let mut thread = index % self.threads;
        loop {
            let began = Instant::now();
            if began >= until {
                return Ok(latencies);
            }
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            sender.send(thread, number).await?;
            latencies.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
            thread = (thread + self.senders) % self.threads;
        }
    }
}
