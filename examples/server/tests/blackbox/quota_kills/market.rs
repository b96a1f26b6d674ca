//! What is sold meanwhile.

use rand::{RngExt, rngs::StdRng};
use serde_json::{Value, json};

use super::{PRICE, STRIDE, World};
use crate::support::{
    Person,
    market::{FAR_OFF, NEW_YEAR, market_event},
};

/// What was sold to the client.
#[derive(Debug, Default)]
pub(super) struct Sold {
    pub(super) credits: i64,
    pub(super) messages: i64,
}

/// Sells portion by portion, each a little more than is sent before the next.
#[derive(Debug)]
pub(super) struct Market {
    pub(super) service: Person,
    pub(super) world: World,
    pub(super) dice: StdRng,
}

impl Market {
    pub(super) async fn sell(mut self, portions: u64) -> Sold {
        let mut sold = Sold::default();
        let price = json!({ "creator_id": "maya", "amount": PRICE, "currency": "EUR" });
        self.tell("price.set", "price", &price).await;
        for portion in 0..portions {
            self.world.reach(portion * STRIDE).await;
            let credits = self.dice.random_range(10 * PRICE..30 * PRICE);
            let name = portion.to_string();
            let purchase = json!({
                "purchase_id": name, "user_id": "ann", "amount": credits, "currency": "EUR",
            });
            let messages = self.dice.random_range(15..25);
            let subscription = json!({
                "subscription_id": name, "user_id": "ann",
                "plan": { "kind": "messages", "messages": messages },
                "starts_at": NEW_YEAR, "ends_at": FAR_OFF,
            });
            tokio::join!(
                self.tell("credits.purchased", &name, &purchase),
                self.tell("subscription.created", &name, &subscription),
            );
            sold.credits += credits;
            sold.messages += messages;
        }
        sold
    }

    async fn tell(&self, kind: &str, name: &str, data: &Value) {
        let event = market_event(kind, name, NEW_YEAR, data);
        let answer = self
            .world
            .insist(&self.service, "/api/events", &event)
            .await;
        let status = &answer.expect(202)["status"];
        assert!(status == "applied" || status == "repeated", "{status}");
    }
}
