//! `events`: what other systems are told. A file a verb.

mod list;
mod replay;

use anyhow::Result;

/// What is to be done.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Lists domain events, the oldest that is kept first.
    List(list::Args),
    /// Tells a webhook again what lies after a position.
    Replay(replay::Args),
}

pub(crate) async fn run(args: Args) -> Result<()> {
    match args.action {
        Action::List(args) => list::run(args).await,
        Action::Replay(args) => replay::run(args).await,
    }
}
