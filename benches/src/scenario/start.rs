//! How long the server takes to be ready, and its memory then.

use messaging_store_sea::testkit::TestDatabase;

use crate::{
    measure::figure::Figure,
    target::{Server, process},
};

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many starts.
    #[arg(long, default_value_t = 10)]
    rounds: usize,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let (mut fresh, mut again) = (Figure::default(), Figure::default());
    let mut memory = Figure::default();
    for _ in 0..args.rounds {
        let database = TestDatabase::sqlite();
        let first = Server::start(database.url()).await?;
        fresh.push(first.ready_after.as_secs_f64() * 1e3);
        drop(first);
        let second = Server::start(database.url()).await?;
        again.push(second.ready_after.as_secs_f64() * 1e3);
        #[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
        memory.push(process::memory_kib(second.pid)? as f64 / 1024.0);
    }
    eprintln!("ready on a new SQLite file:      {fresh} ms");
    eprintln!("ready on one that is there:      {again} ms");
    eprintln!("memory of the server, idle then: {memory:.1} MiB");
    Ok(())
}
