//! Paid messages through kills: a client's devices race for what was paid, while servers are killed
//! and the marketplace goes on selling. Whoever hears no answer asks again. Afterwards everything is
//! accounted for: as many messages as were paid for, not one more and not one less.
//!
//! `MESSAGING_QUOTA_KILLS` makes it longer; `MESSAGING_QUOTA_SEED` repeats a run's dice.

use std::{
    collections::BTreeSet,
    env,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use http::Method;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinSet, time::timeout};

use crate::support::{
    Answer, Database, Person, Server, id, market_event, open, text, token, within,
};

on_each_database! {
    what_was_paid_for_is_sent_through_kills_and_not_once_more,
}

const DEVICES: usize = 16;
/// Of a message, in cents.
const PRICE: i64 = 3;
/// How many messages lie between two kills, about.
const STRIDE: u64 = 20;
const TIME: &str = "2026-01-01T00:00:00Z";

async fn what_was_paid_for_is_sent_through_kills_and_not_once_more(database: Database) {
    let kills = setting("MESSAGING_QUOTA_KILLS").unwrap_or(8);
    let seed = setting("MESSAGING_QUOTA_SEED").unwrap_or_else(token::now);
    eprintln!("MESSAGING_QUOTA_SEED={seed} MESSAGING_QUOTA_KILLS={kills}");
    let mut dice = StdRng::seed_from_u64(seed);
    let mut server = Server::start_with(database, &[("MESSAGING_QUOTA", "enforce")]).await;
    let thread = open(&server.client("ann"), &[&server.creator("maya")]).await;
    let (address, world_address) = watch::channel(server.address());
    let world = World {
        address: world_address,
        funded: Arc::default(),
        progress: Arc::default(),
    };
    let market = Market {
        service: server.service("market"),
        world: world.clone(),
        dice: StdRng::seed_from_u64(dice.random()),
    };
    let selling = tokio::spawn(market.sell(kills + 1));
    let mut devices = JoinSet::new();
    for number in 0..DEVICES {
        let device = Device {
            person: server.client("ann"),
            thread: thread.clone(),
            number,
            world: world.clone(),
        };
        devices.spawn(device.race());
    }
    for kill in 0..kills {
        world
            .reach(kill * STRIDE + dice.random_range(0..STRIDE))
            .await;
        server.crash_and_restart().await;
        address.send_replace(server.address());
    }
    let sold = selling.await.unwrap();
    world.funded.store(true, Ordering::SeqCst);
    let sent: Vec<String> = devices.join_all().await.into_iter().flatten().collect();
    account_for(&server, &thread, &sold, sent).await;
}

/// Holds what is there against what was sold and what was acknowledged.
async fn account_for(server: &Server, thread: &str, sold: &Sold, sent: Vec<String>) {
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

fn setting(name: &str) -> Option<u64> {
    env::var(name).ok().map(|value| value.parse().unwrap())
}

/// What everyone is told from outside.
#[derive(Debug, Clone)]
struct World {
    /// Where the server is now.
    address: watch::Receiver<SocketAddr>,
    /// Whether nothing more will be sold.
    funded: Arc<AtomicBool>,
    /// How many messages were acknowledged.
    progress: Arc<AtomicU64>,
}

impl World {
    async fn reach(&self, target: u64) {
        within(Duration::from_mins(1), "progress", async {
            while self.progress.load(Ordering::SeqCst) < target {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    }

    /// Asks until there is an answer that is no failure of the server's.
    async fn insist(&self, person: &Person, path: &str, body: &Value) -> Answer {
        loop {
            let address = *self.address.borrow();
            let person = Person {
                address,
                ..person.clone()
            };
            let asking = person.try_ask(Method::POST, path, Some(body));
            match timeout(Duration::from_secs(10), asking).await {
                Ok(Some(answer)) if answer.status != 503 => return answer,
                // As a client does while the server is away.
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }
}

/// What was sold to the client.
#[derive(Debug, Default)]
struct Sold {
    credits: i64,
    messages: i64,
}

/// Sells portion by portion, each a little more than is sent before the next.
#[derive(Debug)]
struct Market {
    service: Person,
    world: World,
    dice: StdRng,
}

impl Market {
    async fn sell(mut self, portions: u64) -> Sold {
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
                "starts_at": TIME, "ends_at": "2100-01-01T00:00:00Z",
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
        let event = market_event(kind, name, TIME, data);
        let answer = self
            .world
            .insist(&self.service, "/api/events", &event)
            .await;
        let status = &answer.expect(202)["status"];
        assert!(status == "applied" || status == "repeated", "{status}");
    }
}

/// One of the client's devices.
#[derive(Debug)]
struct Device {
    person: Person,
    thread: String,
    number: usize,
    world: World,
}

impl Device {
    /// Sends until a message is refused though everything has been sold. Answers what was
    /// acknowledged.
    async fn race(self) -> Vec<String> {
        let mut sent = Vec::new();
        loop {
            let was_funded = self.world.funded.load(Ordering::SeqCst);
            let wish = json!({
                "thread_id": self.thread,
                "client_id": format!("{}-{}", self.number, sent.len()),
                "content": text("hello"),
            });
            let answer = self
                .world
                .insist(&self.person, "/api/messages", &wish)
                .await;
            match answer.status.as_u16() {
                200 | 201 => {
                    sent.push(id(&answer.expect(answer.status.as_u16())).to_owned());
                    self.world.progress.fetch_add(1, Ordering::SeqCst);
                }
                _ => {
                    answer.expect_problem(402, "quota_exhausted");
                    if was_funded {
                        return sent;
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }
}
