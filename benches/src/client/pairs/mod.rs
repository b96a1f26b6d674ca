//! Pairs of a client, who sends, and a creator, who is told.

mod pace;
mod receiver;
mod sender;

use std::time::Duration;

use messaging_core::caller::Role;
use tokio::{sync::oneshot, task::JoinSet, time::Instant};

pub(crate) use pace::Pace;
pub(crate) use receiver::Receiver;

use super::{
    People, Socket,
    exchange::{Exchange, all_seen},
    socket::PATIENCE,
};
use crate::ceiling::relay::{Side, token};
use pace::Schedule;
use sender::Sender;

/// Two people with a direct thread and a session each.
#[derive(Debug)]
struct Pair {
    sender: Sender,
    receiver: Receiver,
}

impl Pair {
    fn new(client: Socket, creator: Socket, thread: String) -> Self {
        Self {
            sender: Sender::new(client, thread.clone()),
            receiver: Receiver::new(creator, thread),
        }
    }
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Pairs {
    pairs: Vec<Pair>,
}

impl Pairs {
    pub(crate) async fn open(people: &People, count: usize) -> anyhow::Result<Self> {
        let user = |kind: &'static str| move |number| people.name(kind, number);
        let names = (0..count)
            .map(user("client"))
            .zip((0..count).map(user("creator")));
        let names: Vec<(String, String)> = names.collect();
        let threads = people.open_all(&names).await?;
        let clients = names
            .iter()
            .map(|(client, _)| (client.clone(), Role::Client));
        let creators = names
            .iter()
            .map(|(_, creator)| (creator.clone(), Role::Creator));
        let users: Vec<_> = clients.chain(creators).collect();
        let mut clients = people.connect_all(&users).await?;
        let creators = clients.split_off(count);
        let sockets = clients.into_iter().zip(creators);
        let pairs = sockets.zip(threads);
        Ok(Self {
            pairs: pairs
                .map(|((client, creator), thread)| Pair::new(client, creator, thread))
                .collect(),
        })
    }

    /// The same at a bare relay.
    pub(crate) async fn bare(address: &str, count: usize) -> anyhow::Result<Self> {
        let mut pairs = Vec::with_capacity(count);
        for number in 0..count {
            let [told, sends] = [Side::IsTold, Side::Sends].map(|side| token(number, side));
            let creator = Socket::connect(address, &told, None).await?;
            let client = Socket::connect(address, &sends, None).await?;
            pairs.push(Pair::new(client, creator, format!("thread-{number}")));
        }
        Ok(Self { pairs })
    }

    /// Everyone's sockets.
    pub(crate) fn sockets(&mut self) -> impl Iterator<Item = &mut Socket> {
        let pairs = self.pairs.iter_mut();
        pairs.flat_map(|pair| [&mut pair.sender.socket, &mut pair.receiver.socket])
    }

    /// Lets all of them send for the time, and waits until everything has come. Fails when anything
    /// was lost, doubled or out of order.
    pub(crate) async fn round(
        &mut self,
        pace: Pace,
        duration: Duration,
    ) -> anyhow::Result<Exchange> {
        let began = Instant::now();
        let until = began + duration;
        let (mut sending, mut hearing) = (JoinSet::new(), JoinSet::new());
        let count = self.pairs.len();
        for (index, pair) in self.pairs.drain(..).enumerate() {
            let (mut sender, mut receiver) = (pair.sender, pair.receiver);
            let (finished, last) = oneshot::channel();
            sending.spawn(async move {
                let seen = match pace {
                    Pace::Window(window) => sender.keep(window, until).await?,
                    Pace::Rate(rate) => {
                        let schedule = Schedule::new(rate, index, count, began, until);
                        sender.follow(schedule, until).await?
                    }
                };
                // When the receiver has failed, its own error tells.
                let _ = finished.send(sender.order.last());
                anyhow::Ok((index, sender, seen))
            });
            hearing.spawn(async move {
                let seen = receiver.hear(last, until).await?;
                anyhow::Ok((index, receiver, seen))
            });
        }
        let deadline = until + PATIENCE;
        let (senders, to_ack) = all_seen(&mut sending, deadline, "acknowledgements").await?;
        let (receivers, to_other) = all_seen(&mut hearing, deadline, "deliveries").await?;
        for (sender, receiver) in senders.into_iter().zip(receivers) {
            sender.order.ensure_same(&receiver.order)?;
            self.pairs.push(Pair { sender, receiver });
        }
        Ok(Exchange::of(&to_ack, &to_other, duration))
    }
}
