//! `webhooks`: endpoints that are told of events. A server that runs on the same database takes up a
//! change within a second or two.

use std::{
    io::{self, Write},
    time::Duration,
};

use anyhow::{Context, Result};
use clap::builder::PossibleValuesParser;
use messaging_core::{
    Messaging,
    event::EventData,
    id::{Position, WebhookId},
    page::PageSize,
    webhook::{AddWebhook, AttemptOutcome, Webhook, WebhookSecret, WebhookState},
};

use crate::{
    node,
    settings::{Database, WebhookAddresses, parse_duration},
    table::Table,
};

/// What is to be done, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    database: Database,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Adds an endpoint, and prints its secret: this once.
    Add {
        /// Where events are sent: an https address.
        url: String,
        /// Events of these types alone; all unless given.
        #[arg(long = "type", value_parser = PossibleValuesParser::new(EventData::KINDS))]
        kinds: Vec<String>,
        /// What to call it.
        #[arg(long, default_value = "")]
        description: String,
        #[command(flatten)]
        addresses: WebhookAddresses,
    },
    /// Lists the endpoints and how each stands.
    List,
    /// Tells an endpoint events of other types.
    Filter {
        /// The endpoint's id.
        id: WebhookId,
        /// Events of these types alone; all unless given.
        #[arg(long = "type", value_parser = PossibleValuesParser::new(EventData::KINDS))]
        kinds: Vec<String>,
    },
    /// Tells an endpoint nothing more until it is resumed.
    Pause {
        /// The endpoint's id.
        id: WebhookId,
        /// Why.
        #[arg(long, default_value = "paused by an operator")]
        reason: String,
    },
    /// Tells an endpoint what it has missed, and goes on.
    Resume {
        /// The endpoint's id.
        id: WebhookId,
    },
    /// Gives an endpoint another secret, and prints it: this once.
    Rotate {
        /// The endpoint's id.
        id: WebhookId,
        /// How long deliveries are signed with the former secret, too.
        #[arg(long, default_value = "24h", value_parser = parse_duration)]
        overlap: Duration,
    },
    /// Removes an endpoint, and what was noted of it.
    Remove {
        /// The endpoint's id.
        id: WebhookId,
    },
    /// Lists the newest attempts to deliver to an endpoint.
    Attempts {
        /// The endpoint's id.
        id: WebhookId,
        /// Those alone that did not succeed.
        #[arg(long)]
        failed: bool,
    },
}

pub(crate) async fn run(args: Args) -> Result<()> {
    node::with_messaging(&args.database, async |messaging| {
        act(messaging, args.action).await
    })
    .await
}

async fn act(messaging: &Messaging, action: Action) -> Result<()> {
    let webhooks = messaging.webhooks();
    match action {
        Action::Add {
            url,
            kinds,
            description,
            addresses,
        } => {
            let secret = random_secret()?;
            let wish = AddWebhook {
                url,
                description,
                kinds,
                secret: secret.clone(),
            };
            let webhook = webhooks.add(wish, addresses.policy()).await?;
            print_secret(&webhook, &secret)?;
        }
        Action::List => {
            let all = webhooks.list().await;
            list(&all.context("webhooks cannot be read; `migrate up` makes the tables")?)?;
        }
        Action::Filter { id, kinds } => print_state(&webhooks.set_kinds(id, kinds).await?)?,
        Action::Pause { id, reason } => print_state(&webhooks.pause(id, &reason).await?)?,
        Action::Resume { id } => print_state(&webhooks.resume(id).await?)?,
        Action::Rotate { id, overlap } => {
            let secret = random_secret()?;
            let webhook = webhooks.rotate(id, secret.clone(), overlap).await?;
            print_secret(&webhook, &secret)?;
        }
        Action::Remove { id } => {
            webhooks.remove(id).await?;
            writeln!(io::stdout().lock(), "{id} is removed")?;
        }
        Action::Attempts { id, failed } => attempts(messaging, id, failed).await?,
    }
    Ok(())
}

/// `events replay`: the same endpoints, told again.
pub(super) async fn replay(messaging: &Messaging, id: WebhookId, after: Position) -> Result<()> {
    let webhook = messaging.webhooks().replay(id, after).await?;
    let mut out = io::stdout().lock();
    writeln!(out, "{id} is told everything after {}", webhook.cursor)?;
    Ok(())
}

fn random_secret() -> Result<WebhookSecret> {
    Ok(WebhookSecret::from_bytes(rand::random::<[u8; 32]>())?)
}

fn print_secret(webhook: &Webhook, secret: &WebhookSecret) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "id:     {}", webhook.id)?;
    writeln!(out, "url:    {}", webhook.url)?;
    writeln!(out, "secret: {}", secret.expose())?;
    if let Some((_, until)) = &webhook.former_secret {
        writeln!(out, "the former secret holds until {until}")?;
    }
    writeln!(out, "The secret is not shown again.")
}

fn print_state(webhook: &Webhook) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{} is {}", webhook.id, state(webhook))
}

fn state(webhook: &Webhook) -> String {
    match (&webhook.state, webhook.failing_since) {
        (WebhookState::Paused { since, reason }, _) => format!("paused since {since}: {reason}"),
        (WebhookState::Active, Some(since)) => format!("failing since {since}"),
        (WebhookState::Active, None) => "active".to_owned(),
    }
}

fn list(webhooks: &[Webhook]) -> io::Result<()> {
    let mut table = Table::new(["ID", "URL", "TYPES", "TOLD UP TO", "STATE", ""]);
    for webhook in webhooks {
        let kinds = if webhook.kinds.is_empty() {
            "all".to_owned()
        } else {
            webhook.kinds.join(" ")
        };
        table.row([
            webhook.id.to_string(),
            webhook.url.clone(),
            kinds,
            webhook.cursor.to_string(),
            state(webhook),
            webhook.description.clone(),
        ]);
    }
    table.print("no webhooks; `webhooks add URL` makes one")
}

async fn attempts(messaging: &Messaging, id: WebhookId, failed: bool) -> Result<()> {
    let webhooks = messaging.webhooks();
    webhooks.lookup(id).await?;
    let page = webhooks.attempts(id, None, PageSize::MAX).await?;
    let mut table = Table::new([
        "NO.", "TIME", "EVENT", "TYPE", "OUTCOME", "STATUS", "MS", "",
    ]);
    let wanted = page.items.iter();
    for attempt in wanted.filter(|attempt| !failed || attempt.outcome != AttemptOutcome::Delivered)
    {
        table.row([
            attempt.number.to_string(),
            attempt.at.to_string(),
            attempt.position.to_string(),
            attempt.kind.clone(),
            attempt.outcome.as_str().to_owned(),
            attempt
                .status
                .map(|status| status.to_string())
                .unwrap_or_default(),
            attempt.duration_ms.to_string(),
            attempt.error.clone().unwrap_or_default(),
        ]);
    }
    table.print("no attempts yet")?;
    Ok(())
}
