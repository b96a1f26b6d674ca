//! `user`: a user's standing. A server that runs on the same database follows the log, so that it
//! ends a banned user's sessions within a second.

use std::io::{self, Write};

use anyhow::{Context, Result};
use messaging_core::{
    Messaging,
    account::{Account, AccountChange, AccountState, Ban},
    clock::Timestamp,
    id::UserId,
};

use crate::{node, settings::Database};

/// Whom it is about, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    database: Database,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Bans a user: sending stops at once, open sessions are closed.
    Ban {
        /// The user's id.
        id: UserId,
        /// Why; for operators only.
        #[arg(long, default_value = "")]
        reason: String,
        /// When the ban ends by itself, like 2027-01-31T00:00:00Z; never unless given.
        #[arg(long, value_parser = parse_time)]
        until: Option<Timestamp>,
    },
    /// Lifts a ban.
    Unban {
        /// The user's id.
        id: UserId,
    },
    /// Deactivates a user.
    Deactivate {
        /// The user's id.
        id: UserId,
    },
    /// Undoes a deactivation.
    Reactivate {
        /// The user's id.
        id: UserId,
    },
    /// Shows a user's standing.
    Show {
        /// The user's id.
        id: UserId,
    },
}

impl Action {
    fn into_change(self) -> (UserId, Option<AccountChange>) {
        match self {
            Self::Ban { id, reason, until } => {
                (id, Some(AccountChange::Ban(Ban { reason, until })))
            }
            Self::Unban { id } => (id, Some(AccountChange::Unban)),
            Self::Deactivate { id } => (id, Some(AccountChange::Deactivate)),
            Self::Reactivate { id } => (id, Some(AccountChange::Reactivate)),
            Self::Show { id } => (id, None),
        }
    }
}

pub(crate) async fn run(args: Args) -> Result<()> {
    let store = node::open_store(&args.database, false).await?;
    let messaging = Messaging::builder(store).build();
    let (id, change) = args.action.into_change();
    let account = match change {
        Some(change) => Ok(messaging.accounts().set(&id, change).await?),
        None => messaging.accounts().lookup(&id).await,
    }
    .context("the account cannot be read; `migrate up` makes the tables")?;
    let now = messaging.clock().now();
    messaging.shutdown().await;
    print(&account, now)?;
    Ok(())
}

fn print(account: &Account, now: Timestamp) -> io::Result<()> {
    let state = match account.state(now) {
        AccountState::Active => "active",
        AccountState::Banned => "banned",
        AccountState::Deactivated => "deactivated",
        _ => "of another standing",
    };
    let mut out = io::stdout().lock();
    writeln!(out, "{} is {state}", account.user_id)?;
    if let Some(Ban { reason, until }) = &account.ban {
        if !reason.is_empty() {
            writeln!(out, "  ban reason: {reason}")?;
        }
        match until {
            Some(until) => writeln!(out, "  ban ends: {until}")?,
            None => writeln!(out, "  ban ends: never")?,
        }
    }
    Ok(())
}

pub(super) fn parse_time(text: &str) -> Result<Timestamp, String> {
    serde_json::from_value(text.into())
        .map_err(|_| "must be a time like 2027-01-31T00:00:00Z".to_owned())
}
