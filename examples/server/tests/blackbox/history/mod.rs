//! The history checker: people talk over sockets, edit, react, read, go away and come back at
//! random, while the server is killed again and again. Afterwards what everyone saw and what was
//! acknowledged is held against what is there.
//!
//! `MESSAGING_HISTORY_KILLS` makes it longer; `MESSAGING_HISTORY_SEED` repeats a run's dice.

mod check;
mod device;
mod memory;

use std::{
    env,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{sync::watch, task::JoinSet};

use self::device::Device;
use crate::support::{Database, Person, Server, open, token, until};

on_each_database! {
    nothing_acknowledged_is_lost_through_kills_and_reconnects,
}

const USERS: usize = 6;
const DEVICES_EACH: usize = 2;

/// What every device is told from outside.
#[derive(Debug, Clone)]
struct World {
    /// Where the server is now.
    address: watch::Receiver<SocketAddr>,
    /// Whether there is nothing new to be done, only to be finished.
    stopping: watch::Receiver<bool>,
    /// How many acknowledgements there were.
    progress: Arc<AtomicU64>,
}

async fn nothing_acknowledged_is_lost_through_kills_and_reconnects(database: Database) {
    let kills = setting("MESSAGING_HISTORY_KILLS").unwrap_or(20);
    let seed = setting("MESSAGING_HISTORY_SEED").unwrap_or_else(token::now);
    eprintln!("MESSAGING_HISTORY_SEED={seed} MESSAGING_HISTORY_KILLS={kills}");
    let mut dice = StdRng::seed_from_u64(seed);

    let mut server = Server::start(database).await;
    let people: Vec<_> = (0..USERS).map(|n| person(&server, n)).collect();
    let threads = open_threads(&people).await;
    let start = people[0].get("/api/sync").await.expect(200)["cursor"].take();
    let start = start.as_str().unwrap();

    let (address, world_address) = watch::channel(server.address());
    let (stopping, world_stopping) = watch::channel(false);
    let world = World {
        address: world_address,
        stopping: world_stopping,
        progress: Arc::new(AtomicU64::new(0)),
    };
    let mut lives = JoinSet::new();
    for n in 0..USERS * DEVICES_EACH {
        let person = &people[n % USERS];
        let own = threads.iter().filter(|thread| thread.has(&person.id));
        let own = own.map(|thread| thread.id.clone()).collect();
        let device = Device::new(n, seed, person.clone(), own, start, world.clone());
        lives.spawn(device.live());
    }

    for _ in 0..kills {
        let target = world.progress.load(Ordering::Relaxed) + dice.random_range(10..120);
        until(
            Duration::from_secs(30),
            "the next acknowledgements",
            async || (world.progress.load(Ordering::Relaxed) >= target).then_some(()),
        )
        .await;
        server.crash_and_restart().await;
        address.send(server.address()).unwrap();
    }
    stopping.send(true).unwrap();
    let devices = lives.join_all().await;

    let address = server.address();
    let people = people
        .into_iter()
        .map(|person| Person { address, ..person });
    check::everything(&people.collect::<Vec<_>>(), &threads, devices, start).await;
}

fn setting(name: &str) -> Option<u64> {
    env::var(name).ok().map(|value| value.parse().unwrap())
}

fn person(server: &Server, n: usize) -> Person {
    let id = format!("user-{n}");
    if n.is_multiple_of(2) {
        server.client(&id)
    } else {
        server.creator(&id)
    }
}

/// A thread and who is in it.
#[derive(Debug)]
struct Thread {
    id: String,
    members: Vec<String>,
}

impl Thread {
    fn has(&self, user: &str) -> bool {
        self.members.iter().any(|member| member == user)
    }
}

/// One group of all, one of half, and direct threads between neighbours.
async fn open_threads(people: &[Person]) -> Vec<Thread> {
    let mut circles: Vec<Vec<&Person>> = vec![
        people.iter().collect(),
        people.iter().take(people.len() / 2).collect(),
    ];
    circles.extend(people.windows(2).map(|pair| pair.iter().collect()));
    let mut threads = Vec::new();
    for circle in circles {
        threads.push(Thread {
            id: open(circle[0], &circle[1..]).await,
            members: circle.iter().map(|person| person.id.clone()).collect(),
        });
    }
    threads
}
