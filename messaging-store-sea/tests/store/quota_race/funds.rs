//! What the platform sells, grants and prices in a round.

use std::fmt;

use messaging_core::{
    quota::{Money, Purchase, QuotaChange},
    testkit::{eur, user},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{Round, race::yields};

/// How many changes flow while the senders race.
const FLOW: usize = 16;

/// The platform, and a count of what it has sold and granted.
pub(super) struct Funds {
    round: Round,
    dice: StdRng,
    changes: u32,
    /// Euro cents.
    pub(super) bought: i64,
    /// Messages.
    pub(super) granted: i64,
    /// The last price.
    pub(super) price: i64,
}

impl fmt::Debug for Funds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Funds")
            .field("round", &self.round.number)
            .field("bought", &self.bought)
            .field("granted", &self.granted)
            .field("price", &self.price)
            .finish_non_exhaustive()
    }
}

impl Funds {
    pub(super) fn new(round: Round, seed: u64) -> Self {
        Self {
            round,
            dice: StdRng::seed_from_u64(seed),
            changes: 0,
            bought: 0,
            granted: 0,
            price: 0,
        }
    }

    /// Changes of every kind, one after the other, as the dice fall.
    pub(super) async fn flow(&mut self) {
        for _ in 0..FLOW {
            yields(self.dice.random_range(0..500)).await;
            match self.dice.random_range(0..10) {
                0..3 => {
                    let amount = self.dice.random_range(1..40);
                    self.buy(amount).await;
                }
                3..6 => self.grant().await,
                6 => self.buy_what_does_not_pay().await,
                _ => {
                    let price = self.dice.random_range(1..8);
                    self.price(price).await;
                }
            }
        }
    }

    pub(super) async fn buy(&mut self, amount: i64) {
        let (id, client) = (self.id(), self.round.client.clone());
        let purchase = self.round.scene.new_purchase(&id, &client, amount);
        self.bought += amount;
        self.change(purchase).await;
    }

    /// Dollars, where the price is in euros.
    async fn buy_what_does_not_pay(&mut self) {
        let purchase = Purchase {
            id: self.id(),
            user_id: user(&self.round.client),
            amount: Money::new(500, "USD".parse().unwrap()),
        };
        self.change(QuotaChange::Purchase(purchase)).await;
    }

    async fn grant(&mut self) {
        let messages = self.dice.random_range(1..10);
        let creator = self
            .dice
            .random_bool(0.5)
            .then(|| self.round.creator.clone());
        let (id, client) = (self.id(), self.round.client.clone());
        let scene = &self.round.scene;
        let grant = scene.new_grant(&id, &client, creator.as_deref(), Some(messages));
        self.granted += messages;
        self.change(QuotaChange::Grant(grant)).await;
    }

    pub(super) async fn price(&mut self, amount: i64) {
        let creator_id = user(&self.round.creator);
        let price = eur(amount);
        self.price = amount;
        self.change(QuotaChange::Price { creator_id, price }).await;
    }

    fn id(&mut self) -> String {
        self.changes += 1;
        format!("{}/{}", self.round.number, self.changes)
    }

    /// Makes it, and now and then once more through another store: that changes nothing.
    async fn change(&mut self, change: QuotaChange) {
        let times = self.dice.random_range(1..3);
        for _ in 0..times {
            let store = self.dice.random_range(0..self.round.stores.len());
            let now = self.round.scene.now();
            let changed = self.round.stores[store].change_quota(change.clone(), now, now);
            changed.await.expect("the quota is changed");
        }
    }
}
