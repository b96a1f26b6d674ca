//! `events replay`: tells an endpoint again what it was told.

use anyhow::Result;
use messaging_core::id::{Position, WebhookId};

use crate::{commands::webhooks, node, settings::Database};

/// Whom, and from where on.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The webhook that is told.
    #[arg(long, value_name = "ID")]
    webhook: WebhookId,
    /// Everything after this position: 0 for all that is kept.
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(0..))]
    after: i64,
    #[command(flatten)]
    database: Database,
}

pub(crate) async fn run(args: Args) -> Result<()> {
    let after = Position::new(args.after);
    node::with_messaging(&args.database, async |messaging| {
        webhooks::replay(messaging, args.webhook, after).await
    })
    .await
}
