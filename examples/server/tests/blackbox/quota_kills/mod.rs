//! Paid messages through kills: a client's devices race for what was paid, while servers are killed
//! and the marketplace goes on selling. Whoever hears no answer asks again. Afterwards everything is
//! accounted for: as many messages as were paid for, not one more and not one less.
//!
//! `MESSAGING_QUOTA_KILLS` makes it longer; `MESSAGING_QUOTA_SEED` repeats a run's dice.

mod account;
mod device;
mod market;

use std::{
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
use serde_json::Value;
use tokio::{sync::watch, task::JoinSet, time::timeout};

use self::{account::account_for, device::Device, market::Market};
use crate::support::{Answer, Database, Person, Server, open, token, within};

on_each_database! {
    what_was_paid_for_is_sent_through_kills_and_not_once_more,
}

const DEVICES: usize = 16;
/// Of a message, in cents.
const PRICE: i64 = 3;
/// How many messages lie between two kills, about.
const STRIDE: u64 = 20;

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
        repeated: Arc::default(),
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
    let repeated = world.repeated.load(Ordering::SeqCst);
    eprintln!(
        "{} messages, {repeated} of them found by a repetition",
        sent.len()
    );
    account_for(&server, &thread, &sold, sent).await;
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
    /// How many of them were there already, from a call that nobody heard the answer of.
    repeated: Arc<AtomicU64>,
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
