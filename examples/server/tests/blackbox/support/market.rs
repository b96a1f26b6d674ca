//! The marketplace, which tells the server who has bought what.

use serde_json::{Value, json};

use super::{Answer, Person};

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
