//! Pairs of a client and a creator: a closed loop over `WebSocket`s, beside a bare loop that commits
//! the same rows in groups.

use std::time::Duration;

use super::turns::{Clients, Turns};
use crate::{
    client::{Pace, Pairs, People, Socket, exchange::Exchange},
    options::{Common, Which},
    report::{Report, progress},
    target::{Database, Target},
};

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many pairs, each with a direct thread and two sessions.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    pairs: u32,
    /// How many unacknowledged messages each sender has under way.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    window: u32,
    /// How long they send before anything is measured, in seconds.
    #[arg(long, default_value_t = 2)]
    warm_up: u64,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    which: Which,
}

/// What 1,000 messages may cost on PostgreSQL with [`GOAL_PAIRS`]: CPU seconds of the server and of
/// the database.
const COSTS: (f64, f64) = (0.035, 0.05);
const GOAL_PAIRS: u32 = 500;

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let (count, window) = (args.pairs as usize, args.window as usize);
    let mut report = Report::begin("pairs", &args.common)?;
    report.option("pairs", &count);
    report.option("window", &window);
    let progress = progress::bar(2 * args.common.rounds, "connecting");
    let target = Target::start(&args.common, &args.which).await?;
    let mut clients = Windows {
        pairs: Pairs::open(&People::new(&target)?, count).await?,
        window,
    };
    let turns = Turns {
        common: &args.common,
        target: &target,
        name: "pairs",
        senders: count * window,
        threads: count,
        warm_up: args.warm_up,
        progress,
    };
    let figures = turns.run(&mut clients).await?;
    figures.report(&mut report);
    let costs =
        (args.common.database == Database::Postgres && args.pairs == GOAL_PAIRS).then_some(COSTS);
    figures.goals(&mut report, costs);
    report.note(
        "Every acknowledged message came to the other's socket exactly once and in order. The \
         clients share the machine with the server and the database, the group loop has it to \
         itself and its database: the ratio of throughput holds that against the server, the ratio \
         of CPU does not.",
    );
    report.finish()
}

/// Pairs that keep so many messages under way.
#[derive(Debug)]
struct Windows {
    pairs: Pairs,
    window: usize,
}

impl Clients for Windows {
    fn sockets(&mut self) -> impl Iterator<Item = &mut Socket> {
        self.pairs.sockets()
    }

    async fn round(&mut self, lasting: Duration) -> anyhow::Result<Exchange> {
        self.pairs.round(Pace::Window(self.window), lasting).await
    }
}
