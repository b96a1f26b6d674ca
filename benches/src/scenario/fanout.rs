//! One thread, many sessions: what it costs to tell each of them every message, against a bare
//! broadcast of frames of the same size.

use std::time::Duration;

use anyhow::ensure;
use tokio::time::Instant;

use super::crowd::{Burst, Crowd, hear_all};
use crate::{
    ceiling::coalesce::Coalescer,
    client::{People, Socket, files, socket::while_quiet},
    measure::{figure::Figure, rounds::Beside},
    options::{Common, Which},
    report::{Bound, Report, Table, progress},
    seed::TEXT,
    target::{Target, process},
};

/// What a delivery may cost beside a bare one.
const GOAL: Bound = Bound::AtLeast(0.8);

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    which: Which,
    /// How many sessions hear everything.
    #[arg(long, default_value_t = 1_000)]
    sessions: usize,
    /// How many messages are sent before everyone is waited for: no more than the server lets wait
    /// for a session that is behind.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    burst: u64,
}

/// What a round came to.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Round {
    seconds: f64,
    deliveries: f64,
    messages: f64,
    bytes: f64,
    /// Of the server, or of the bare broadcaster.
    cpu_us: f64,
}

impl Round {
    /// Processor time in us of each delivery, without what the same messages cost when nobody
    /// listens: that is not the price of telling them.
    pub(super) fn cost_beside(self, alone: Self) -> f64 {
        (self.cpu_us - alone.cost_of_message() * self.messages) / self.deliveries
    }

    fn add(&mut self, messages: u64, burst: Burst) {
        let float = |count: u64| {
            #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
            let count = count as f64;
            count
        };
        self.seconds += burst.lasted.as_secs_f64();
        self.deliveries += float(burst.frames);
        self.messages += float(messages);
        self.bytes += float(burst.bytes);
    }

    fn per_second(self) -> f64 {
        self.deliveries / self.seconds
    }

    /// Processor time in us of each delivery.
    fn cost(self) -> f64 {
        self.cpu_us / self.deliveries
    }

    /// Processor time in us of each message.
    fn cost_of_message(self) -> f64 {
        self.cpu_us / self.messages
    }
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    ensure!(args.sessions > 0, "somebody must listen");
    let mut report = Report::begin("fanout", &args.common)?;
    report.option("sessions", &args.sessions);
    report.option("messages of a burst", &args.burst);
    files::make_room(2 * args.sessions)?;
    let target = Target::start(&args.common, &args.which).await?;
    let people = People::new(&target)?;
    let mut crowd = Crowd::gather(&people, "here", args.sessions).await?;
    let mut absent = Crowd::gather_absent(&people, "absent", args.sessions).await?;
    let mut bare = Bare::gather(args.sessions).await?;
    let warm = crowd.burst(1, TEXT).await?;
    let bytes = usize::try_from(warm.bytes / warm.frames)?;
    let (mut rate, mut cost) = (Beside::default(), Beside::default());
    let mut sending = Figure::default();
    let progress = progress::bar(args.common.rounds, "messages are told to everyone");
    for _ in 0..args.common.rounds {
        let round = Telling {
            pid: target.pid(),
            burst: args.burst,
            lasting: args.common.round(),
        };
        let alone = while_quiet(crowd.sockets(), round.run(&mut absent)).await?;
        let told = round.run(&mut crowd).await?;
        let round = Telling {
            pid: bare.coalescer.pid(),
            ..round
        };
        let bare = round.bursts(async |frames| bare.burst(frames, bytes).await);
        let bare = while_quiet(crowd.sockets(), bare).await?;
        rate.push(told.per_second(), bare.per_second());
        cost.push(told.cost_beside(alone), bare.cost());
        sending.push(alone.cost_of_message());
        progress.step();
    }
    drop(progress);
    let mut table = Table::new("Fan-out", &["server", "bare tungstenite", "ratio"]);
    table.row("deliveries", "1/s", rate.cells());
    table.row("CPU of a delivery", "us", cost.cells());
    report.table(table);
    let mut table = Table::new("Sending", &["server"]);
    table.row("CPU of a message that nobody hears", "us", [Some(&sending)]);
    report.table(table);
    let saved: Figure = cost
        .ratio
        .values()
        .iter()
        .map(|ratio| 1.0 / ratio)
        .collect();
    report.goal("deliveries/s to a bare loop's", GOAL, &rate.ratio);
    report.goal("bare CPU of a delivery to the server's", GOAL, &saved);
    report.note(format!(
        "Frames have {bytes} bytes. The clients share the machine with what they listen to; they \
         are the same for both. The server's CPU of a delivery is without that of sending."
    ));
    report.finish()
}

/// A round of the server's, or of the bare broadcaster's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Telling {
    pub(super) pid: Option<u32>,
    /// How many messages before everyone is waited for.
    pub(super) burst: u64,
    pub(super) lasting: Duration,
}

impl Telling {
    /// A round of messages to a crowd.
    pub(super) async fn run(self, crowd: &mut Crowd) -> anyhow::Result<Round> {
        self.bursts(async |messages| crowd.burst(messages, TEXT).await)
            .await
    }

    /// Bursts until the time is over.
    async fn bursts(
        self,
        mut burst: impl AsyncFnMut(u64) -> anyhow::Result<Burst>,
    ) -> anyhow::Result<Round> {
        let mut round = Round::default();
        let before = cpu_us(self.pid)?;
        let until = Instant::now() + self.lasting;
        while Instant::now() < until {
            round.add(self.burst, burst(self.burst).await?);
        }
        round.cpu_us = cpu_us(self.pid)? - before;
        Ok(round)
    }
}

/// The process's processor time so far; NaN when the process is not known.
fn cpu_us(pid: Option<u32>) -> anyhow::Result<f64> {
    let used = pid.map(process::cpu).transpose()?;
    Ok(used.map_or(f64::NAN, |used| used.as_secs_f64() * 1e6))
}

/// The bare broadcaster and its listeners.
struct Bare {
    coalescer: Coalescer,
    listeners: Vec<Socket>,
    frames: u64,
}

impl Bare {
    async fn gather(sessions: usize) -> anyhow::Result<Self> {
        let coalescer = Coalescer::start().await?;
        let mut listeners = Vec::with_capacity(sessions);
        for _ in 0..sessions {
            listeners.push(Socket::connect(coalescer.address(), "nobody", None).await?);
        }
        Ok(Self {
            coalescer,
            listeners,
            frames: 0,
        })
    }

    async fn burst(&mut self, frames: u64, bytes: usize) -> anyhow::Result<Burst> {
        let began = Instant::now();
        let first = self.frames;
        let hearing = hear_all(std::mem::take(&mut self.listeners), first..first + frames);
        let telling = self.coalescer.broadcast(first, frames, bytes);
        let ((listeners, bytes), ()) = tokio::try_join!(hearing, telling)?;
        self.frames += frames;
        let frames = frames * listeners.len() as u64;
        self.listeners = listeners;
        Ok(Burst {
            lasted: began.elapsed(),
            frames,
            bytes,
        })
    }
}
