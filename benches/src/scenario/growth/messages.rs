//! Costs behind more and more messages: half of them in one thread, the others in a hundred.

use anyhow::Context;
use messaging_core::caller::Role;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use super::{Args, Growth, sizes};
use crate::{
    client::{People, socket::PATIENCE},
    measure::{cpu::Usage, latency::Latencies},
    report::progress,
    scenario::{
        history, inbox,
        pages::{Cost, Filled, ask},
        resume_storm::resume,
    },
    seed::{ANN, TEXT, World, thread_id},
};

const SIZES: [u64; 3] = [1_000, 100_000, 1_000_000];
/// How many threads share the other half.
const OTHERS: u64 = 100;
/// How many events a resume brings.
const MISSED: u64 = 50;

const NAMES: [&str; 4] = ["send", "history page", "thread list", "resume"];

fn world(messages: u64) -> World {
    World {
        threads: OTHERS + 1,
        first: messages / 2,
        others: messages / 2 / OTHERS,
    }
}

/// A size, and what is asked for.
struct Step {
    filled: Filled,
    history: String,
    inbox: String,
    token: String,
    /// Names for new messages.
    sent: u64,
}

/// Measures all sizes in turn.
pub(super) async fn measure(args: &Args) -> anyhow::Result<Growth> {
    let sizes = sizes(SIZES, args.most);
    let progress = progress::bar(sizes.len(), "messages are stored");
    let mut steps = Vec::new();
    for size in &sizes {
        steps.push(Step::start(args, *size).await?);
        progress.step();
    }
    drop(progress);
    let mut growth = Growth::new(sizes, &NAMES);
    let progress = progress::bar(args.common.rounds * steps.len(), "costs by messages");
    for _ in 0..args.common.rounds {
        for (size, step) in steps.iter_mut().enumerate() {
            let costs = [
                step.send(args).await?,
                step.page(args, false).await?,
                step.page(args, true).await?,
                step.resume(args).await?,
            ];
            for (curve, cost) in costs.into_iter().enumerate() {
                growth.push(curve, size, cost.cpu_us(), cost.latency_ms);
            }
            progress.step();
        }
    }
    Ok(growth)
}

impl Step {
    async fn start(args: &Args, messages: u64) -> anyhow::Result<Self> {
        let mut filled = Filled::start(&args.common, world(messages)).await?;
        Ok(Self {
            history: history::newest(&mut filled).await?,
            inbox: inbox::first(&mut filled).await?,
            token: People::new(&filled.target)?.token(ANN, Role::Client)?,
            filled,
            sent: 0,
        })
    }

    async fn page(&mut self, args: &Args, inbox: bool) -> anyhow::Result<Cost> {
        let path = if inbox { &self.inbox } else { &self.history };
        ask(&mut self.filled, &args.common, path, args.while_measuring()).await
    }

    /// A message into this thread; where it is.
    async fn send_one(&mut self, thread: u64) -> anyhow::Result<u64> {
        self.sent += 1;
        let content = json!({ "type": "text", "text": TEXT });
        let body = json!({
            "thread_id": thread_id(usize::try_from(thread)?),
            "client_id": format!("new-{}", self.sent),
            "content": content,
        });
        let path = "/api/messages";
        let answer = self.filled.ann.post(path, body.to_string().into()).await?;
        let message: Value = serde_json::from_slice(&answer)?;
        message["seq"].as_u64().context("a message without seq")
    }

    /// One message after the other, into one thread after the other.
    async fn send(&mut self, args: &Args) -> anyhow::Result<Cost> {
        let mut latencies = Latencies::default();
        let before = self.used(args)?;
        let until = Instant::now() + args.while_measuring();
        while Instant::now() < until {
            let began = Instant::now();
            self.send_one(1 + self.sent % OTHERS).await?;
            latencies.record(began.elapsed());
        }
        Ok(Cost::of(&latencies, self.used(args)? - before))
    }

    /// One session after the other that has missed the same messages.
    async fn resume(&mut self, args: &Args) -> anyhow::Result<Cost> {
        let sync = self.filled.page("/api/sync").await?;
        let cursor = sync["cursor"]
            .as_str()
            .context("an answer without a cursor")?;
        let first = self.send_one(1).await?;
        for _ in 1..MISSED {
            self.send_one(1).await?;
        }
        let address = self.filled.target.address().to_owned();
        let mut latencies = Latencies::default();
        let before = self.used(args)?;
        let until = Instant::now() + args.while_measuring();
        while Instant::now() < until {
            let began = Instant::now();
            let resuming = resume(&address, &self.token, cursor, first..first + MISSED);
            let resumed = timeout(PATIENCE, resuming).await;
            drop(resumed.context("not caught up within the time")??);
            latencies.record(began.elapsed());
        }
        Ok(Cost::of(&latencies, self.used(args)? - before))
    }

    fn used(&self, args: &Args) -> anyhow::Result<Usage> {
        Usage::now(self.filled.target.pid(), args.common.database)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_is_what_it_says() {
        for size in SIZES {
            assert_eq!(world(size).messages(), size);
        }
    }
}
