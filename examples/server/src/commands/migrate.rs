//! `migrate`: the database's schema. `serve` applies what is pending by itself; this is for those
//! who would rather do it before, or take it back.

use std::io::{self, Write};

use anyhow::{Context, Result};
use messaging_store_sea::{Migrations, SeaOptions};

use crate::settings::{Database, shown};

/// What to do with the schema, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    database: Database,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Applies everything that is pending.
    Up,
    /// Takes back the newest migrations, with all that their tables hold.
    Down {
        /// How many.
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// Lists every migration and whether it is applied. Changes nothing.
    Status,
}

pub(crate) async fn run(args: Args) -> Result<()> {
    let url = args.database.url()?;
    let migrations = connect(&args.database).await?;
    match args.action {
        Action::Up => migrations.up().await,
        Action::Down { steps } => migrations.down(steps).await,
        Action::Status => Ok(()),
    }
    .with_context(|| format!("cannot change the schema of {}", shown(&url)))?;
    for state in migrations.status().await? {
        let word = if state.applied { "applied" } else { "pending" };
        writeln!(io::stdout(), "{word}  {}", state.name)?;
    }
    migrations.close().await?;
    Ok(())
}

/// Opens a database to look at its schema.
pub(crate) async fn connect(database: &Database) -> Result<Migrations> {
    let url = database.url()?;
    Migrations::connect(url.expose(), &SeaOptions::default())
        .await
        .with_context(|| format!("cannot open {}", shown(&url)))
}
