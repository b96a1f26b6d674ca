//! Pairs through the server and through a bare relay: how much of a message's price is the
//! `WebSocket`s' own.

use anyhow::Context;

use crate::{
    ceiling,
    client::{Pace, Pairs, People, socket::while_quiet},
    measure::{
        cpu::{Usage, per_thousand},
        figure::Figure,
        rounds::Beside,
    },
    options::{Common, Which},
    report::{Report, Table, progress},
    target::Target,
};

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    which: Which,
    /// How many pairs, each with two sessions.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    pairs: u32,
    /// How many unacknowledged messages each sender has under way.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    window: u32,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let Common {
        database, rounds, ..
    } = args.common;
    let (count, pace) = (args.pairs as usize, Pace::Window(args.window as usize));
    let mut report = Report::begin("relay", &args.common)?;
    report.option("pairs", &args.pairs);
    report.option("window", &args.window);
    let progress = progress::bar(2 * rounds, "connecting");
    let target = Target::start(&args.common, &args.which).await?;
    let mut pairs = Pairs::open(&People::new(&target)?, count).await?;
    let relay = ceiling::relay::start().await?;
    let pid = relay.pid().context("the relay has ended")?;
    let mut bare = Pairs::bare(&relay.address, count).await?;
    let (mut rate, mut cost) = (Beside::default(), Beside::default());
    let (mut database_cost, mut clients_cost) = (Figure::default(), Figure::default());
    for round in 0..=rounds {
        progress.now("server");
        let before = Usage::now(target.pid(), database)?;
        let exchange = pairs.round(pace, args.common.round());
        let through_server = while_quiet(bare.sockets(), exchange).await?;
        let used = Usage::now(target.pid(), database)? - before;
        progress.now("bare relay");
        let before = Usage::now(Some(pid), database)?;
        let exchange = bare.round(pace, args.common.round());
        let through_relay = while_quiet(pairs.sockets(), exchange).await?;
        let relaying = Usage::now(Some(pid), database)? - before;
        // The first round warms up.
        if round == 0 {
            continue;
        }
        progress.step();
        let messages = through_server.messages();
        rate.push(through_server.acknowledged, through_relay.acknowledged);
        cost.push(
            per_thousand(used.server, messages),
            per_thousand(relaying.server, through_relay.messages()),
        );
        database_cost.push(per_thousand(used.database, messages));
        clients_cost.push(per_thousand(Some(used.own), messages));
    }
    drop(progress);
    let mut table = Table::new("Pairs", &["server", "bare relay", "ratio"]);
    table.row("acknowledged", "1/s", rate.cells());
    table.row("CPU for 1,000 messages", "s", cost.cells());
    table.row(
        "the database's CPU",
        "s",
        [Some(&database_cost), None, None],
    );
    table.row("the clients' CPU", "s", [Some(&clients_cost), None, None]);
    report.table(table);
    report.note(
        "The relay answers each message and passes it on to the other's socket, and does nothing \
         else: what it costs is the price of three frames. The same clients use both.",
    );
    report.finish()
}
