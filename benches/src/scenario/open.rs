//! A fixed rate over pairs, whatever comes back: an open loop. Latencies count from the moment in
//! which a message was meant to be sent, so that a stall is seen in all messages that it delayed.

use std::time::Duration;

use crate::{
    client::{Pace, Pairs, People},
    measure::{cpu::Usage, figure::Figure},
    options::{Common, Which},
    report::{Bound, Report, progress},
    scenario::exchange::Figures,
    target::Target,
};

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many pairs, each with a direct thread and two sessions.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..))]
    pairs: u32,
    /// Messages a second, of all pairs together.
    #[arg(long, conflicts_with = "of_capacity", value_parser = positive)]
    rate: Option<f64>,
    /// The rate as a share of what a closed loop of the same pairs reaches.
    #[arg(long, default_value_t = 0.5, value_parser = positive)]
    of_capacity: f64,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    which: Which,
}

/// From send to the other's socket, p99 at half of the capacity, in ms.
const GOAL_MS: f64 = 25.0;

/// How long the closed loop runs in before its rate counts.
const WARM_UP: Duration = Duration::from_secs(2);

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let Common {
        database, rounds, ..
    } = args.common;
    let mut report = Report::begin("open", &args.common)?;
    report.option("pairs", &args.pairs);
    let progress = progress::bar(rounds, "connecting");
    let target = Target::start(&args.common, &args.which).await?;
    let mut pairs = Pairs::open(&People::new(&target)?, args.pairs as usize).await?;
    progress.now("warming up");
    pairs.round(Pace::Window(1), WARM_UP).await?;
    let rate = if let Some(rate) = args.rate {
        rate
    } else {
        progress.now("measuring the capacity");
        let closed = pairs.round(Pace::Window(1), args.common.round()).await?;
        report.option(
            "capacity, messages/s",
            &format!("{:.0}", closed.acknowledged),
        );
        closed.acknowledged * args.of_capacity
    };
    report.option("rate, messages/s", &format!("{rate:.0}"));
    let mut figures = Figures::default();
    let mut kept = Figure::default();
    for _ in 0..rounds {
        progress.now("open loop");
        let before = Usage::now(target.pid(), database)?;
        let exchange = pairs.round(Pace::Rate(rate), args.common.round()).await?;
        let used = Usage::now(target.pid(), database)? - before;
        progress.step();
        figures.push(&exchange, used, None);
        kept.push(exchange.delivered / rate);
    }
    drop(progress);
    figures.report(&mut report);
    // At another rate there is no goal.
    if args.rate.is_none() {
        let name = format!(
            "send to the other's socket at {} of capacity, p99, ms",
            args.of_capacity
        );
        report.goal(name, Bound::AtMost(GOAL_MS), figures.to_other.p99());
    }
    report.goal(
        "delivered within the round, of the rate",
        Bound::AtLeast(KEPT),
        &kept,
    );
    report.note(
        "Latency counts from the moment in which a message was meant to be sent. The clients' timer \
         has steps of a millisecond, which are in the figures.",
    );
    report.finish()
}

/// Less than this share of the rate, and messages pile up.
const KEPT: f64 = 0.95;

fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    match number {
        number if number.is_finite() && number > 0.0 => Ok(number),
        _ => Err("must be above 0".to_owned()),
    }
}
