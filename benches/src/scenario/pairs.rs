//! Pairs of a client and a creator: a closed loop over `WebSocket`s, beside a bare loop that commits
//! the same rows in groups.

use std::time::Duration;

use crate::{
    ceiling::{Load, group::Groups},
    client::{Pace, Pairs, People, socket::while_quiet},
    measure::cpu::Usage,
    options::{Common, Which},
    report::{Report, progress},
    scenario::exchange::Figures,
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
    let Common {
        database, rounds, ..
    } = args.common;
    let (count, window) = (args.pairs as usize, args.window as usize);
    let mut report = Report::begin("pairs", &args.common)?;
    report.option("pairs", &count);
    report.option("window", &window);
    let progress = progress::bar(2 * rounds, "connecting");
    let target = Target::start(&args.common, &args.which).await?;
    let mut pairs = Pairs::open(&People::new(&target)?, count).await?;
    let own = database.create().await;
    let groups = Groups::open(own.url(), count).await?;
    let load = Load {
        senders: count * window,
        threads: count,
        duration: args.common.round(),
    };
    let pace = Pace::Window(window);
    progress.now("warming up");
    let warm_up = Duration::from_secs(args.warm_up);
    pairs.round(pace, warm_up).await?;
    let warm_up = Load {
        duration: warm_up,
        ..load
    };
    while_quiet(pairs.sockets(), warm_up.run(&groups, database)).await?;
    let mut figures = Figures::default();
    for _ in 0..rounds {
        progress.now("pairs");
        let before = Usage::now(target.pid(), database)?;
        let exchange = pairs.round(pace, args.common.round()).await?;
        let used = Usage::now(target.pid(), database)? - before;
        progress.step();
        progress.now("group loop");
        let stored = while_quiet(pairs.sockets(), load.run(&groups, database)).await?;
        progress.step();
        figures.push(&exchange, used, Some(&stored));
    }
    drop(progress);
    figures.report(&mut report);
    let costs = (database == Database::Postgres && args.pairs == GOAL_PAIRS).then_some(COSTS);
    figures.goals(&mut report, costs);
    report.note(
        "Every acknowledged message came to the other's socket exactly once and in order. The \
         clients share the machine with the server and the database, the group loop has it to \
         itself and its database: the ratio of throughput holds that against the server, the ratio \
         of CPU does not.",
    );
    report.finish()
}
