//! Many who send into one group thread, so that every message waits for the one before it. Telling
//! each of them of all would be their number squared, so only some sessions listen.

use std::time::Duration;

use crate::{
    ceiling::{Load, group::Groups},
    client::{People, audience::Audience, socket::while_quiet},
    measure::cpu::Usage,
    options::{Common, Which},
    report::{Report, progress},
    scenario::exchange::Figures,
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
    let Common {
        database, rounds, ..
    } = args.common;
    let senders = args.senders as usize;
    let mut report = Report::begin("hot-thread", &args.common)?;
    report.option("senders", &senders);
    report.option("members", &args.members);
    report.option("listeners", &args.listeners);
    let progress = progress::bar(2 * rounds, "connecting");
    let target = Target::start(&args.common, &args.which).await?;
    let people = People::new(&target)?;
    let members = args.members as usize;
    let listeners = args.listeners as usize;
    let mut audience = Audience::gather(&people, members, senders, listeners).await?;
    let own = database.create().await;
    let groups = Groups::open(own.url(), 1).await?;
    let load = Load {
        senders,
        threads: 1,
        duration: args.common.round(),
    };
    progress.now("warming up");
    let warm_up = Duration::from_secs(args.warm_up);
    audience.round(warm_up).await?;
    let warm_up = Load {
        duration: warm_up,
        ..load
    };
    while_quiet(audience.sockets(), warm_up.run(&groups, database)).await?;
    let mut figures = Figures::default();
    for _ in 0..rounds {
        progress.now("one thread");
        let before = Usage::now(target.pid(), database)?;
        let exchange = audience.round(args.common.round()).await?;
        let used = Usage::now(target.pid(), database)? - before;
        progress.step();
        progress.now("group loop");
        let stored = while_quiet(audience.sockets(), load.run(&groups, database)).await?;
        progress.step();
        figures.push(&exchange, used, Some(&stored));
    }
    drop(progress);
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
