//! `serve`: the server itself.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use anyhow::{Context, Result, bail};

use crate::{
    node::Node,
    settings::{Logging, Settings, check_later},
    signals,
};

/// How to serve.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A file to write the port to once it is open; useful with port 0.
    #[arg(long)]
    port_file: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    logging: Logging,
}

pub(crate) async fn run(args: Args) -> Result<()> {
    args.logging
        .start("info,sea_orm_migration=warn,sqlx=warn")?;
    if let Some(later) = check_later(|name| std::env::var(name).ok()).first() {
        bail!("{later}");
    }
    let node = Node::open(&args.settings).await?;
    announce(&node)?;
    if let Some(file) = &args.port_file {
        let port = node.address()?.port().to_string();
        std::fs::write(file, port).with_context(|| format!("cannot write {}", file.display()))?;
    }
    node.run(signals::shutdown()).await;
    tracing::info!("stopped");
    Ok(())
}

/// Says where the server listens: in the first line of standard output, for programs that started
/// it, and in the log.
fn announce(node: &Node) -> Result<()> {
    let address = node.address()?;
    writeln!(io::stdout(), "listening on http://{address}")?;
    if let Some(gateway) = node.gateway_address()? {
        writeln!(io::stdout(), "listening on ws://{gateway}/ws/messaging")?;
    }
    tracing::info!(%address, database = node.database(), "ready");
    Ok(())
}
