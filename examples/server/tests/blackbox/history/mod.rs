//! The history checker: people talk over sockets and REST, edit, react, read, go away and come back
//! at random, while servers are killed again and again. Afterwards what everyone saw and what was
//! acknowledged is held against what is there.
//!
//! `MESSAGING_HISTORY_KILLS` makes it longer; `MESSAGING_HISTORY_SEED` repeats a run's dice.

mod cast;
mod check;
mod deeds;
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

use self::{cast::Cast, device::Device};
use crate::support::{Database, Process, Server, token, until};

on_each_database! {
    nothing_acknowledged_is_lost_through_kills_and_reconnects,
}

async fn nothing_acknowledged_is_lost_through_kills_and_reconnects(database: Database) {
    run(database, 1).await;
}

#[tokio::test]
async fn nothing_is_lost_when_one_of_two_nodes_is_killed_and_clients_move_over() {
    run(Database::postgres().await, 2).await;
}

const DEVICES_EACH: usize = 2;

/// What every device is told from outside.
#[derive(Debug, Clone)]
struct World {
    /// Where the nodes are now.
    nodes: watch::Receiver<Vec<SocketAddr>>,
    /// Whether there is nothing new to be done, only to be finished.
    stopping: watch::Receiver<bool>,
    /// How many acknowledgements there were.
    progress: Arc<AtomicU64>,
}

async fn run(database: Database, nodes: usize) {
    let kills = setting("MESSAGING_HISTORY_KILLS").unwrap_or(20);
    let seed = setting("MESSAGING_HISTORY_SEED").unwrap_or_else(token::now);
    eprintln!("MESSAGING_HISTORY_SEED={seed} MESSAGING_HISTORY_KILLS={kills}");
    let mut dice = StdRng::seed_from_u64(seed);

    let mut nodes = Nodes::start(database, nodes).await;
    let cast = Cast::open(&nodes.first).await;
    let (addresses, world_nodes) = watch::channel(nodes.addresses());
    let (stopping, world_stopping) = watch::channel(false);
    let world = World {
        nodes: world_nodes,
        stopping: world_stopping,
        progress: Arc::default(),
    };
    let mut lives = JoinSet::new();
    for n in 0..cast.people.len() * DEVICES_EACH {
        lives.spawn(Device::new(n, seed, &cast, world.clone()).live());
    }
    for _ in 0..kills {
        let before = world.progress.load(Ordering::Relaxed);
        let target = before + dice.random_range(20..250);
        until(Duration::from_mins(1), "progress", async || {
            (world.progress.load(Ordering::Relaxed) >= target).then_some(())
        })
        .await;
        let victim = dice.random_range(0..nodes.count());
        nodes.kill_and_restart(victim).await;
        addresses.send_replace(nodes.addresses());
    }
    stopping.send_replace(true);
    let devices = lives.join_all().await;
    check::everything(&cast.at(nodes.first.address()), devices).await;
}

fn setting(name: &str) -> Option<u64> {
    env::var(name).ok().map(|value| value.parse().unwrap())
}

/// Servers on one database.
#[derive(Debug)]
struct Nodes {
    others: Vec<Process>,
    first: Server,
}

impl Nodes {
    async fn start(database: Database, count: usize) -> Self {
        let first = Server::start(database).await;
        let mut others = Vec::new();
        for _ in 1..count {
            others.push(first.second_node().await);
        }
        Self { others, first }
    }

    fn count(&self) -> usize {
        self.others.len() + 1
    }

    fn addresses(&self) -> Vec<SocketAddr> {
        let others = self.others.iter().map(|node| node.address);
        others.chain([self.first.address()]).collect()
    }

    async fn kill_and_restart(&mut self, node: usize) {
        if let Some(other) = self.others.get_mut(node) {
            other.kill().await;
            *other = self.first.second_node().await;
        } else {
            self.first.crash_and_restart().await;
        }
    }
}
