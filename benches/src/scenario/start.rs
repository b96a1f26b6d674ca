//! How long the server takes to be ready, and its memory then.

use crate::{
    measure::figure::Figure,
    options::Common,
    report::{Bound, Report, Table, progress},
    target::{Server, process},
};

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    common: Common,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let mut report = Report::begin("start", &args.common)?;
    let [mut fresh, mut again, mut memory] = [(); 3].map(|()| Figure::default());
    let progress = progress::bar(args.common.rounds, "the server starts");
    for _ in 0..args.common.rounds {
        let database = args.common.database.create().await;
        let first = Server::start(database.url()).await?;
        fresh.push(first.ready_after.as_secs_f64() * 1e3);
        first.kill().await?;
        let second = Server::start(database.url()).await?;
        again.push(second.ready_after.as_secs_f64() * 1e3);
        #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
        memory.push(process::memory_kib(second.pid)? as f64 / 1024.0);
        second.kill().await?;
        progress.step();
    }
    drop(progress);
    let mut table = Table::new("Start", &["server"]);
    table.row("ready on a new database", "ms", [Some(&fresh)]);
    table.row("ready on one that is there", "ms", [Some(&again)]);
    table.row("memory, idle", "MiB", [Some(&memory)]);
    report.table(table);
    report.goal("ready on a new database, ms", Bound::AtMost(300.0), &fresh);
    report.goal("memory, idle, MiB", Bound::AtMost(20.0), &memory);
    report.note("Ready is when it says where it listens: it accepts requests by then.");
    report.finish()
}
