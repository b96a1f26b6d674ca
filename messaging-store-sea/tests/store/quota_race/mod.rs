//! Exactness of paid messages: 64 devices of a client race for 100 credits, round after round, and
//! exactly 100 messages come of it. They repeat calls at once, give calls up half-way and repeat
//! them; in every fourth round the platform sells, grants and prices meanwhile. After each round the
//! tables are counted anew over a connection of the test's own.
//!
//! `MESSAGING_QUOTA_ROUNDS` says how many rounds; `MESSAGING_QUOTA_SEED` repeats a run's dice. The
//! long run:
//!
//! ```sh
//! MESSAGING_QUOTA_ROUNDS=10000 cargo test -p messaging-store-sea --test store quota_race
//! ```

mod books;
mod funds;
mod race;

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use messaging_core::{
    Store,
    id::{MessageId, ThreadId},
    testkit::{Scene, eur, user},
};
use messaging_store_sea::{SeaStore, testkit::TestDatabase};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use tokio::task::JoinSet;

use self::{books::Books, funds::Funds, race::Sender};
use crate::support::open;

const SENDERS: usize = 64;
const CREDITS: i64 = 100;

#[tokio::test(flavor = "multi_thread")]
async fn exactly_what_was_paid_for_is_sent_on_sqlite() {
    play(&TestDatabase::sqlite(), 1, 30).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_what_was_paid_for_is_sent_on_postgres() {
    play(&TestDatabase::postgres().await, 1, 20).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_what_was_paid_for_is_sent_over_two_stores_on_postgres() {
    play(&TestDatabase::postgres().await, 2, 20).await;
}

/// So many rounds on stores of one database.
async fn play(database: &TestDatabase, stores: usize, rounds: u64) {
    let rounds = setting("MESSAGING_QUOTA_ROUNDS").unwrap_or(rounds);
    let seed = setting("MESSAGING_QUOTA_SEED").unwrap_or_else(rand::random);
    eprintln!("MESSAGING_QUOTA_SEED={seed} MESSAGING_QUOTA_ROUNDS={rounds}");
    let mut dice = StdRng::seed_from_u64(seed);
    let mut opened: Vec<Arc<dyn Store>> = Vec::new();
    for _ in 0..stores {
        opened.push(Arc::new(open(database, SeaStore::options()).await));
    }
    let scene = Scene::new(opened[0].clone());
    let books = Books::open(database.url()).await;
    for number in 1..=rounds {
        let round = Round::open(&scene, &opened, number).await;
        let funds = Funds::new(round.clone(), dice.next_u64());
        let is_moving = number % 4 == 0;
        let (funds, sent) = round.play(funds, is_moving, &mut dice).await;
        round.settle(&books, &funds, sent).await;
        // The whole of it takes longer the more there is.
        if number <= 32 || number.is_power_of_two() || number % 1000 == 0 || number == rounds {
            books.check_all().await;
            eprintln!("{number} rounds came out even");
        }
    }
    for store in opened {
        store.close().await;
    }
}

fn setting(name: &str) -> Option<u64> {
    env::var(name).ok().map(|value| value.parse().unwrap())
}

/// A client, a creator and their thread: new in every round.
#[derive(Debug, Clone)]
struct Round {
    scene: Scene,
    stores: Vec<Arc<dyn Store>>,
    number: u64,
    client: String,
    creator: String,
    thread: ThreadId,
    /// Whether all that will be paid has been paid.
    funded: Arc<AtomicBool>,
}

impl Round {
    async fn open(scene: &Scene, stores: &[Arc<dyn Store>], number: u64) -> Self {
        let (client, creator) = (format!("ann-{number}"), format!("maya-{number}"));
        Self {
            thread: scene.direct(&client, &creator).await,
            scene: scene.clone(),
            stores: stores.to_vec(),
            number,
            client,
            creator,
            funded: Arc::default(),
        }
    }

    /// The race. Answers what was paid, and every message that a sender was told of.
    async fn play(
        &self,
        mut funds: Funds,
        is_moving: bool,
        dice: &mut StdRng,
    ) -> (Funds, Vec<MessageId>) {
        funds.price(1).await;
        funds.buy(CREDITS).await;
        let mut senders = JoinSet::new();
        for number in 0..SENDERS {
            senders.spawn(Sender::new(self.clone(), number, dice.random()).race());
        }
        if is_moving {
            funds.flow().await;
        }
        self.funded.store(true, Ordering::SeqCst);
        let sent = senders.join_all().await;
        (funds, sent.into_iter().flatten().collect())
    }

    /// Holds what is in the tables against what was paid and what was told.
    async fn settle(&self, books: &Books, funds: &Funds, mut sent: Vec<MessageId>) {
        let told = i64::try_from(sent.len()).unwrap();
        sent.sort_unstable();
        sent.dedup();
        assert_eq!(sent, books.messages(self.thread).await, "{self:?}");
        assert_eq!(told, i64::try_from(sent.len()).unwrap(), "each told once");
        let count = books.count(self.thread, &self.client, &self.creator).await;
        let context = format!("{count:?} of {funds:?}");
        assert_eq!(count.messages, told, "{context}");
        assert_eq!(count.charges, told, "{context}");
        assert_eq!(count.by_grant, funds.granted, "all is used: {context}");
        assert_eq!(count.used, funds.granted, "{context}");
        assert_eq!(count.wallet, funds.bought - count.paid, "{context}");
        assert_eq!(count.wallet_lines, count.wallet, "{context}");
        assert_eq!(count.earnings, count.paid, "{context}");
        assert_eq!(count.earnings_lines, count.paid, "{context}");
        assert_eq!(count.uneven, 0, "transfers that are not even: {context}");
        assert!((0..funds.price).contains(&count.wallet), "{context}");
        if funds.bought == CREDITS && funds.granted == 0 && funds.price == 1 {
            assert_eq!(told, CREDITS, "{context}");
        }
        let wallet = self.scene.means(&self.client, None).await.balances;
        let euros = wallet
            .into_iter()
            .find(|held| held.currency == eur(0).currency);
        let euros = euros.map_or(0, |held| held.amount);
        assert_eq!(euros, count.wallet, "{}: {context}", user(&self.client));
    }
}
