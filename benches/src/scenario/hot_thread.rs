//! Many who send into one group thread, so that every message waits for the one before it. Telling
//! each of them of all would be their number squared, so only some sessions listen.

use std::time::Duration;

use super::turns::{Clients, Turns};
use crate::{
    client::{People, Socket, audience::Audience, exchange::Exchange},
    options::{Common, Which},
    report::{Report, progress},
    target::Target,
};

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many send, each over a REST connection of its own and one message at a time.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..))]
    senders: u32,
    /// How many take part in the thread; with more connections, each has several.
    #[arg(long, default_value_t = 255, value_parser = clap::value_parser!(u32).range(1..=255))]
    members: u32,
    /// How many WebSocket sessions of participants are told of every message.
    #[arg(long, default_value_t = 8)]
    listeners: u32,
    /// How long they send before anything is measured, in seconds.
    #[arg(long, default_value_t = 2)]
    warm_up: u64,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    which: Which,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let senders = args.senders as usize;
    let mut report = Report::begin("hot-thread", &args.common)?;
    report.option("senders", &senders);
    report.option("members", &args.members);
    report.option("listeners", &args.listeners);
    let progress = progress::bar(2 * args.common.rounds, "connecting");
    let target = Target::start(&args.common, &args.which).await?;
    let people = People::new(&target)?;
    let members = args.members as usize;
    let listeners = args.listeners as usize;
    let mut audience = Audience::gather(&people, members, senders, listeners).await?;
    let turns = Turns {
        common: &args.common,
        target: &target,
        name: "one thread",
        senders,
        threads: 1,
        warm_up: args.warm_up,
        progress,
    };
    let figures = turns.run(&mut audience).await?;
    figures.report(&mut report);
    figures.goals(&mut report, None);
    report.note(
        "Every acknowledged message came to every listening session exactly once and in order. \
         Messages are sent over REST, one at a time on each connection; delivered counts each \
         message once for each listening session. The group loop sends as many at once into one \
         direct thread: it writes back two participants of a group of messages, and the server all \
         members.",
    );
    report.finish()
}

impl Clients for Audience {
    fn sockets(&mut self) -> impl Iterator<Item = &mut Socket> {
        self.sockets()
    }

    async fn round(&mut self, lasting: Duration) -> anyhow::Result<Exchange> {
        self.round(lasting).await
    }
}
