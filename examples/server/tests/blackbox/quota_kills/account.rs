//! What is there at the end, held against what was sold and what was acknowledged.

use std::collections::BTreeSet;

use serde_json::json;

use super::{PRICE, market::Sold};
use crate::support::{Server, id};

/// Holds what is there against what was sold and what was acknowledged.
pub(super) async fn account_for(server: &Server, thread: &str, sold: &Sold, sent: Vec<String>) {
    let messages = format!("/api/messages?thread_id={thread}&limit=200");
    let kept = server.creator("maya").all(&messages).await;
    let kept_ids: BTreeSet<String> = kept.iter().map(|message| id(message).to_owned()).collect();
    assert_eq!(kept_ids.len(), kept.len(), "each is listed once");
    let told = sent.len();
    let sent: BTreeSet<String> = sent.into_iter().collect();
    assert_eq!(sent.len(), told, "each was acknowledged to one wish");
    assert_eq!(sent, kept_ids, "what was acknowledged is what is there");
    let paid = sold.messages + sold.credits / PRICE;
    assert_eq!(i64::try_from(kept.len()).unwrap(), paid, "{sold:?}");

    let rest = sold.credits % PRICE;
    let quota = server.client("ann").get("/api/quota?creator_id=maya").await;
    let quota = quota.expect(200);
    assert_eq!(quota["remaining"], 0);
    assert_eq!(
        quota["balance"],
        json!({ "amount": rest, "currency": "EUR" })
    );
    for (what, sql, expected) in [
        (
            "the ledger",
            "sum(amount) AS bigint) FROM messaging_ledger",
            0,
        ),
        (
            "the balances",
            "sum(amount) AS bigint) FROM messaging_ledger_balance",
            0,
        ),
        (
            "balances below zero",
            "count(*) AS bigint) FROM messaging_ledger_balance
                WHERE amount < 0 AND account <> 'purchases'",
            0,
        ),
        (
            "the creator's earnings",
            "sum(amount) AS bigint) FROM messaging_ledger WHERE account = 'earnings:maya'",
            sold.credits - rest,
        ),
        (
            "charges",
            "count(*) AS bigint) FROM messaging_quota_charge",
            paid,
        ),
        (
            "messages with their charge",
            "count(*) AS bigint) FROM messaging_quota_charge c
                JOIN messaging_message m ON m.id = c.message_id",
            paid,
        ),
        (
            "used grants",
            "sum(used) AS bigint) FROM messaging_quota_grant",
            sold.messages,
        ),
        (
            "charges to grants",
            "count(grant_id) AS bigint) FROM messaging_quota_charge",
            sold.messages,
        ),
    ] {
        assert_eq!(
            server.number(&format!("SELECT CAST({sql}")).await,
            expected,
            "{what}"
        );
    }
}
