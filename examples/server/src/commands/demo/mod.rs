//! `demo`: a server with sample people who have talked and paid for it, and lines to paste.

mod guide;
mod sales;
mod seed;

use std::path::PathBuf;

use anyhow::Result;
use messaging_core::{Messaging, quota::QuotaMode};

use crate::{
    node::{self, Node},
    settings::{
        Conversation, Database, Listen, Logging, Moderation, Secret, Settings, Throttle, Tokens,
        Webhooks,
    },
    signals,
};

/// Where the demo runs.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of its database. What is there already is gone on with.
    #[arg(long, default_value = "./data/demo")]
    data_dir: PathBuf,
    /// Which port to listen on; any free one when it is taken.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    #[command(flatten)]
    logging: Logging,
}

pub(crate) async fn run(args: &Args) -> Result<()> {
    args.logging.start("warn")?;
    // Good for this one run: tokens of an earlier demo are worth nothing.
    let secret = random_secret();
    let mut settings = Settings {
        listen: Listen::local(args.port),
        // Absolute, since lines to paste name it.
        database: Database::sqlite_in(std::path::absolute(&args.data_dir)?),
        tokens: Tokens::of_secret(secret.clone()),
        throttle: Throttle::OFF,
        conversation: Conversation::paid(),
        moderation: Moderation::demo(),
        webhooks: Webhooks::default(),
    };
    seed_if_empty(&settings.database).await?;
    let node = match Node::open(&settings).await {
        Err(error) if is_taken(&error) => {
            settings.listen = Listen::local(0);
            Node::open(&settings).await?
        }
        opened => opened?,
    };
    guide::print(&node, &settings, &secret).await?;
    node.run(signals::shutdown()).await;
    Ok(())
}

async fn seed_if_empty(database: &Database) -> Result<()> {
    let clock = seed::PastClock::default();
    let store = node::open_store(database, true).await?;
    let messaging = Messaging::builder(store)
        .clock(clock.clone())
        .quota(QuotaMode::Enforce)
        .build();
    let outcome = seed::seed_if_empty(&messaging, &clock).await;
    messaging.shutdown().await;
    outcome
}

fn random_secret() -> Secret {
    let hex = rand::random::<[u8; 32]>().map(|byte| format!("{byte:02x}"));
    Secret::new(hex.concat())
}

fn is_taken(error: &anyhow::Error) -> bool {
    let source = error.downcast_ref::<std::io::Error>();
    source.is_some_and(|error| error.kind() == std::io::ErrorKind::AddrInUse)
}
