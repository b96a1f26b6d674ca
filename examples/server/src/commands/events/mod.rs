//! `events`: what other systems are told.

mod list;

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
}

pub(crate) async fn run(args: Args) -> Result<()> {
    match args.action {
        Action::List(args) => list::run(args).await,
    }
}
