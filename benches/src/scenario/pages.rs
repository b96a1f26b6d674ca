//! The cost of a page behind few messages and behind many.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    client::Rest,
    measure::{cpu::Usage, figure::Figure, latency::Latencies, rounds::Beside},
    options::Common,
    report::{Bound, Report, Table},
    seed::{ANN, World},
    target::Target,
};
use messaging_core::caller::Role;

/// How many items a page has: as many as without asking for a number.
pub(super) const PAGE: usize = 50;

/// How much costlier a page may be behind a million messages than behind a thousand.
const GOAL: Bound = Bound::AtMost(1.5);

/// Options of such a scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(super) common: Common,
    /// How many messages are few.
    #[arg(long, default_value_t = 1_000)]
    pub(super) few: u64,
    /// How many are many.
    #[arg(long, default_value_t = 1_000_000)]
    pub(super) many: u64,
}

/// A server behind which the messages of a world are, and Ann's connection.
#[derive(Debug)]
pub(super) struct Filled {
    pub(super) target: Target,
    pub(super) world: World,
    pub(super) ann: Rest,
}

impl Filled {
    pub(super) async fn start(common: &Common, world: World) -> anyhow::Result<Self> {
        let database = common.database.create().await;
        let filling = world.make(database.url()).await;
        filling.with_context(|| format!("cannot store {} messages", world.messages()))?;
        let target = Target::on(database).await?;
        let ann = crate::client::People::new(&target)?
            .rest(ANN, Role::Client)
            .await?;
        Ok(Self { target, world, ann })
    }

    /// A page as JSON.
    pub(super) async fn page(&mut self, path: &str) -> anyhow::Result<Value> {
        Ok(serde_json::from_slice(&self.ann.get(path).await?)?)
    }
}

/// What a page costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cost {
    /// Median, in ms.
    pub(super) latency_ms: f64,
    /// Processor time in us.
    pub(super) server_us: f64,
    pub(super) database_us: f64,
}

impl Cost {
    /// Of so many requests.
    pub(super) fn of(latencies: &Latencies, used: Usage) -> Self {
        let each = |time| crate::measure::cpu::per_thousand(time, latencies.len()) * 1e3;
        Self {
            latency_ms: latencies.percentile_ms(50.0),
            server_us: each(used.server),
            database_us: each(used.database),
        }
    }

    /// Everyone's processor time, in us.
    pub(super) fn cpu_us(self) -> f64 {
        self.server_us + self.database_us
    }
}

/// Asks for the same page again and again, one request after the other. Nothing changes meanwhile,
/// so neither may the page.
pub(super) async fn ask(
    filled: &mut Filled,
    common: &Common,
    path: &str,
    lasting: Duration,
) -> anyhow::Result<Cost> {
    let first = filled.ann.get(path).await?;
    let mut latencies = Latencies::default();
    let before = Usage::now(filled.target.pid(), common.database)?;
    let until = Instant::now() + lasting;
    while Instant::now() < until {
        let asked = Instant::now();
        let page = filled.ann.get(path).await?;
        latencies.record(asked.elapsed());
        ensure!(page == first, "{path} gives another page than before");
    }
    let used = Usage::now(filled.target.pid(), common.database)? - before;
    Ok(Cost::of(&latencies, used))
}

/// A page: its name and its address behind few messages and behind many.
pub(super) struct Page {
    pub(super) name: &'static str,
    pub(super) few: String,
    pub(super) many: String,
}

/// Measures each page on both, in turn.
pub(super) async fn compare(
    args: &Args,
    mut report: Report,
    [mut few, mut many]: [Filled; 2],
    pages: &[Page],
) -> anyhow::Result<()> {
    let common = &args.common;
    let lasting = common.round() / 2;
    let progress = crate::report::progress::bar(common.rounds * pages.len(), "pages");
    let mut results = vec![[(); 3].map(|()| Beside::default()); pages.len()];
    for _ in 0..common.rounds {
        for (page, [latency, server, database]) in pages.iter().zip(&mut results) {
            let a = ask(&mut many, common, &page.many, lasting).await?;
            let b = ask(&mut few, common, &page.few, lasting).await?;
            latency.push(a.latency_ms, b.latency_ms);
            server.push(a.server_us, b.server_us);
            database.push(a.database_us, b.database_us);
            progress.step();
        }
    }
    drop(progress);
    report.option("few messages", &args.few);
    report.option("many messages", &args.many);
    let columns = ["behind many", "behind few", "ratio"];
    for (page, [latency, server, database]) in pages.iter().zip(&results) {
        let mut table = Table::new(page.name, &columns);
        table.row("median latency", "ms", latency.cells());
        table.row("server CPU", "us", server.cells());
        table.row("database CPU", "us", database.cells());
        report.table(table);
        let goal = |what: &str| format!("{}, {what}, many to few", page.name);
        report.goal(goal("latency"), GOAL, &latency.ratio);
        report.goal(goal("CPU"), GOAL, &ratio_of_sums(server, database));
    }
    report.note(
        "One request after the other on one connection; the CPU of both processes is the goal's.",
    );
    report.finish()
}

/// The ratio of everyone's processor time, round by round.
fn ratio_of_sums(server: &Beside, database: &Beside) -> Figure {
    let sum = |a: &Figure, b: &Figure| -> Vec<f64> {
        let pairs = a.values().iter().zip(b.values());
        pairs.map(|(a, b)| a + b).collect()
    };
    let ours = sum(&server.ours, &database.ours);
    let ceiling = sum(&server.ceiling, &database.ceiling);
    ours.iter().zip(ceiling).map(|(a, b)| a / b).collect()
}

/// The items of a page, and where the next begins.
pub(super) fn items(page: &Value) -> anyhow::Result<(&Vec<Value>, Option<&str>)> {
    let items = page["items"].as_array().context("a page without items")?;
    Ok((items, page["next_cursor"].as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_compared_as_a_whole() {
        let (mut server, mut database) = (Beside::default(), Beside::default());
        server.push(100.0, 50.0);
        database.push(200.0, 50.0);
        assert_eq!(ratio_of_sums(&server, &database).values(), [3.0]);
    }
}
