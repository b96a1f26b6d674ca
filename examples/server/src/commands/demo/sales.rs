//! What the sample people have bought, so that each answer to a message can be seen: it is free, it
//! is paid for, it is refused.

use std::time::Duration;

use anyhow::Result;
use messaging_core::{
    Messaging,
    id::UserId,
    quota::{Allowance, Grant, Money, Purchase, Quota, QuotaChange, Scope},
};

/// Longer than anyone looks at a demo.
const A_YEAR: Duration = Duration::from_hours(365 * 24);
/// What a message to Maya costs, in cents.
const PRICE: i64 = 250;

/// Ann subscribes to Maya, Ben has bought a few messages and some credits, Cleo one message to try.
pub(super) async fn make(messaging: &Messaging) -> Result<()> {
    let changes = [
        QuotaChange::Price {
            creator_id: "maya".parse()?,
            price: cents(PRICE)?,
        },
        grant(messaging, "ann", Allowance::Unlimited)?,
        grant(messaging, "ben", Allowance::Messages(5))?,
        grant(messaging, "cleo", Allowance::Messages(1))?,
        QuotaChange::Purchase(Purchase {
            id: "demo-credits-ben".to_owned(),
            user_id: "ben".parse()?,
            amount: cents(2 * PRICE)?,
        }),
    ];
    for change in changes {
        messaging.quotas().change(change).await?;
    }
    Ok(())
}

/// How a client stands towards Maya, in words.
pub(super) async fn standing(messaging: &Messaging, client: &UserId) -> Result<String> {
    let scope = Scope::Creator("maya".parse()?);
    let quota = messaging.quotas().of(client, scope).await?;
    Ok(in_words(&quota))
}

fn in_words(quota: &Quota) -> String {
    if quota.unlimited_until.is_some() {
        return "writes to her without limit".to_owned();
    }
    let plan = (quota.remaining > 0).then(|| format!("{} messages of a plan", quota.remaining));
    let credits = quota.balance.filter(|balance| balance.amount > 0);
    let credits = credits.map(|balance| format!("{balance} of credits"));
    let held: Vec<String> = plan.into_iter().chain(credits).collect();
    match held.as_slice() {
        [] => "has nothing left".to_owned(),
        held => format!("has {}", held.join(" and ")),
    }
}

fn grant(messaging: &Messaging, client: &str, allowance: Allowance) -> Result<QuotaChange> {
    let now = messaging.clock().now();
    Ok(QuotaChange::Grant(Grant {
        id: format!("demo-plan-{client}"),
        user_id: client.parse()?,
        scope: Scope::Creator("maya".parse()?),
        allowance,
        starts_at: now,
        ends_at: now.after(A_YEAR),
    }))
}

fn cents(amount: i64) -> Result<Money> {
    Ok(Money::new(amount, "EUR".parse()?))
}
