//! The marketplace, which tells the server who has bought what.

use serde_json::{Value, json};

use super::{Answer, Database, Person, Server};

pub(crate) const NEW_YEAR: &str = "2026-01-01T00:00:00Z";
pub(crate) const LATER: &str = "2026-02-01T00:00:00Z";
pub(crate) const FAR_OFF: &str = "2100-01-01T00:00:00.000Z";

/// An event of the marketplace: its type's last two words, its name among those of its type, when it
/// happened, what it says.
pub(crate) fn market_event(kind: &str, name: &str, time: &str, data: &Value) -> Value {
    json!({
        "specversion": "1.0", "id": format!("{kind}/{name}"), "source": "/market",
        "type": format!("marketplace.{kind}"), "time": time, "data": data,
    })
}

impl Person {
    /// Tells the server of an event.
    pub(crate) async fn tell(&self, event: Value) -> Answer {
        self.post("/api/events", event).await
    }

    /// Tells the server of an event that it takes in, and gives what became of it.
    pub(crate) async fn told(&self, event: Value) -> Value {
        self.tell(event).await.expect(202)["status"].take()
    }
}

/// A server where messages are paid for, a client, a creator and the marketplace.
#[derive(Debug)]
pub(crate) struct Paid {
    pub(crate) server: Server,
    pub(crate) ann: Person,
    pub(crate) maya: Person,
    pub(crate) market: Person,
}

pub(crate) async fn paid(database: Database) -> Paid {
    paid_with(database, &[]).await
}

/// The same, with some settings more.
pub(crate) async fn paid_with(database: Database, settings: &[(&str, &str)]) -> Paid {
    let mut all = vec![("MESSAGING_QUOTA", "enforce")];
    all.extend_from_slice(settings);
    let server = Server::start_with(database, &all).await;
    Paid {
        ann: server.client("ann"),
        maya: server.creator("maya"),
        market: server.service("market"),
        server,
    }
}

pub(crate) fn price(name: &str, time: &str, amount: i64) -> Value {
    let data = json!({ "creator_id": "maya", "amount": amount, "currency": "EUR" });
    market_event("price.set", name, time, &data)
}

pub(crate) fn purchase(name: &str, amount: i64) -> Value {
    let data = json!({
        "purchase_id": name, "user_id": "ann", "amount": amount, "currency": "EUR",
    });
    market_event("credits.purchased", name, NEW_YEAR, &data)
}

/// A subscription for messages to Maya.
pub(crate) fn subscription(name: &str, plan: &Value) -> Value {
    let data = json!({
        "subscription_id": name, "user_id": "ann", "creator_id": "maya", "plan": plan,
        "starts_at": NEW_YEAR, "ends_at": FAR_OFF,
    });
    market_event("subscription.created", name, NEW_YEAR, &data)
}

pub(crate) fn counted(messages: i64) -> Value {
    json!({ "kind": "messages", "messages": messages })
}

pub(crate) fn halt(name: &str, time: &str) -> Value {
    let data = json!({ "user_id": "ann", "creator_id": "maya" });
    market_event("quota.depleted", name, time, &data)
}

pub(crate) fn eur(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

pub(crate) async fn standing(person: &Person) -> Value {
    person.get("/api/quota?creator_id=maya").await.expect(200)
}
