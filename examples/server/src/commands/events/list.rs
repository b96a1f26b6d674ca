//! `events list`: domain events of the log, as a table or as CloudEvents.

use std::io::{self, Write};

use anyhow::{Context, Result};
use clap::builder::PossibleValuesParser;
use messaging_core::{
    Messaging,
    event::{DomainEvent, EventData},
    id::{Position, ThreadId, UserId},
};

use crate::{
    node,
    settings::{Database, EventSource},
    table::Table,
};

/// How many entries of the log are read at a time.
const BATCH: usize = 500;

/// Which events, and where from.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Those after this position.
    #[arg(long, value_name = "POSITION", default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..))]
    after: i64,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Those of this type alone.
    #[arg(long = "type", value_parser = PossibleValuesParser::new(EventData::KINDS))]
    kind: Option<String>,
    /// Those of this thread alone.
    #[arg(long)]
    thread: Option<ThreadId>,
    /// As CloudEvents, one a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: EventSource,
    #[command(flatten)]
    database: Database,
}

/// What was found, and how far the log was read.
struct Found {
    events: Vec<DomainEvent>,
    through: Position,
    is_end: bool,
}

pub(crate) async fn run(args: Args) -> Result<()> {
    let found = node::with_messaging(&args.database, async |messaging| {
        find(messaging, &args).await
    })
    .await;
    let found = found.context("the log cannot be read; `migrate up` makes the tables")?;
    if args.json {
        print_json(&found.events, args.source.name())
    } else {
        print_table(&found)
    }
}

async fn find(messaging: &Messaging, args: &Args) -> Result<Found> {
    let store = messaging.store();
    let pruned = store.log_bounds().await?.pruned;
    let mut found = Found {
        events: Vec::new(),
        through: Position::new(args.after).max(pruned),
        is_end: false,
    };
    loop {
        let entries = store.read_log(found.through, BATCH).await?;
        found.is_end = entries.len() < BATCH;
        for entry in &entries {
            if found.events.len() >= usize::from(args.limit) {
                found.is_end = false;
                return Ok(found);
            }
            found.through = entry.position;
            let event = DomainEvent::of(entry);
            found.events.extend(event.filter(|event| args.wants(event)));
        }
        if found.is_end {
            return Ok(found);
        }
    }
}

impl Args {
    fn wants(&self, event: &DomainEvent) -> bool {
        let kind = self.kind.as_deref();
        kind.is_none_or(|kind| kind == event.kind())
            && (self.thread.is_none() || self.thread == event.thread_id())
    }
}

fn print_json(events: &[DomainEvent], source: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    for event in events {
        let event = serde_json::to_string(&event.to_cloud_event(source))?;
        writeln!(out, "{event}")?;
    }
    Ok(())
}

fn print_table(found: &Found) -> Result<()> {
    let mut table = Table::new(["POSITION", "TIME", "TYPE", "WHO", "THREAD"]);
    for event in &found.events {
        table.row([
            event.position.to_string(),
            event.at.to_string(),
            event.kind().to_owned(),
            event.user_id().map(UserId::to_string).unwrap_or_default(),
            event
                .thread_id()
                .map(|id| id.to_string())
                .unwrap_or_default(),
        ]);
    }
    table.print("no events")?;
    if !found.is_end {
        let mut out = io::stdout().lock();
        writeln!(out, "\nmore: --after {}", found.through)?;
    }
    Ok(())
}
