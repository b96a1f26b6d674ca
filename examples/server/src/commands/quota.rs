//! `quota`: what users may write. A server that runs on the same database tells its users at once.

use std::io::{self, Write};

use anyhow::{Context, Result, bail};
use messaging_core::{
    Messaging,
    clock::Timestamp,
    id::UserId,
    page::PageSize,
    quota::{
        Allowance, Currency, Grant, Holding, LedgerAccount, Money, Purchase, Quota, QuotaChange,
        Scope,
    },
};

use super::user::parse_time;
use crate::{node, settings::Database, table::Table};

/// The end of a grant that is to have none: the last moment that a year of four digits has.
const NEVER: &str = "9999-12-31T23:59:59.999Z";

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
    /// Shows what a user holds.
    Show {
        /// The user's id.
        id: UserId,
        /// How they stand towards this creator; without one, what is good for all creators.
        #[arg(long)]
        creator: Option<UserId>,
    },
    /// Lets a user write: so many messages, or without limit.
    Grant {
        /// The user's id.
        id: UserId,
        /// To this creator alone; without one, to all.
        #[arg(long)]
        creator: Option<UserId>,
        /// So many messages; without limit unless given.
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
        messages: Option<i64>,
        /// When it ends, like 2027-01-31T00:00:00Z.
        #[arg(long, default_value = NEVER, value_parser = parse_time)]
        until: Timestamp,
        /// The grant's own id: the same again changes nothing. A new one unless given.
        #[arg(long)]
        grant_id: Option<String>,
    },
    /// Adds credits.
    Credit {
        /// The user's id.
        id: UserId,
        /// How many minor units: 250 is 2.50 EUR.
        #[arg(value_parser = clap::value_parser!(i64).range(1..))]
        amount: i64,
        /// The currency, like EUR.
        currency: Currency,
        /// The purchase's own id: the same again changes nothing. A new one unless given.
        #[arg(long)]
        purchase_id: Option<String>,
    },
    /// Sets what one message to a creator costs.
    Price {
        /// The creator's id.
        id: UserId,
        /// How many minor units: 250 is 2.50 EUR.
        #[arg(value_parser = clap::value_parser!(i64).range(0..))]
        amount: i64,
        /// The currency, like EUR.
        currency: Currency,
    },
    /// Lists what has moved an account, the newest first.
    Ledger {
        /// wallet:USER, earnings:CREATOR or purchases.
        account: LedgerAccount,
    },
}

pub(crate) async fn run(args: Args) -> Result<()> {
    node::with_messaging(&args.database, async |messaging| {
        act(messaging, args.action).await
    })
    .await
}

async fn act(messaging: &Messaging, action: Action) -> Result<()> {
    let now = messaging.clock().now();
    let new_id = |given: Option<String>| {
        given.unwrap_or_else(|| format!("cli-{}", messaging.ids().next_uuid()))
    };
    match action {
        Action::Show { id, creator } => show(messaging, &id, Scope::of(creator)).await,
        Action::Ledger { account } => ledger(messaging, &account).await,
        Action::Grant {
            id,
            creator,
            messages,
            until,
            grant_id,
        } => {
            let scope = Scope::of(creator);
            let grant = Grant {
                id: new_id(grant_id),
                user_id: id.clone(),
                scope: scope.clone(),
                allowance: messages.map_or(Allowance::Unlimited, Allowance::Messages),
                starts_at: now,
                ends_at: until,
            };
            change(messaging, QuotaChange::Grant(grant)).await?;
            show(messaging, &id, scope).await
        }
        Action::Credit {
            id,
            amount,
            currency,
            purchase_id,
        } => {
            let purchase = Purchase {
                id: new_id(purchase_id),
                user_id: id.clone(),
                amount: Money::new(amount, currency),
            };
            change(messaging, QuotaChange::Purchase(purchase)).await?;
            show(messaging, &id, Scope::All).await
        }
        Action::Price {
            id,
            amount,
            currency,
        } => {
            let price = Money::new(amount, currency);
            let creator_id = id.clone();
            change(messaging, QuotaChange::Price { creator_id, price }).await?;
            let mut out = io::stdout().lock();
            Ok(writeln!(out, "a message to {id} costs {price}")?)
        }
    }
}

