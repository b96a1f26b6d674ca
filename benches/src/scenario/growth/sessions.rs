//! Costs beside more and more sessions, all of them in one group.

use anyhow::Context;
use messaging_core::caller::Role;
use serde_json::json;
use tokio::time::Instant;

use super::{Args, Growth, sizes};
use crate::{
    client::{People, Rest, socket::while_quiet},
    measure::{cpu::Usage, latency::Latencies},
    report::progress,
    scenario::{crowd::Crowd, fanout::Telling, idle::idle_cpu, pages::Cost, quiet::quiet},
    seed::TEXT,
    target::Target,
};

const SIZES: [u64; 3] = [10, 1_000, 10_000];

const NAMES: [&str; 3] = [
    "send to another thread",
    "delivery of a message to a session",
    "idle session in a second",
];

/// How long the sessions are idle, in seconds: a heartbeat comes every 25.
const QUIET: u64 = 25;

/// How many frames a burst comes to, at most and if it can.
const FRAMES: u64 = 200_000;

/// Measures one size after the other: sessions need their heartbeats answered.
pub(super) async fn measure(args: &Args) -> anyhow::Result<Growth> {
    let mut growth = Growth::new(sizes(SIZES, args.most_sessions), &NAMES);
    let progress = progress::bar(growth.sizes.len(), "costs by sessions");
    for size in 0..growth.sizes.len() {
        one(args, &mut growth, size).await?;
        progress.step();
    }
    Ok(growth)
}

async fn one(args: &Args, growth: &mut Growth, size: usize) -> anyhow::Result<()> {
    let sessions = usize::try_from(growth.sizes[size])?;
    let target = Target::on(args.common.database.create().await).await?;
    let pid = target.pid().context("a server of our own has a process")?;
    let people = People::new(&target)?;
    let mut absent = Crowd::gather_absent(&people, "absent", sessions).await?;
    let (sender, receiver) = (people.name("sender", 0), people.name("receiver", 0));
    let thread = people.open_direct(&sender, &receiver).await?;
    let mut rest = people.rest(&sender, Role::Client).await?;
    let mut crowd = Crowd::gather(&people, "here", sessions).await?;
    crowd.burst(1, TEXT).await?;
    let telling = Telling {
        pid: Some(pid),
        burst: (FRAMES / growth.sizes[size]).clamp(10, 1_000),
        lasting: args.while_measuring(),
    };
    for round in 0..args.common.rounds {
        let sending = send(args, &target, &mut rest, &thread, round);
        let cost = while_quiet(crowd.sockets(), sending).await?;
        growth.push(0, size, cost.cpu_us(), cost.latency_ms);
        let alone = while_quiet(crowd.sockets(), telling.run(&mut absent)).await?;
        let told = telling.run(&mut crowd).await?;
        growth.push(1, size, told.cost_beside(alone), f64::NAN);
    }
    while_quiet(crowd.sockets(), quiet(&target)).await?;
    let idle = idle_cpu(pid, crowd.sockets(), sessions + 1, QUIET).await?;
    growth.push(2, size, idle, f64::NAN);
    Ok(())
}

/// One message after the other into a thread that the many sessions are not in.
async fn send(
    args: &Args,
    target: &Target,
    rest: &mut Rest,
    thread: &str,
    round: usize,
) -> anyhow::Result<Cost> {
    let mut latencies = Latencies::default();
    let before = Usage::now(target.pid(), args.common.database)?;
    let until = Instant::now() + args.while_measuring();
    while Instant::now() < until {
        let name = format!("{round}-{}", latencies.len());
        let content = json!({ "type": "text", "text": TEXT });
        let body = json!({ "thread_id": thread, "client_id": name, "content": content });
        let began = Instant::now();
        rest.post("/api/messages", body.to_string().into()).await?;
        latencies.record(began.elapsed());
    }
    let used = Usage::now(target.pid(), args.common.database)? - before;
    Ok(Cost::of(&latencies, used))
}
