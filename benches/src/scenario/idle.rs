//! Memory of idle sessions.

use messaging_core::caller::Role;

use crate::{
    client::{People, Socket},
    options::{Common, Which},
    target::{Target, process},
};

/// Options of the scenario.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many sessions, each of a user of its own.
    #[arg(long, default_value_t = 5000)]
    sessions: usize,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    which: Which,
}

pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let target = Target::start(&args.common, &args.which).await?;
    let people = People::new(&target)?;
    let memory = || target.pid().map(process::memory_kib).transpose();
    // The first few sessions bring in code and pools; what they cost is not a session's.
    drop(connect(&people, "warm", 100).await?);
    let before = memory()?;
    let sockets = connect(&people, "user", args.sessions).await?;
    eprintln!(
        "{} idle sessions: {before:?} KiB before, {:?} KiB with them",
        sockets.len(),
        memory()?
    );
    Ok(())
}

async fn connect(people: &People, kind: &str, count: usize) -> anyhow::Result<Vec<Socket>> {
    let users = (0..count).map(|number| (people.name(kind, number), Role::Client));
    people.connect_all(&users.collect::<Vec<_>>()).await
}