async fn change(messaging: &Messaging, change: QuotaChange) -> Result<()> {
    let changed = messaging.quotas().change(change).await;
    changed.context("the quota was not changed")?;
    Ok(())
}

async fn show(messaging: &Messaging, id: &UserId, scope: Scope) -> Result<()> {
    let quotas = messaging.quotas();
    let quota = quotas.of(id, scope).await;
    let quota = quota.context("the quota cannot be read; `migrate up` makes the tables")?;
    let grants = quotas.grants(id, None, PageSize::MAX).await?;
    let earnings = LedgerAccount::Earnings(id.clone());
    let earned = quotas.balances(&earnings).await?;
    print_standing(id, &quota, &earned)?;
    let now = messaging.clock().now();
    let mut table = Table::new(["GRANT", "FOR", "MESSAGES", "LEFT", "STARTS", "ENDS", ""]);
    for holding in &grants.items {
        table.row(grant_cells(holding, now));
    }
    table.print("no grants")?;
    if grants.next_cursor.is_some() {
        let mut out = io::stdout().lock();
        writeln!(out, "… and more that ended before these")?;
    }
    Ok(())
}

fn print_standing(id: &UserId, quota: &Quota, earned: &[Money]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match &quota.creator_id {
        Some(creator_id) => writeln!(out, "{id}, for messages to {creator_id}")?,
        None => writeln!(out, "{id}, for messages to any creator")?,
    }
    if quota.halted {
        writeln!(out, "  halted until something new is granted or bought")?;
    }
    if let Some(until) = quota.unlimited_until {
        writeln!(out, "  unlimited until {}", end(until))?;
    }
    writeln!(out, "  messages left: {}", quota.remaining)?;
    writeln!(out, "  credits: {}", listed(&quota.balances))?;
    if let Some(price) = quota.price {
        writeln!(out, "  price of a message: {price}")?;
    }
    if !earned.is_empty() {
        writeln!(out, "  earned: {}", listed(earned))?;
    }
    writeln!(out)
}

fn grant_cells(holding: &Holding, now: Timestamp) -> [String; 7] {
    let grant = &holding.grant;
    let state = if holding.is_spent() {
        "used up"
    } else if grant.ends_at <= now {
        "over"
    } else if now < grant.starts_at {
        "to come"
    } else {
        "in force"
    };
    let (messages, left) = match grant.allowance {
        Allowance::Unlimited => ("unlimited".to_owned(), "unlimited".to_owned()),
        Allowance::Messages(granted) => {
            let left = holding.remaining().unwrap_or_default();
            (granted.to_string(), left.to_string())
        }
    };
    let creator = grant.scope.creator_id();
    [
        grant.id.clone(),
        creator.map_or("all creators".to_owned(), ToString::to_string),
        messages,
        left,
        grant.starts_at.to_string(),
        end(grant.ends_at),
        state.to_owned(),
    ]
}

fn end(at: Timestamp) -> String {
    let text = at.to_string();
    if text == NEVER {
        "never".to_owned()
    } else {
        text
    }
}

fn listed(amounts: &[Money]) -> String {
    if amounts.is_empty() {
        return "none".to_owned();
    }
    let amounts: Vec<String> = amounts.iter().map(Money::to_string).collect();
    amounts.join(", ")
}

async fn ledger(messaging: &Messaging, account: &LedgerAccount) -> Result<()> {
    let quotas = messaging.quotas();
    let page = quotas.ledger(account, None, PageSize::MAX).await;
    let page = page.context("the ledger cannot be read; `migrate up` makes the tables")?;
    let mut table = Table::new(["POSITION", "TIME", "AMOUNT", "TRANSFER"]);
    for line in &page.items {
        table.row([
            line.position.to_string(),
            line.at.to_string(),
            line.amount.to_string(),
            line.transfer.to_string(),
        ]);
    }
    table.print("nothing has moved this account")?;
    let balances = quotas.balances(account).await?;
    let mut out = io::stdout().lock();
    writeln!(out, "\nbalance: {}", listed(&balances))?;
    if page.next_cursor.is_some() {
        bail!(
            "these are the newest {} lines; there are more",
            page.items.len()
        );
    }
    Ok(())
}
